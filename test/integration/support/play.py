"""Plays one scenario against a server and judges every frame."""
import ast
import asyncio
import base64
import json

from websockets.exceptions import WebSocketException

from support import kcat
from support.client import Client, Closed
from support.match import exact, expectation, mismatch, parse, show
from support.placeholders import Names, fill
from support.wait import DEADLINE, until

# Keys of a reply, in the order of the wire.
ELEMENT_KEYS = ["id", "t", "p", "encoding", "meta"]
KEYS = ["id", "refid", "t", "a", "s", "p", "pos", "recovered"]


class Failed(Exception):
    """What went otherwise than the transcript says."""


class Peer:
    """A named connection: checks what holds for every frame, in every
    scenario, before the transcript's own expectation."""

    def __init__(self, client):
        self.client = client
        self.ids = set()
        self.fences = 0
        self.ended = False

    async def receive(self):
        """The next frame as text and parsed."""
        frame = await self.client.receive()
        if not isinstance(frame, str):
            raise Failed(f"a binary frame: {frame[:80]!r}")
        value = parse(frame)
        for one in value if isinstance(value, list) else [value]:
            self._check(one, isinstance(value, list))
        if value == []:
            raise Failed("an empty delivery")
        return frame, value

    def _check(self, one, delivered):
        if not isinstance(one, tuple):
            raise Failed(f"neither object nor array of them: {show(one)}")
        keys = [key for key, _ in one]
        order = ELEMENT_KEYS if delivered else KEYS
        if keys != [key for key in order if key in keys]:
            raise Failed(f"keys {keys}, expected in the order {order}")
        if dict(one).get("t") == "event" and not delivered:
            # An event answers nothing and has no id.
            if keys != ["t", "a", "p"]:
                raise Failed(f"an event with the keys {keys}")
            return
        number = dict(one).get("id", "")
        if not number.isdigit() or int(number) >= 2**53:
            raise Failed(f"id {number!r} is no number below 2^53")
        if number in self.ids:
            raise Failed(f"id {number} for the second time")
        self.ids.add(number)

    async def fence(self):
        """A message that is answered at once must be answered next: nothing
        else was on its way."""
        self.fences += 1
        name = f"fence-{self.fences}"
        await self.client.send(json.dumps({"id": name, "t": "fence"}))
        frame, value = await self.receive()
        if isinstance(value, list) or dict(value).get("refid") != name:
            raise Failed(f"expected silence, got\n    {frame[:2000]}")


class Player:
    """The run of one scenario; `play` raises Failed with the step's line."""

    def __init__(self, scenario, server, bootstrap, prefix):
        self._scenario = scenario
        self._server = server
        self._bootstrap = bootstrap
        self._names = Names(prefix)
        self._peers = {}

    async def play(self):
        step = self._scenario.steps[0]
        try:
            steps = list(self._scenario.steps)
            while steps:
                step = steps.pop(0)
                # Neighbours with <? stand in any order.
                group = [step]
                while (step.what == "<?" and steps and
                       (steps[0].what, steps[0].who) == ("<?", step.who)):
                    group.append(steps.pop(0))
                if step.what == "until":
                    group.append(steps.pop(0))
                await asyncio.wait_for(self._do(group), 2 * DEADLINE)
            for peer in self._peers.values():
                if not peer.ended:
                    await peer.fence()
        except (Failed, Closed, TimeoutError, asyncio.TimeoutError, OSError,
                RuntimeError, ValueError, WebSocketException) as error:
            what = str(error) or type(error).__name__
            raise Failed(f"line {step.line}: {step.source[:300]}\n"
                         f"    {what}") from error
        finally:
            for peer in self._peers.values():
                await peer.client.close()

    async def _do(self, group):
        step = group[0]
        if step.what in ("holds", "gets"):
            await (self._holds if step.what == "holds" else self._gets)(step)
        elif step.what == "open":
            await self._open(step.who, step.text or "/")
        else:
            if step.who not in self._peers:
                await self._open(step.who, "/")
            await self._converse(self._peers[step.who], step, group)

    async def _open(self, who, path):
        if who in self._peers:
            raise Failed(f"{who} is open already")
        self._peers[who] = Peer(await Client.open(
            self._server.url.rstrip("/") + path))

    async def _converse(self, peer, step, group):
        if step.what.startswith(">"):
            await self._send(peer.client, step)
        elif step.what == "=":
            frame, _ = await peer.receive()
            if not exact(step.text, self._names).fullmatch(frame):
                raise Failed(f"got\n    {frame[:2000]}")
        elif step.what == "<":
            want = expectation(step.text, self._names)
            await self._expect([want], peer)
        elif step.what == "<?":
            await self._expect([expectation(one.text, self._names)
                                for one in group], peer)
        elif step.what in ("<<", "<<="):
            await self._delivered(peer, step)
        elif step.what == "until":
            await self._until(peer, step, group[1])
        elif step.what == "silent":
            await peer.fence()
        elif step.what == "closed":
            await self._closed(peer, int(step.text))
        else:
            peer.ended = True
            if step.what == "drop":
                peer.client.drop()
            await peer.client.close()

    async def _send(self, client, step):
        text = fill(step.text, self._names)
        if step.what == ">bytes":
            await client.send_raw_text(ast.literal_eval("b" + text))
        elif step.what == ">fragments":
            await client.send(json.loads(text))
        else:
            await client.send(text if step.what == ">" else text.encode())

    async def _expect(self, wanted, peer):
        """Each of the wanted frames once, in any order."""
        while wanted:
            frame, value = await peer.receive()
            whys = [mismatch(want, value) for want in wanted]
            if None not in whys:
                raise Failed(f"{whys[0]}; got\n    {frame[:2000]}")
            wanted.pop(whys.index(None))

    async def _delivered(self, peer, step):
        """The values, however they are spread over frames."""
        wanted = expectation(step.text, self._names)
        got = []
        while len(got) < len(wanted):
            frame, value = await peer.receive()
            if not isinstance(value, list):
                raise Failed(f"no delivery: {frame[:2000]}")
            for one in value:
                fields = dict(one)
                if fields.get("t") != "notif" or "encoding" in fields:
                    raise Failed(f"no plain record: {show(one)}")
                got.append(fields["p"])
        if step.what == "<<":
            wanted.sort(key=repr)
            got.sort(key=repr)
        why = mismatch(wanted, got)
        if why:
            raise Failed(f"{why}; got {show(got)}")

    async def _until(self, peer, step, reply):
        """Asks again and again until the answer is the expected one."""
        request = fill(step.text, self._names)
        want = expectation(reply.text, self._names)
        last = ""

        async def answered():
            nonlocal last
            await peer.client.send(request)
            last, value = await peer.receive()
            return mismatch(want, value) is None
        try:
            await until(answered, reply.source)
        except TimeoutError as late:
            raise Failed(f"{late}; last\n    {last[:2000]}") from None

    async def _closed(self, peer, code):
        peer.ended = True
        try:
            frame, _ = await peer.receive()
        except Closed as closed:
            if closed.code != code:
                raise Failed(f"closed with {closed.code}") from None
            return
        raise Failed(f"still open, got\n    {frame[:2000]}")

    def _values(self, step):
        """The records' bytes; {"base64": ...} for such as are no text."""
        return [value if value is None else value.encode()
                if isinstance(value, str) else
                base64.b64decode(value["base64"])
                for value in json.loads(fill(step.text, self._names))]

    async def _gets(self, step):
        await kcat.write(self._bootstrap(), fill(step.who, self._names),
                         self._values(step), step.partition or None)

    async def _holds(self, step):
        """The topic holds these records and no others; those of one partition
        in the order in which they stand here. With a partition: all of them
        are there."""
        wanted = self._values(step)
        topic = fill(step.who, self._names)

        async def complete():
            records = await kcat.read(self._bootstrap(), topic)
            return records if len(records) >= len(wanted) else None
        records = await until(complete, f"{len(wanted)} records in {topic}")
        if sorted(map(repr, wanted)) != sorted(repr(r[2]) for r in records):
            raise Failed(f"the log holds {[r[2] for r in records]!r:.2000}")
        partitions = {record[0] for record in records}
        if step.partition and partitions - {int(step.partition)}:
            others = [r[::2] for r in records if r[0] != int(step.partition)]
            raise Failed(f"other partitions hold {others!r:.2000}")
        for partition in partitions:
            values = [r[2] for r in records if r[0] == partition]
            rest = iter(wanted)
            if not all(value in rest for value in values):
                raise Failed(f"partition {partition} holds {values!r:.2000}")

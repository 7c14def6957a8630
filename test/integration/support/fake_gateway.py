"""A gateway that speaks part 1 of the protocol, has no Kafka behind it, and
makes the mistakes that it is told to make."""
import asyncio
import collections
import contextlib
import dataclasses
import json
import socket
import threading
import time

import websockets


@dataclasses.dataclass
class Faults:
    """What happens to a group's records, by their number in the topic (from
    0); to the others nothing does."""
    drop: frozenset = frozenset()
    # Delivered once more for each time it is named.
    repeat: tuple = ()
    # Delivered behind the one that follows.
    hold: frozenset = frozenset()
    # Delivered with another value.
    damage: frozenset = frozenset()


@dataclasses.dataclass
class Plan:
    """How the gateway behaves."""
    partitions: int = 1
    # Group name -> Faults.
    groups: dict = dataclasses.field(default_factory=dict)
    # Record number -> (code, persisted, whether it is delivered all the same).
    refuse: dict = dataclasses.field(default_factory=dict)
    # Refusals come so many seconds after the publisher's unsubscribe.
    refuse_late: float = None
    # So many records are delivered at once, and not before they are there.
    batch: int = 1
    # The socket holds little that was not read.
    small_buffers: bool = False
    # Record number -> seconds for which nothing is read or written.
    stall: dict = dataclasses.field(default_factory=dict)
    # Closes the publisher with this code after so many records.
    close_after: tuple = ()
    # Delivers in fragments.
    fragments: bool = False
    # Seconds between pings, and how long a pong may take.
    ping: float = None
    # The first text that each client gets.
    greeting: str = None
    refuse_subscribe: bool = False
    # So many handshakes are answered, and no more.
    accept: int = None


class FakeGateway:
    """Serves from a thread of its own; `with` ends it."""

    def __init__(self, plan=None):
        self.plan = plan or Plan()
        # Read when the tool has ended.
        self.received = 0
        # How many topics each named.
        self.subscribes = []
        self._handshakes = 0
        self._members = {}
        self._held = {}
        self._late = collections.defaultdict(list)
        self._topics = set()
        self._waiting = collections.deque()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self):
        self._stop = asyncio.Event()
        listening = socket.socket()
        if self.plan.small_buffers:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        listening.bind(("127.0.0.1", 0))
        async with websockets.serve(
                self._connection, sock=listening, max_size=None,
                ping_interval=self.plan.ping, ping_timeout=self.plan.ping,
                compression=None, process_request=self._handshake):
            self.url = f"ws://127.0.0.1:{listening.getsockname()[1]}"
            self._started.set()
            await self._stop.wait()

    def __enter__(self):
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _handshake(self, *_):
        self._handshakes += 1
        if self.plan.accept and self._handshakes > self.plan.accept:
            await self._stop.wait()

    async def _connection(self, client, *_):
        with contextlib.suppress(websockets.ConnectionClosed):
            if self.plan.greeting:
                await client.send(self.plan.greeting)
            async for text in client:
                await self._take(client, json.loads(text))

    async def _take(self, client, message):
        answer = getattr(self, f"_{message['t']}_{message['a']}")
        reply = await answer(client, message)
        if reply is None:
            return
        text = json.dumps({"id": 1, "refid": message["id"], "t": message["t"],
                           "a": message["a"], **reply})
        if message["t"] == "notif" and self.plan.refuse_late:
            self._late[client].append(text)
        else:
            await client.send(text)

    async def _topic_create(self, _, message):
        self._topics.update(message["p"])
        return {"s": 0, "p": message["p"]}

    async def _topic_list(self, *_):
        return {"s": 0, "p": [{"topic": topic, "partition": partition}
                              for topic in sorted(self._topics)
                              for partition in range(self.plan.partitions)]}

    async def _topic_subscribe(self, client, message):
        if self.plan.refuse_subscribe:
            return {"s": 1, "p": {"code": "LIMIT_REACHED",
                                  "message": "too many groups"}}
        self.subscribes.append(len(message["p"]["t"]))
        self._members[message["p"]["consumer_group"]] = client
        return {"s": 0, "p": message["p"]["t"]}

    async def _topic_unsubscribe(self, client, _):
        for text in self._late.pop(client, []):
            self._loop.call_later(
                self.plan.refuse_late,
                lambda text=text: self._loop.create_task(client.send(text)))
        return {"s": 0}

    async def _notif_create(self, client, message):
        number = self.received
        self.received += 1
        if number in self.plan.stall:
            time.sleep(self.plan.stall[number])  # the fault, not a wait
        code, persisted, delivered = self.plan.refuse.get(
            number, (None, None, True))
        if delivered:
            self._waiting.append((number, message["p"]["m"]))
        if len(self._waiting) >= self.plan.batch:
            while self._waiting:
                await self._deliver(*self._waiting.popleft())
        if self.plan.close_after and \
                self.received == self.plan.close_after[0]:
            await client.close(self.plan.close_after[1], "as planned")
        if code:
            return {"s": 1, "p": {"code": code, "message": "refused",
                                  "persisted": persisted}}
        return None

    async def _deliver(self, number, value):
        for group, member in self._members.items():
            faults = self.plan.groups.get(group, Faults())
            values = []
            if number in faults.damage:
                values.append(value[:-1] + "!")
            elif number not in faults.drop:
                values += [value] * (1 + faults.repeat.count(number))
            if number in faults.hold:
                self._held[group] = values
                continue
            values += self._held.pop(group, [])
            if values:
                text = json.dumps([{"id": number, "t": "notif", "p": one}
                                   for one in values])
                middle = len(text) // 2
                await member.send([text[:middle], text[middle:]]
                                  if self.plan.fragments else text)

"""Broadcast subscriptions, and who follows one over many connections."""
import collections
import contextlib
import socket

from support.raw import Raw


def ask(client, topic, start=None, **keys):
    """Sends the subscribe; its start is whatever `from` may be."""
    p = {"t": [topic], "broadcast": True, **keys}
    if start is not None:
        p["from"] = start
    client.send({"id": 1, "t": "topic", "a": "subscribe", "p": p})


def answered(client):
    """The reply, which is a success."""
    reply = client.receive()
    if not isinstance(reply, dict) or reply.get("s") != 0:
        raise AssertionError(f"subscribe: {reply}")
    return reply


def subscribe(client, topic, start=None, **keys):
    """Returns the reply, which is a success."""
    ask(client, topic, start, **keys)
    return answered(client)


def listed(topic, positions):
    """A dict of positions as the wire has it."""
    return [{"topic": topic, "partition": partition, "offset": offset}
            for partition, offset in positions.items()]


def by_partition(wire):
    """The other way round."""
    return {one["partition"]: one["offset"] for one in wire}


class Follower:
    """One client over all its lives, on a topic whose values are
    `partition:number` with the record's offset as the number: together they
    bring every number from its first position on, each once and in order, and
    nothing else. What it was told to be a gap for its slowness is left out."""

    def __init__(self, url, topic, name="", **keys):
        """`keys` of its subscribes."""
        self.url = url
        self.topic = topic
        self.name = name
        self.keys = keys
        self.lives = 0
        # What it did last, for who has to find out why it failed.
        self.did = collections.deque(maxlen=8)
        # See `Raw`.
        self.room = None
        # Records that gaps told.
        self.missed = 0
        # The next number of each partition.
        self.next = {}
        self.client = None

    def begin(self, start, wanted=None):
        """The first life; where it begins if that is known."""
        reply = self._come(start)
        self.next = by_partition(reply["pos"])
        if wanted is not None and self.next != wanted:
            self._fail(f"pos {self.next} instead of {wanted}")

    def resume(self):
        """Another life, where the last one ended."""
        reply = self._come(listed(self.topic, self.next))
        if reply["recovered"] is not True:
            self._fail(f"not recovered: {reply}")
        if by_partition(reply["pos"]) != self.next:
            self._fail(f"pos {reply['pos']} instead of {self.next}")

    def _come(self, start):
        self.lives += 1
        self.client = Raw(self.url, room=self.room)
        return subscribe(self.client, self.topic, start, **self.keys)

    # -- pause, resume, seek

    def pause(self):
        self._did("pause")
        self._control("pause", self.next)

    def go_on(self):
        """After a pause, in which nothing came."""
        self._control("position", self.next, nothing=True)
        self._control("resume", self.next, nothing=True)
        self._did("resumed")

    def _did(self, what):
        self.did.append((what, dict(self.next)))

    def seek(self, wanted):
        """What comes before the reply is of the old position."""
        self._did(f"seek {wanted}")
        self.client.send({"id": 4, "t": "topic", "a": "seek",
                          "p": listed(self.topic, wanted)})
        told = by_partition(self._pass("seek", 4)["p"])
        self.next.update(wanted)
        for partition in wanted:
            if told[partition] != wanted[partition]:
                self._fail(f"sought {wanted}, told {told}")

    def _control(self, action, wanted, nothing=False):
        before = dict(self.next)
        self.client.send({"id": 4, "t": "topic", "a": action})
        told = by_partition(self._pass(action, 4)["p"])
        if told != wanted:
            self._fail(f"{action} tells {told} instead of {wanted}")
        if nothing and self.next != before:
            self._fail("records came while it was paused")

    def take(self):
        """The next delivery."""
        self._check(self.client.receive())

    def take_until(self, done):
        while not done(self.next):
            self.take()

    def _check(self, delivery):
        if isinstance(delivery, dict) and delivery.get("a") == "gap":
            self._gap(delivery["p"])
            return
        if not isinstance(delivery, list):
            self._fail(f"unexpected {delivery}")
        for record in delivery:
            partition, number = map(int, record["p"].split(":"))
            if number != self.next[partition]:
                self._fail(f"{partition}:{number} instead of "
                           f"{partition}:{self.next[partition]}, "
                           f"{record.get('meta')}")
            self.next[partition] += 1

    def _gap(self, told):
        partition = told["partition"]
        if (told["reason"], told["from"]) != ("slow", self.next[partition]):
            self._fail(f"{told} at {self.next}")
        self.missed += told["to"] - told["from"]
        self.next[partition] = told["to"]

    def leave(self, how):
        """By "close", "reset", or "unsubscribe": what comes before the reply to
        that counts, and nothing comes after it."""
        self._did(how)
        if how == "unsubscribe":
            self.client.send({"id": 2, "t": "topic", "a": "unsubscribe"})
            self._pass("unsubscribe", 2)
            self.client.send({"id": 3, "t": "health"})
            if self.client.receive().get("refid") != 3:
                self._fail("a delivery follows the unsubscribe reply")
            how = "close"
        getattr(self.client, how)()

    def _pass(self, what, refid):
        while True:
            message = self.client.receive()
            if isinstance(message, dict) and "t" in message and \
                    message["t"] != "event":
                if (message.get("refid"), message.get("s")) != (refid, 0):
                    self._fail(f"{what}: {message}")
                return message
            self._check(message)

    def interrupt(self):
        """Ends whatever waits for it, from any thread."""
        if self.client:
            with contextlib.suppress(OSError):  # closed already
                self.client.socket.shutdown(socket.SHUT_RDWR)

    def drop(self):
        """Whatever state it is in."""
        if self.client:
            self.client.reset()

    def _fail(self, what):
        raise AssertionError(f"{self.name}, life {self.lives}: {what}; before "
                             f"that {list(self.did)}")



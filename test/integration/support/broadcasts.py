"""Broadcast subscriptions, and who follows one over many connections."""
import contextlib
import socket

from support.raw import Raw


def ask(client, topic, start=None):
    """Sends the subscribe; its start is whatever `from` may be."""
    p = {"t": [topic], "broadcast": True}
    if start is not None:
        p["from"] = start
    client.send({"id": 1, "t": "topic", "a": "subscribe", "p": p})


def answered(client):
    """The reply, which is a success."""
    reply = client.receive()
    if not isinstance(reply, dict) or reply.get("s") != 0:
        raise AssertionError(f"subscribe: {reply}")
    return reply


def subscribe(client, topic, start=None):
    """Returns the reply, which is a success."""
    ask(client, topic, start)
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
    nothing else."""

    def __init__(self, url, topic, name=""):
        self.url = url
        self.topic = topic
        self.name = name
        self.lives = 0
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
        self.client = Raw(self.url)
        return subscribe(self.client, self.topic, start)

    def take(self):
        """The next delivery."""
        self._check(self.client.receive())

    def take_until(self, done):
        while not done(self.next):
            self.take()

    def _check(self, delivery):
        if not isinstance(delivery, list):
            self._fail(f"unexpected {delivery}")
        for record in delivery:
            partition, number = map(int, record["p"].split(":"))
            if number != self.next[partition]:
                self._fail(f"{partition}:{number} instead of "
                           f"{partition}:{self.next[partition]}")
            self.next[partition] += 1

    def leave(self, how):
        """By "close", "reset", or "unsubscribe": what comes before the reply to
        that counts, and nothing comes after it."""
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
            if isinstance(message, dict):
                if (message.get("refid"), message.get("s")) != (refid, 0):
                    self._fail(f"{what}: {message}")
                return
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
        raise AssertionError(f"{self.name}, life {self.lives}: {what}")



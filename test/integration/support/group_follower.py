"""A consumer group of one, over many connections."""
import random

from support.broadcasts import Follower, answered, by_partition, listed
from support.raw import Raw
from support.wait import until_blocking


class GroupFollower(Follower):
    """As a `Follower`, but at least once: whoever comes back goes on at what
    the group has committed. With acks that is where it began or what one of its
    acks said, the last of them if it said good-bye; without, it is anything up
    to what it was sent. `window`: see `p.window`."""

    def __init__(self, seed, url, topic, group, acks=False, window=0):
        keys = {"consumer_group": group, "from": "earliest"}
        if acks:
            keys["commit"] = "ack"
        if window:
            keys["window"] = window
        super().__init__(url, topic, f"{group} {keys}", **keys)
        self.dice = random.Random(seed)
        self.group = group
        self.acks = acks
        self.window = window
        # Sent and not acknowledged.
        self.open = 0
        # Where the group may go on: in each partition, in ascending order, the
        # positions that it had or was told since it came or sought.
        self.told = {}
        # Where an ack might be taken for one of other records.
        self.silent = False

    def begin(self, start, wanted=None):
        super().begin(start, wanted)
        self._told_only(self.next)

    def resume(self):
        """At the commit."""
        self._check_commit(by_partition(self._come(None)["pos"]))

    def _check_commit(self, pos):
        if pos.keys() != self.next.keys():
            self._fail(f"pos {pos} instead of all of {self.next}")
        for partition, offset in pos.items():
            told = self.told[partition]
            if not (offset in told if self.acks else
                    told[0] <= offset <= self.next[partition]):
                self._fail(f"pos {pos} after {self.next}, told {told}")
        self.next = pos
        self._told_only(pos)
        self._did("came back")

    def _told_only(self, positions):
        for partition, offset in positions.items():
            self.told[partition] = [offset]

    def _come(self, start):
        self.lives += 1
        self.silent = False
        self.open = 0
        self.client = Raw(self.url)
        # Until then it hears what the last life sent.
        until_blocking(self._is_empty, "the group to have no member")
        self.client.send({"id": 1, "t": "topic", "a": "subscribe",
                          "p": {"t": [self.topic], **self.keys}})
        return answered(self.client)

    def _is_empty(self):
        state = self.client.request(id=1, t="health", p={"detail": True})["p"]
        if len(state["actors"]) < state["total_actors"]:
            self._fail("the group may be on another page")
        return not any(one["kind"] == "consumer_group" and one["members"]
                       and one["id"] == self.group for one in state["actors"])

    def seek(self, wanted):
        """Committed before it is answered."""
        self.silent = True
        super().seek(wanted)
        self.silent = False
        self._told_only(wanted)
        self.acknowledge()

    def leave(self, how):
        self.silent = True
        super().leave(how)
        if how == "unsubscribe":
            for partition, told in self.told.items():
                self.told[partition] = told[-1:] if self.acks else told

    def _check(self, delivery):
        super()._check(delivery)
        if not self.acks:
            return
        self.open += len(delivery)
        if self.window and self.open > self.window:
            self._fail(f"{self.open} records open")
        if not self.silent and (self.dice.random() < 0.2 or self.window and
                                self.open > self.window // 2):
            self.acknowledge()

    def acknowledge(self):
        """Everything that came."""
        if not self.acks:
            return
        news = {partition: offset for partition, offset in self.next.items()
                if offset > self.told[partition][-1]}
        self.client.send({"t": "notif", "a": "ack",
                          "p": listed(self.topic, {
                              partition: offset - 1
                              for partition, offset in news.items()})})
        for partition, offset in news.items():
            self.told[partition].append(offset)
        self.open = 0

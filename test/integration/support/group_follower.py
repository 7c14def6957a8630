"""A consumer group of one, over many connections."""
import random

from support.broadcasts import Follower, answered, by_partition, listed
from support.raw import Raw


class GroupFollower(Follower):
    """As a `Follower`, but at least once: whoever comes back begins at what was
    committed, which is never behind what it was sent, and with acks exactly
    what it acknowledged, if it said good-bye. `window`: see `p.window`."""

    def __init__(self, seed, url, topic, group, acks=False, window=0):
        keys = {"consumer_group": group, "from": "earliest"}
        if acks:
            keys["commit"] = "ack"
        if window:
            keys["window"] = window
        super().__init__(url, topic, f"{group} {keys}", **keys)
        self.dice = random.Random(seed)
        self.acks = acks
        self.window = window
        # Sent and not acknowledged; what the group goes on from at least.
        self.open = 0
        self.sure = {}
        self.good_bye = True
        self.leaving = False

    def begin(self, start, wanted=None):
        super().begin(start, wanted)
        self.sure = dict(self.next)

    def resume(self):
        """At the commit."""
        pos = by_partition(self._come(None)["pos"])
        for partition, offset in pos.items():
            low = self.sure[partition]
            if not offset <= self.next[partition] or (
                    self.acks and self.good_bye and offset != low):
                self._fail(f"pos {pos} after {self.next}, sure {self.sure}, "
                           f"good-bye {self.good_bye}")
        if pos.keys() != self.next.keys():
            self._fail(f"pos {pos} instead of all of {self.next}")
        self.next = pos
        self.sure = dict(pos)
        self.open = 0

    def _come(self, start):
        self.lives += 1
        self.leaving = False
        self.client = Raw(self.url)
        self.client.send({"id": 1, "t": "topic", "a": "subscribe",
                          "p": {"t": [self.topic], **self.keys}})
        return answered(self.client)

    def seek(self, wanted):
        super().seek(wanted)
        # Committed before it is answered; what was open is forgotten.
        self.sure.update(wanted)
        self.acknowledge()

    def leave(self, how):
        # A close with unread records is a reset to TCP.
        self.good_bye = how == "unsubscribe"
        # An ack behind the unsubscribe is none.
        self.leaving = True
        super().leave(how)

    def _check(self, delivery):
        super()._check(delivery)
        if not self.acks or self.leaving:
            return
        self.open += len(delivery)
        if self.window and self.open > self.window:
            self._fail(f"{self.open} records open")
        if self.dice.random() < 0.2 or self.window and \
                self.open > self.window // 2:
            self.acknowledge()

    def acknowledge(self):
        """Everything that came."""
        if not self.acks:
            return
        places = {partition: offset - 1
                  for partition, offset in self.next.items()
                  if offset > self.sure[partition]}
        self.client.send({"t": "notif", "a": "ack",
                          "p": listed(self.topic, places)})
        self.sure = dict(self.next)
        self.open = 0

"""Followers that come and go while the log grows."""
import random
import threading

from support.broadcasts import Follower, listed

WAYS = ("close", "reset", "unsubscribe")


class Life(threading.Thread):
    """A follower that comes and goes at random until it has all of the stream.
    One that leads stays from the first record on, and the stream keeps its
    pace."""

    def __init__(self, seed, url, topic, stream, leads=False):
        super().__init__()
        self.dice = random.Random(seed)
        self.stream = stream
        self.follower = Follower(url, topic, f"follower {seed}")
        self.leads = leads
        self.failure = None

    def run(self):
        try:
            if self.leads:
                self._lead()
            else:
                self._come_and_go()
        except BaseException as failure:  # the test's own thread tells it
            self.failure = failure
            self.stream.end()
        finally:
            self.follower.drop()

    def _whole(self, at):
        return min(at.values()) == self.stream.count

    def _lead(self):
        self.follower.begin("earliest", self._all(0))

        def done(at):
            self.stream.pace(min(at.values()))
            return self._whole(at)
        self.follower.take_until(done)
        self.follower.leave("unsubscribe")

    def _come_and_go(self):
        follower, some = self.follower, self.stream.count // 4
        self.stream.grow(self.dice.randrange(2 * some))
        self._begin()
        while True:
            stay = sum(follower.next.values()) + self.dice.choice(
                (1, self.dice.randrange(1000), self.dice.randrange(some)))
            follower.take_until(lambda at, until=stay:
                                sum(at.values()) >= until or self._whole(at))
            if self._whole(follower.next):
                break
            follower.leave(self.dice.choice(WAYS))
            self.stream.grow(self.dice.choice(
                (0, self.dice.randrange(1000), self.dice.randrange(some))))
            follower.resume()
        follower.leave("unsubscribe")

    def _begin(self):
        how = self.dice.choice(("list", "part", "earliest", "latest"))
        if how == "latest":
            self.follower.begin(how)
        elif how == "earliest":
            self.follower.begin(how, self._all(0))
        else:
            # What the leader has seen is there.
            here = self.stream.seen
            wanted = {partition: self.dice.randrange(here + 1)
                      for partition in self._all(0)}
            if how == "part":
                wanted[self.dice.choice(list(wanted))] = 0
            self.follower.begin(
                listed(self.follower.topic,
                       {partition: at for partition, at in wanted.items()
                        if how == "list" or at}), wanted)

    def _all(self, offset):
        return dict.fromkeys(range(self.stream.partitions), offset)

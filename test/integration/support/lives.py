"""Followers that come and go while the log grows."""
import random
import threading

from support.broadcasts import Follower, listed

WAYS = ("close", "reset", "unsubscribe", "pause", "seek")


class Life(threading.Thread):
    """A follower that comes and goes at random, each time to any of some
    gateways, until it has all of the stream. One that stays is at one
    of them from the first record on."""

    def __init__(self, seed, urls, topic, stream, stays_at=None,
                 follower=None):
        super().__init__()
        self.dice = random.Random(seed)
        self.urls = urls
        self.stream = stream
        self.follower = follower or Follower(stays_at or urls[0], topic,
                                             f"follower {seed}")
        self.stays = stays_at is not None
        # Called with what went wrong.
        self.on_failure = None

    def run(self):
        try:
            if self.stays:
                self._stay()
            else:
                self._come_and_go()
        except BaseException as failure:  # the test's own thread raises it
            self.on_failure(failure)
        finally:
            self.stream.leave(self)
            self.follower.drop()

    def _read(self, count):
        """So many records or more, unless it has all."""
        until = sum(self.follower.next.values()) + count

        def done(at):
            self.stream.read(self, min(at.values()))
            return sum(at.values()) >= until or self._whole()
        self.follower.take_until(done)

    def _whole(self):
        return min(self.follower.next.values()) == self.stream.count

    def _stay(self):
        self.follower.begin("earliest", self._all(0))
        self._read(self.stream.count * self.stream.partitions)
        self.follower.leave("unsubscribe")

    def _come_and_go(self):
        follower, some = self.follower, self.stream.count // 8
        self.stream.grow(self.dice.randrange(4 * some))
        self._begin()
        while True:
            self._read(self.dice.choice(
                (1, self.dice.randrange(1000), self.dice.randrange(2 * some))))
            if self._whole():
                break
            way = self.dice.choice(WAYS)
            if way == "pause":
                follower.pause()
            elif way != "seek":
                follower.leave(way)
            self.stream.leave(self)
            self.stream.grow(self.dice.choice(
                (0, self.dice.randrange(1000), self.dice.randrange(some))))
            if way == "pause":
                follower.go_on()
            elif way == "seek":
                self._seek()
            else:
                follower.url = self.dice.choice(self.urls)
                follower.resume()
        follower.leave("unsubscribe")

    def _seek(self):
        """Some of them, back or ahead to what is there."""
        partition = self.dice.choice(list(self.follower.next))
        wanted = {partition: self.dice.randrange(
            max(self.stream.seen, self.follower.next[partition]) + 1)}
        self.follower.seek(wanted)

    def _begin(self):
        how = self.dice.choice(("list", "part", "earliest", "latest"))
        if how == "latest":
            self.follower.begin(how)
        elif how == "earliest":
            self.follower.begin(how, self._all(0))
        else:
            # What others have seen is there.
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


def live(lives, stream):
    """Runs them until all have everything, or one of them fails."""
    failures = []

    def end(failure):
        failures.append(failure)
        stream.end()
        for life in lives:
            life.follower.interrupt()
    for life in lives:
        life.on_failure = end
        life.start()
    for life in lives:
        life.join()
    print("lives", [life.follower.lives for life in lives])
    if failures:
        raise failures[0]

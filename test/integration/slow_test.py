#!/usr/bin/python3
"""What becomes of those who do not read what comes: held, closed or told what
they missed, as they asked; and of the others, who notice nothing."""
import contextlib

from support import run
from support.client import Closed
from support.raw import Raw
from support.resuming import ResumeCase, numbered
from support.wait import until_blocking

# More than the kernel takes of one who does not read.
MANY = 30_000
WIDE = 200
ROOM = 4096
TIGHT = {"connection_out_bytes": 262_144, "max_frame_out": 16_384,
         "slow_timeout": 3_600_000}


# What the kernel takes of anybody.
PORTION = 3000


class Slow(ResumeCase):
    def write_as_read(self, quick):
        """MANY records, no more at a time than `quick` need not hurry for."""
        for begin in range(0, MANY, PORTION):
            self.write(numbered(begin, begin + PORTION, WIDE))
            quick.take_until(lambda at: at[0] == begin + PORTION)

    def test_a_broadcast_that_drops_tells_what_is_missed(self):
        with self.serve(TIGHT) as server:
            quick, slow = self.follower(server), self.follower(server)
            slow.keys, slow.room = {"slow": "drop"}, ROOM
            quick.begin("latest", {0: 0})
            slow.begin("latest", {0: 0})
            self.write_as_read(quick)
            # Now it reads: what had been sent, a gap, and what comes next.
            slow.take_until(lambda at: at[0] == MANY)
            self.assertGreater(slow.missed, 0)
            self.assertEqual(quick.missed, 0)
            dropped = quick.client.request(
                id=1, t="health", p={"detail": True, "limit": 0}
                )["p"]["counters"]["dropped_records"]
            self.assertEqual(dropped, slow.missed)
            self.write(numbered(MANY, MANY + 10))
            for each in quick, slow:
                each.take_until(lambda at: at[0] == MANY + 10)

    def test_a_broadcast_that_does_not_is_closed(self):
        with self.serve(TIGHT) as server:
            quick, slow = self.follower(server), self.follower(server)
            slow.room = ROOM
            quick.begin("latest", {0: 0})
            slow.begin("latest", {0: 0})
            self.write_as_read(quick)
            with self.assertRaises((Closed, ConnectionError)) as end:
                slow.take_until(lambda at: at[0] == MANY)
            if isinstance(end.exception, Closed):
                self.assertIn(end.exception.code, (4008, 1006))

    def test_a_group_closes_who_asks_for_it_and_holds_the_others(self):
        """What it did not confirm is there for the next member."""
        with self.serve(TIGHT, partitions=2) as server:
            holds = self.grouped(server, "holds", "hold")
            closes = self.grouped(server, "closes", "close")
            self.write([line.replace("0:", "", 1)
                        for line in numbered(0, MANY, WIDE)])
            watch = Raw(server.url)
            self.opened.callback(watch.reset)

            def closed():
                return watch.request(
                    id=1, t="health", p={"detail": True, "limit": 0}
                    )["p"]["sockets"]["closed"]["slow"]
            until_blocking(lambda: closed() == 1, "one of them is closed")
            with self.assertRaises((Closed, ConnectionError)):
                self.read(closes, MANY)
            # Everything that it did not confirm is there for the next.
            again = self.grouped(server, "closes", "hold")
            with contextlib.closing(holds.socket):
                self.assertEqual(self.read(holds, MANY), MANY)
            self.assertGreater(self.read(again, 1), 0)
            self.assertEqual(closed(), 1)

    def grouped(self, server, group, slow):
        client = Raw(server.url, room=ROOM)
        self.opened.callback(client.reset)
        reply = client.request(id=1, t="topic", a="subscribe", p={
            "t": [self.topic], "consumer_group": f"{self.topic}-{group}",
            "slow": slow})
        self.assertEqual(reply["s"], 0, reply)
        return client

    def read(self, client, count):
        got = set()
        while len(got) < count:
            got.update(client.values(1))
        return len(got)


if __name__ == "__main__":
    run.main()

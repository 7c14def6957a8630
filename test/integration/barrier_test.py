#!/usr/bin/python3
"""What a peer has read is told by its pong, and only that is committed."""
import asyncio
import pathlib
import signal
import subprocess
import sys
import threading
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.groups import lag
from support.process import freeze
from support.raw import PING, Raw, Reading
from support.server import Server
from support.wait import until_blocking

MEMBER = pathlib.Path(__file__).parent / "support/member.py"
RECORDS = [str(n) for n in range(20)]


class Member:
    """support/member.py, and what it printed so far."""

    def __init__(self, url, topic, group):
        self.values = []
        self.process = subprocess.Popen(
            [sys.executable, MEMBER, url, topic, group], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != "subscribed\n":
            self.end()
            raise AssertionError("the member could not subscribe")
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.values.append(line.rstrip("\n"))

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()


class Barrier(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)
        cls.server = Server(kafka_host=cls.kafka.bootstrap)
        cls.addClassCleanup(cls.server.kill)

    @classmethod
    def tearDownClass(cls):
        if cls.server.stop() != 0:
            raise AssertionError(f"no clean end:\n{cls.server.output()}")

    def setUp(self):
        self.topic, self.group = unique("barrier"), unique("barrier")
        create_topic(self.kafka, self.topic, 3)

    def write(self, values, partition):
        """Appends the values to one partition, by kcat."""
        asyncio.run(kcat.run(
            "-P", "-b", self.kafka.bootstrap, "-t", self.topic, "-p",
            str(partition), data="".join(v + "\n" for v in values).encode()))

    def client(self, pongs=True):
        client = Raw(self.server.url, pongs)
        self.addCleanup(client.socket.close)
        client.subscribe(self.topic, self.group)
        return client

    def committed(self):
        until_blocking(lambda: lag(self.kafka, self.group) == 0,
                       "what was confirmed is committed")

    def test_records_of_a_member_that_answered_no_ping_come_again(self):
        deaf = self.client(pongs=False)
        self.write(RECORDS, 1)
        self.assertEqual(deaf.values(len(RECORDS)), RECORDS)
        # It was asked: that nothing is committed is not for want of a ping.
        # Perhaps among the records, where they came in several frames; then
        # there is no other, because that one is owed its pong.
        while deaf.pings == 0 and deaf.frame()[0] != PING:
            pass
        deaf.reset()
        with Reading(self.client()) as heir:
            self.committed()
        self.assertEqual(heir.values, RECORDS)

    def test_records_of_a_member_that_answered_do_not(self):
        with Reading(self.client()) as first:
            self.write(RECORDS, 1)
            self.committed()
        self.assertEqual(first.values, RECORDS)
        heir = self.client()
        self.write(["behind"], 1)
        self.assertEqual(heir.values(1), ["behind"])

    def test_a_frozen_member_holds_up_nobody_else(self):
        members = [Member(self.server.url, self.topic, self.group)
                   for _ in range(3)]
        for member in members:
            self.addCleanup(member.end)
        # Who has which partition shows by what arrives where.
        for partition in range(3):
            self.write([f"{partition}:first"], partition)
        until_blocking(lambda: all(one.values for one in members),
                       "each member has a partition")
        owner = {one.values[0]: one for one in members}
        frozen = owner["0:first"]
        freeze(frozen.process.pid)
        # More than the sockets and the connection's budget hold.
        many = [f"0:{n}:{'x' * 1000}" for n in range(12000)]
        self.write(many, 0)
        for partition in (1, 2):
            values = [f"{partition}:{n}" for n in range(1000)]
            self.write(values, partition)
            live = owner[f"{partition}:first"]
            until_blocking(lambda: len(live.values) == 1001,
                           f"partition {partition} while a member is frozen")
            self.assertEqual(live.values[1:], values)
        self.assertEqual(frozen.values, ["0:first"])
        frozen.process.send_signal(signal.SIGCONT)
        until_blocking(lambda: len(frozen.values) == 12001,
                       "the thawed member has what waited for it")
        self.assertEqual(frozen.values[1:], many)


class Frames(unittest.TestCase):
    def test_with_a_limit_of_3_frames_hold_exactly_3(self):
        with Server(args=["--set", "consumer_config.mq_limit=3",
                          "--set", "consumer_config.mq_interval=60000",
                          "--set", "producer_config.mq_interval=null"]) as one:
            client = Raw(one.url)
            self.addCleanup(client.socket.close)
            topic = unique("frames")
            client.subscribe(topic, "g")
            client.send([{"t": "notif", "p": {"t": topic, "m": str(n)}}
                         for n in range(10)])
            frames = [client.receive() for _ in range(3)]
            # The tenth waits for two more.
            reply = client.request(id="fence", t="health")
            self.assertEqual(reply["refid"], "fence")
            client.send([{"t": "notif", "p": {"t": topic, "m": str(n)}}
                         for n in (10, 11)])
            frames.append(client.receive())
            self.assertEqual([len(frame) for frame in frames], [3] * 4)
            self.assertEqual(
                sorted(int(record["p"]) for frame in frames
                       for record in frame), list(range(12)))
            client.close()
            self.assertEqual(one.stop(), 0, one.output())


if __name__ == "__main__":
    run.main()

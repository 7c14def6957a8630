#!/usr/bin/python3
"""A clean stop in the middle of heavy traffic loses nothing."""
import asyncio
import collections
import json
import signal
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.client import Client, Closed
from support.server import Server
from support.wait import until

PUBLISHERS = 8
READERS = 3
BATCH = 50
AHEAD = 20000  # what the publishers may be ahead of the readers
SECONDS = 120


class Publisher:
    """Sends without pause until it is refused, and reads until the connection
    ends; `sent_before_stop` of its records were handed to the socket before
    the signal."""

    def __init__(self, number, topic):
        self.number = number
        self.topic = topic
        self.sent = 0
        self.sent_before_stop = None
        self.refused = {}  # record -> p of its failure
        self.code = None

    async def run(self, url, may_send):
        client = await Client.open(url)
        reading = asyncio.create_task(self.read(client))

        async def go_on():
            return may_send() or self.refused or self.code
        try:
            while not self.refused:
                batch = range(self.sent, self.sent + BATCH)
                await client.send(json.dumps(
                    [{"id": n, "t": "notif",
                      "p": {"t": self.topic, "m": f"{self.number}:{n}"}}
                     for n in batch]))
                self.sent += BATCH
                await asyncio.sleep(0)
                await until(go_on, "the readers keep up")
        except Closed:
            pass  # the other task tells how
        await reading

    async def read(self, client):
        try:
            while True:
                reply = json.loads(await client.receive(SECONDS))
                self.refused[reply["refid"]] = reply["p"]
        except Closed as closed:
            self.code = closed.code


class Reader:
    def __init__(self):
        self.values = []
        self.code = None
        self.client = None

    async def subscribe(self, url, topic, group):
        self.client = await Client.open(url)
        reply = await self.client.request(
            id=1, t="topic", a="subscribe",
            p={"t": [topic], "consumer_group": group})
        return reply["s"] == 0

    async def run(self):
        try:
            while True:
                for record in json.loads(await self.client.receive(SECONDS)):
                    self.values.append(record["p"])
        except Closed as closed:
            self.code = closed.code


class Stop(unittest.TestCase):
    def test_sigterm_under_load(self):
        self.topic, self.group = unique("stop"), unique("stop")
        with broker() as kafka:
            create_topic(kafka, self.topic, 6)
            with Server(kafka_host=kafka.bootstrap) as server:
                publishers, readers = asyncio.run(asyncio.wait_for(
                    self.load(server), SECONDS))
                self.assertEqual(server.ended(), 0, server.output())
            for one in [*publishers, *readers]:
                self.assertEqual(one.code, 1012)
            log = [value.decode() for _, _, value in
                   asyncio.run(kcat.read(kafka.bootstrap, self.topic))]
            self.published(log, publishers)
            with Server(kafka_host=kafka.bootstrap) as server:
                delivered = [v for one in readers for v in one.values]
                asyncio.run(asyncio.wait_for(
                    self.rest(server, log, delivered), SECONDS))

    async def load(self, server):
        readers = [Reader() for _ in range(READERS)]
        for reader in readers:
            self.assertTrue(await reader.subscribe(server.url, self.topic,
                                                   self.group))
        publishers = [Publisher(n, self.topic) for n in range(PUBLISHERS)]

        def may_send():
            return sum(one.sent for one in publishers) < AHEAD + sum(
                len(one.values) for one in readers)
        tasks = [asyncio.create_task(one.run(server.url, may_send))
                 for one in publishers]
        tasks += [asyncio.create_task(one.run()) for one in readers]

        async def flowing():
            return all(one.sent > 40 * BATCH for one in publishers) and \
                all(one.values for one in readers)
        await until(flowing, "traffic both ways")
        for one in publishers:
            one.sent_before_stop = one.sent
        server.signal(signal.SIGTERM)
        await asyncio.gather(*tasks)
        return publishers, readers

    def published(self, log, publishers):
        """What was sent before the stop is in the log or was refused, each
        once, and only a record that was not refused for good is there."""
        counts = collections.Counter(log)
        self.assertEqual([v for v, n in counts.items() if n > 1], [])
        for one in publishers:
            mine = f"{one.number}:"
            there = {int(value[len(mine):]) for value in counts
                     if value.startswith(mine)}
            lost = set(range(one.sent_before_stop)) - there - set(one.refused)
            self.assertEqual(sorted(lost)[:20], [], f"publisher {one.number}")
            for number, failure in one.refused.items():
                self.assertIn(failure["persisted"], ("no", "maybe"))
                if failure["persisted"] == "no":
                    self.assertNotIn(number, there)
        refused = sum(len(one.refused) for one in publishers)
        print(f"{len(log)} records in the log, {refused} refused")

    async def rest(self, server, log, delivered):
        """The next member goes on where the first ones ended."""
        heir = Reader()
        self.assertTrue(await heir.subscribe(server.url, self.topic,
                                             self.group))
        wanted = set(log) - set(delivered)
        task = asyncio.create_task(heir.run())

        async def complete():
            return wanted <= set(heir.values)
        try:
            await until(complete, "the records that nobody has")
        except TimeoutError:
            missing = wanted - set(heir.values)
            self.fail(f"{len(missing)} lost, such as {sorted(missing)[:20]}")
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await heir.client.close()
        # They answered every ping, so nothing had to come again.
        again = set(heir.values) & set(delivered)
        self.assertEqual(sorted(again)[:20], [], f"{len(again)} came again")


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""Many messages, many groups, two servers, one real Kafka: every group gets
every record, each once, in order."""
import asyncio
import collections
import json
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.client import Client
from support.server import Server

PUBLISHERS = 50
EACH = 2000
BATCH = 100
GROUPS = 10
SPREAD = 5  # connections of the first group, over both servers
PARTITIONS = 8
SECONDS = 240


class Bulk(unittest.TestCase):
    def test_every_group_gets_every_record_once_and_in_order(self):
        self.topic, self.name = unique("bulk"), unique("group")
        with broker() as kafka, \
                Server(kafka_host=kafka.bootstrap) as one, \
                Server(kafka_host=kafka.bootstrap) as two:
            create_topic(kafka, self.topic, PARTITIONS)
            asyncio.run(asyncio.wait_for(
                self.run_all(kafka, [one, two]), SECONDS))
            for server in (one, two):
                self.assertEqual(server.stop(), 0, server.output())

    async def run_all(self, kafka, servers):
        members = [f"{self.name}-{n}" for n in range(1, GROUPS)]
        members += [f"{self.name}-0"] * SPREAD
        readers = await asyncio.gather(*(
            self.subscribe(servers[n % 2], group)
            for n, group in enumerate(members)))
        got = collections.defaultdict(list)
        tasks = [asyncio.create_task(self.read(client, got[group, n]))
                 for n, (group, client) in enumerate(zip(members, readers))]
        await asyncio.gather(*(self.publish(servers[n % 2], n)
                               for n in range(PUBLISHERS)))
        total = PUBLISHERS * EACH

        def complete():
            counts = collections.Counter()
            for (group, _), values in got.items():
                counts[group] += len(values)
            return all(counts[group] >= total for group in set(members))
        while not complete():
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.1)
        log = await kcat.read(kafka.bootstrap, self.topic)
        self.judge(log, got, total)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for client in readers:
            await client.close()

    async def subscribe(self, server, group):
        client = await Client.open(server.url)
        reply = await client.request(
            id=group, t="topic", a="subscribe",
            p={"t": [self.topic], "consumer_group": group})
        self.assertEqual((reply["refid"], reply["s"]), (group, 0))
        return client

    async def read(self, client, values):
        while True:
            for record in json.loads(await client.receive(SECONDS)):
                values.append(record["p"])

    async def publish(self, server, number):
        client = await Client.open(server.url)
        for start in range(0, EACH, BATCH):
            await client.send(json.dumps([
                {"t": "notif", "p": {"t": self.topic, "m": f"{number}:{at}"}}
                for at in range(start, start + BATCH)]))
        await client.close()

    def judge(self, log, got, total):
        place = {value.decode(): (partition, offset)
                 for partition, offset, value in log}
        self.assertEqual((len(log), len(place)), (total, total))
        # The log keeps each publisher's order in each partition.
        last = {}
        for partition, _, value in log:
            publisher, at = map(int, value.split(b":"))
            self.assertLess(last.get((publisher, partition), -1), at)
            last[publisher, partition] = at
        groups = collections.defaultdict(list)
        for (group, _), values in got.items():
            self.assertTrue(values, f"nothing for a member of {group}")
            groups[group] += values
            # And each connection gets each partition in the log's order.
            seen = {}
            for value in values:
                partition, offset = place[value]
                self.assertLess(seen.get(partition, -1), offset)
                seen[partition] = offset
        for group, values in groups.items():
            self.assertEqual(len(values), total, group)
            self.assertEqual(len(set(values)), total, group)


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""Groups spread over two servers, on a real Kafka."""
import asyncio
import json
import signal
import unittest

from support import kcat
from support.client import Client
from support.kafka import Kafka
from support.server import Server
from support.wait import until


class Groups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = Kafka("4.1.0")
        cls.addClassCleanup(cls.kafka.stop)

    def serve(self, conversation, config=None, servers=1):
        """Runs the conversation with servers of its own."""
        running = []
        try:
            for _ in range(servers):
                running.append(Server(config, self.kafka.bootstrap))
            asyncio.run(conversation(*running))
            for server in running:
                server.signal(signal.SIGCONT)
                self.assertEqual(server.stop(), 0, server.output())
        finally:
            for server in running:
                server.kill()

    async def subscribe(self, server, topic, group):
        client = await Client.open(server.url)
        reply = await client.request(
            id=1, t="topic", a="subscribe",
            p={"t": [topic], "consumer_group": group})
        self.assertEqual((reply["refid"], reply["s"]), (1, 0), reply)
        return client

    async def collect(self, client, wanted):
        """Deliveries until all the wanted values were among them."""
        got = []
        while not set(wanted) <= set(got):
            got += [one["p"] for one in json.loads(await client.receive())]
        return got

    def test_members_share_the_partitions_of_a_topic(self):
        async def conversation(server, other):
            members = await asyncio.gather(
                self.subscribe(server, "shared", "shared"),
                self.subscribe(other, "shared", "shared"),
                self.subscribe(server, "shared", "shared"))
            values = [f"{partition}-{n}" for partition in range(3)
                      for n in range(4)]
            for partition in range(3):
                await kcat.write(
                    self.kafka.bootstrap, "shared",
                    [f"{partition}-{n}".encode() for n in range(4)],
                    partition)
            got = []

            async def read(member):
                while True:
                    got.extend(one["p"]
                               for one in json.loads(await member.receive()))
            tasks = [asyncio.create_task(read(one)) for one in members]

            async def complete():
                return len(got) >= len(values)
            await until(complete, "every record")
            for task in tasks:
                task.cancel()
            self.assertEqual(sorted(got), sorted(values))
            for member in members:
                await member.close()
        self.serve(conversation, servers=2)

    def test_list_leaves_out_what_kafka_keeps_for_itself(self):
        async def conversation(server):
            client = await self.subscribe(server, "listed", "listed")
            # The group has made it; kcat is told nothing else than we are.
            metadata = await kcat.run("-L", "-b", self.kafka.bootstrap)
            self.assertIn(b'topic "__consumer_offsets"', metadata)
            reply = await client.request(id=2, t="topic", a="list")
            self.assertEqual((reply["refid"], reply["s"]), (2, 0), reply)
            names = {one["topic"] for one in reply["p"]}
            self.assertIn("listed", names)
            self.assertEqual([n for n in names if n.startswith("__")], [])
            await client.close()
        self.serve(conversation)

    def test_a_frozen_server_does_not_hold_up_the_others(self):
        async def conversation(server, frozen):
            live = await self.subscribe(server, "frozen", "one")
            await self.subscribe(frozen, "frozen", "two")
            beside = await self.subscribe(frozen, "frozen", "one")
            frozen.signal(signal.SIGSTOP)
            # Its partitions move when Kafka has missed it long enough; what
            # the frozen one held arrives at the live one then.
            values = [str(n) for n in range(6)]
            for n, value in enumerate(values):
                await kcat.write(self.kafka.bootstrap, "frozen",
                                 [value.encode()], n % 3)
            await self.collect(live, values)
            frozen.signal(signal.SIGCONT)
            beside.drop()
            await live.close()
        self.serve(conversation, servers=2,
                   config={"consumer_config": {"sessionTimeout": 6000}})


if __name__ == "__main__":
    unittest.main()

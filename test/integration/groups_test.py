#!/usr/bin/python3
"""Groups on a real Kafka: who gets a record again, and who does not."""
import asyncio
import json
import pathlib
import re
import signal
import unittest

from support import kcat
from support.client import Client
from support.kafka import Kafka
from support.server import Server
from support.wait import until


def threads(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"Threads:\s+(\d+)", status).group(1))


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

    async def lag(self, group, expected):
        """Waits until Kafka's own tool shows this sum of the group's lag."""
        loop = asyncio.get_running_loop()

        async def shown():
            text = await loop.run_in_executor(
                None, self.kafka.tool, "groups", "--describe", "--group",
                group)
            rows = [line.split() for line in text.splitlines()
                    if line.startswith(group)]
            lags = [row[5] for row in rows]
            return rows and "-" not in lags and \
                sum(map(int, lags)) == expected
        await until(shown, f"lag {expected} of {group}")

    def test_records_that_were_not_confirmed_come_again(self):
        async def conversation(server):
            deaf = await self.subscribe(server, "again", "again")

            async def no_pong(_data=b""):
                return None
            deaf.socket.pong = no_pong
            await kcat.write(self.kafka.bootstrap, "again", [b"one", b"two"])
            await self.collect(deaf, ["one", "two"])
            deaf.drop()
            heir = await self.subscribe(server, "again", "again")
            self.assertEqual(sorted(await self.collect(heir, ["one", "two"])),
                             ["one", "two"])
            await heir.close()
        self.serve(conversation)

    def test_records_that_were_confirmed_do_not(self):
        async def conversation(server):
            first = await self.subscribe(server, "once", "once")
            await kcat.write(self.kafka.bootstrap, "once", [b"one", b"two"])
            await self.collect(first, ["one", "two"])
            await self.lag("once", 0)
            first.drop()
            heir = await self.subscribe(server, "once", "once")
            await kcat.write(self.kafka.bootstrap, "once", [b"three"])
            self.assertEqual(await self.collect(heir, ["three"]), ["three"])
            await heir.close()
        self.serve(conversation)

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

    def test_fresh_groups_miss_nothing_behind_their_reply(self):
        """100 groups join while somebody publishes; half of the members are
        killed before they confirmed anything, and another takes over."""
        async def conversation(server):
            publisher = await Client.open(server.url)
            sent = 0

            async def publish():
                nonlocal sent
                while True:
                    await publisher.send(json.dumps(
                        {"t": "notif", "p": {"t": "fresh", "m": str(sent)}}))
                    sent += 1
                    await asyncio.sleep(0.01)
            reply = await publisher.request(id=1, t="topic", a="create",
                                            p=["fresh"])
            self.assertEqual(reply["s"], 0)
            publishing = asyncio.create_task(publish())

            async def member(number):
                group = f"fresh-{number}"
                client = await self.subscribe(server, "fresh", group)
                first = sent
                if number % 2:
                    client.drop()
                    client = await self.subscribe(server, "fresh", group)
                wanted = {str(n) for n in range(first, first + 20)}
                await self.collect(client, wanted)
                await client.close()
            await asyncio.gather(*map(member, range(100)))
            publishing.cancel()
            await publisher.close()
        self.serve(conversation)

    def test_a_thousand_connections_are_one_member_and_no_thread_more(self):
        async def conversation(server):
            first = await self.subscribe(server, "crowd", "crowd")
            before = threads(server)
            crowd = await asyncio.gather(*(
                self.subscribe(server, "crowd", "crowd")
                for _ in range(999)))
            self.assertEqual(threads(server), before)
            text = await asyncio.get_running_loop().run_in_executor(
                None, self.kafka.tool, "groups", "--describe", "--members",
                "--group", "crowd")
            members = [line for line in text.splitlines()
                       if line.startswith("crowd")]
            self.assertEqual(len(members), 1, text)
            for client in [first, *crowd]:
                await client.close()
        self.serve(conversation)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""New groups miss nothing behind their reply, whatever becomes of the
connection that they began with; one that Kafka refuses is told so."""
import asyncio
import json
import socket
import struct
import time
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.client import Client
from support.groups import committed
from support.raw import Raw, Reading
from support.server import Server
from support.wait import until_blocking

GROUPS = 100
SECONDS = 150
# Far below requestTimeout, which it would take without the refusal.
REFUSED_SECONDS = 20
CONFIG = {"producer_config": {"mq_interval": 20}}


def reset(client):
    """Kills the connection by an RST."""
    client.socket.transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.drop()


class Publisher:
    """Sends numbered records until every group is complete, then one that
    tells their number."""

    def __init__(self, topic):
        self.topic = topic
        self.sent = 0
        self.complete = 0  # groups whose last member has its reply

    async def run(self, client):
        while self.complete < GROUPS:
            await self.send(client, 5)
            await asyncio.sleep(0.01)  # the pace, nobody waits for it
        await self.send(client, 100)
        await self.publish(client, [f"of {self.sent}"])

    async def send(self, client, count):
        numbers = range(self.sent, self.sent + count)
        # Counted first: who reads `sent` is owed only what is sent later.
        self.sent += count
        await self.publish(client, map(str, numbers))

    async def publish(self, client, values):
        await client.send(json.dumps(
            [{"t": "notif", "p": {"t": self.topic, "m": value}}
             for value in values]))


class FreshGroups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def test_one_that_kafka_refuses_fails_before_the_deadline(self):
        """Kafka wants at least group.min.session.timeout.ms, 6 s."""
        config = {"consumer_config": {"sessionTimeout": 2000}}
        with Server(config, kafka_host=self.kafka.bootstrap) as server:
            client = Raw(server.url)
            self.addCleanup(client.reset)
            # Whoever comes next is told, too.
            for number in range(3):
                begun = time.monotonic()
                reply = client.request(
                    id=number, t="topic", a="subscribe",
                    p={"t": [unique("refused")], "consumer_group": "refused"})
                took = time.monotonic() - begun
                print(f"refused after {took:.1f} s")
                self.assertEqual((reply["refid"], reply["s"]), (number, 1),
                                 reply)
                self.assertEqual(reply["p"]["code"], "INVALID_SESSION_TIMEOUT")
                self.assertFalse(reply["p"]["retriable"])
                self.assertLess(took, REFUSED_SECONDS)
            client.reset()
            self.assertEqual(server.stop(), 0, server.output())

    def test_a_reply_stands_behind_commits(self):
        """Of every partition, before anything was produced or read."""
        topic, group = unique("committed"), unique("committed")
        create_topic(self.kafka, topic, 4)
        asyncio.run(kcat.write(self.kafka.bootstrap, topic, [b"a", b"b"], 1))
        with Server(CONFIG, kafka_host=self.kafka.bootstrap) as server:
            client = Raw(server.url)
            self.addCleanup(client.reset)
            client.subscribe(topic, group)
            self.assertEqual(
                committed(self.kafka, group),
                {(topic, partition): 2 if partition == 1 else 0
                 for partition in range(4)})
            client.reset()

    def test_an_heir_at_another_server_misses_nothing(self):
        """The first one dies with its reply, and has confirmed nothing."""
        topic, group = unique("heir"), unique("heir")
        create_topic(self.kafka, topic, 4)
        # So long Kafka waits for the one that died.
        config = {"consumer_config": {"sessionTimeout": 6000}}
        host = self.kafka.bootstrap
        with Server(config, kafka_host=host) as other:
            first = Server(config, kafka_host=host)
            self.addCleanup(first.kill)
            client = Raw(first.url)
            self.addCleanup(client.reset)
            client.subscribe(topic, group)
            first.process.kill()
            values = [f"{n}" for n in range(12)]
            for partition in range(4):
                asyncio.run(kcat.write(
                    host, topic, [value.encode() for value in
                                  values[partition::4]], partition))
            heir = Raw(other.url)
            self.addCleanup(heir.reset)
            heir.subscribe(topic, group)
            with Reading(heir) as read:
                until_blocking(lambda: len(read.values) >= len(values),
                               "every record")
            self.assertEqual(sorted(read.values), sorted(values))

    def test_each_gets_every_record_produced_after_its_reply(self):
        with Server(CONFIG, kafka_host=self.kafka.bootstrap) as server:
            self.url = server.url
            self.publisher = Publisher(unique("fresh"))
            create_topic(self.kafka, self.publisher.topic, 4)
            asyncio.run(asyncio.wait_for(self.converse(self.kafka), SECONDS))
            self.assertEqual(server.stop(), 0, server.output())

    async def converse(self, kafka):
        source = await Client.open(self.url)
        lives = [self.kept, self.killed_at_once, self.killed_deaf]
        await asyncio.gather(
            self.publisher.run(source),
            *(self.live(lives[n % 3], unique(f"fresh-{n}"))
              for n in range(GROUPS)))
        await source.close()
        log = await kcat.read(kafka.bootstrap, self.publisher.topic)
        total = self.publisher.sent
        self.assertEqual(
            sorted(value.decode() for _, _, value in log),
            sorted([f"of {total}", *map(str, range(total))]))

    async def live(self, life, group):
        client, first = await life(group)
        self.publisher.complete += 1
        values, total = set(), None
        while total is None or not values >= set(range(first, total)):
            try:
                frame = json.loads(await client.receive())
            except TimeoutError:
                missing = set(range(first, self.publisher.sent)) - values
                self.fail(f"{group}, {life.__name__}, from {first}: missing "
                          f"{len(missing)} such as {sorted(missing)[:20]}")
            for record in frame:
                if record["p"].startswith("of "):
                    total = int(record["p"][3:])
                    continue
                number = int(record["p"])
                self.assertNotIn(number, values, f"twice to {group}")
                values.add(number)
        await client.close()

    async def subscribe(self, group):
        """The connection, and the first record that it must get."""
        client = await Client.open(self.url)
        reply = await client.request(
            id=1, t="topic", a="subscribe",
            p={"t": [self.publisher.topic], "consumer_group": group})
        self.assertEqual((reply.get("refid"), reply["s"]), (1, 0), reply)
        return client, self.publisher.sent

    async def kept(self, group):
        return await self.subscribe(group)

    async def killed_at_once(self, group):
        client, first = await self.subscribe(group)
        reset(client)
        return (await self.subscribe(group))[0], first

    async def killed_deaf(self, group):
        """Has read records, and has answered no ping behind them."""
        client, first = await self.subscribe(group)

        async def no_pong(_data=b""):
            return None
        client.socket.pong = no_pong
        await client.receive()
        reset(client)
        return (await self.subscribe(group))[0], first


if __name__ == "__main__":
    run.main()

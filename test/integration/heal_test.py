#!/usr/bin/python3
"""A server whose broker is missing answers in time, and heals by itself."""
import asyncio
import time
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.client import Client
from support.relay import Relay
from support.server import Server
from support.wait import until

DEADLINE_MS = 1500
ARGS = ["--set", f"kafka_config.requestTimeout={DEADLINE_MS}",
        "--set", f"producer_config.publish_timeout={DEADLINE_MS}"]
CODES = ("TIMEOUT", "BROKER_UNAVAILABLE")


class Unreachable(unittest.TestCase):
    async def ask(self, url, topic):
        """All four kinds at once, each from a connection of its own."""
        return await asyncio.gather(*(self.fails(url, message) for message in (
            {"t": "topic", "a": "list"},
            {"t": "topic", "a": "create", "p": [topic]},
            {"t": "topic", "a": "subscribe", "p": {"t": [topic]}},
            {"t": "notif", "p": {"t": topic, "m": "lost"}})))

    async def fails(self, url, message):
        client = await Client.open(url)
        begun = time.monotonic()
        reply = await client.request(id=7, **message)
        took = time.monotonic() - begun
        self.assertEqual((reply["refid"], reply["s"]), (7, 1), reply)
        self.assertIn(reply["p"]["code"], CODES)
        self.assertTrue(reply["p"]["retriable"])
        # The connection lives, and what needs no broker works.
        health = await client.request(id=8, t="health")
        self.assertEqual((health["refid"], health["s"]), (8, 0))
        await client.close()
        # A deadline is not a wish: far beyond it is as bad as silence.
        self.assertLess(took, 2 * DEADLINE_MS / 1000)
        return reply["p"]

    def serve(self, address, conversation):
        with Server(kafka_host=address, args=ARGS) as server:
            asyncio.run(conversation(server))
            self.assertEqual(server.stop(), 0, server.output())

    def test_an_address_where_nobody_answers(self):
        async def conversation(server):
            await self.ask(server.url, "nobody")
        self.serve("10.255.255.1:9092", conversation)

    def test_a_broker_that_comes_later_is_found(self):
        with broker() as kafka:
            asyncio.run(self.heal(kafka, mute=False))

    def test_one_that_is_mute_at_first_is_found(self):
        with broker() as kafka:
            asyncio.run(self.heal(kafka, mute=True))

    async def heal(self, kafka, mute):
        topic = unique("heal")
        loop = asyncio.get_running_loop()
        async with Relay() as relay:
            if mute:
                await relay.mute()
            # In a thread, so that the relay takes connections meanwhile.
            server = await loop.run_in_executor(
                None, lambda: Server(kafka_host=relay.address, args=ARGS))
            with server:
                start = "\n".join(server.lines)
                self.assertIn(f"Kafka at {relay.address} is not reached yet",
                              start)
                *_, lost = await self.ask(server.url, topic)
                self.assertEqual(relay.taken > 0, mute)
                # Who reads the log is told when it has come, not before.
                self.assertNotIn("producer-ready", server.log())
                create_topic(kafka, topic, 3)
                await relay.forward(kafka.bootstrap)
                client = await Client.open(server.url)

                async def listed():
                    reply = await client.request(id=1, t="topic", a="list")
                    return reply["s"] == 0 and reply["p"]
                begun = time.monotonic()
                topics = await until(listed, "the broker is found")
                print(f"found after {time.monotonic() - begun:.1f} s")
                self.assertIn({"topic": topic, "partition": 2}, topics)

                async def told():
                    return "producer-ready" in server.log()
                await until(told, "the log tells it")
                group = unique("heal")

                async def subscribed():
                    # A broker's first group may take longer than the deadline.
                    reply = await client.request(
                        id=2, t="topic", a="subscribe",
                        p={"t": [topic], "consumer_group": group})
                    if reply["s"] != 0:
                        self.assertEqual(reply["p"]["code"], "TIMEOUT", reply)
                    return reply["s"] == 0
                await until(subscribed, "the group is joined")
                await client.send(
                    '{"id":3,"t":"notif","p":{"t":"%s","m":"found"}}' % topic)
                self.assertIn('"found"', await client.receive())
                await client.close()
                values = [value for _, _, value in
                          await kcat.read(kafka.bootstrap, topic)]
                # It waited for its topic: nothing of it can be written.
                self.assertEqual(lost["persisted"], "no")
                self.assertEqual(values, [b"found"])
                self.assertEqual(
                    await loop.run_in_executor(None, server.stop), 0,
                    server.output())


if __name__ == "__main__":
    run.main()

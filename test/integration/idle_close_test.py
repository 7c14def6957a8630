#!/usr/bin/python3
"""Who asks for nothing is closed with 4005, where the server is told so."""
import asyncio
import contextlib
import json
import unittest

from support import run
from support.client import Client, Closed
from support.server import Server

IDLE = 3000
# Pongs come meanwhile, with time enough for a busy machine.
CONFIG = {"websocket_config": {"idle_timeout": IDLE, "ping_interval": 1000}}
PINGS_EVERY = 0.05


class IdleClose(unittest.TestCase):
    def hold(self, talk, config=None, **options):
        """The talk with a server of its own, and the connections to it that
        `open` makes."""
        async def talk_and_close():
            async with contextlib.AsyncExitStack() as self.opened:
                await talk()
        with Server({**CONFIG, **(config or {})}, **options) as server:
            self.url = server.url
            asyncio.run(talk_and_close())

    async def open(self):
        client = await Client.open(self.url)
        self.opened.push_async_callback(client.close)
        return client

    async def closed(self, client):
        with self.assertRaises(Closed) as end:
            await client.receive()
        self.assertEqual(str(end.exception), "closed with 4005 idle")

    def test_who_asks_for_nothing_is_closed(self):
        async def talk():
            silent, asked = await self.open(), await self.open()
            hello = await asked.request(t="hello")
            self.assertEqual(hello["p"]["limits"]["idle_timeout_ms"], IDLE)
            await self.closed(silent)
            await self.closed(asked)
            watch = await self.open()
            state = await watch.request(t="health", p={"detail": True})
            self.assertEqual(state["p"]["sockets"]["closed"]["idle"], 2)
        self.hold(talk)

    def test_who_is_subscribed_is_not_until_that_ends(self):
        async def talk():
            subscribed = []
            for way in ({"t": ["a"], "consumer_group": "g"},
                        {"t": ["a"], "broadcast": True},
                        {"t": ["^nothing"], "consumer_group": "h"}):
                client = await self.open()
                subscribed.append(client)
                # A group's first takes longer than one may be idle.
                reply = await client.request(t="topic", a="subscribe", p=way)
                self.assertEqual(reply["s"], 0, reply)
            # Those that come later go first.
            for _ in range(2):
                await self.closed(await self.open())
            for client in subscribed:
                reply = await client.request(t="topic", a="unsubscribe")
                self.assertEqual(reply["s"], 0, reply)
            await asyncio.gather(*map(self.closed, subscribed))
        self.hold(talk)

    def test_who_sends_pings_is_not(self):
        async def talk():
            pinging, silent = await self.open(), await self.open()
            over = asyncio.create_task(self.closed(silent))
            while not over.done():
                self.assertEqual((await pinging.request(t="ping"))["s"], 0)
                await asyncio.sleep(PINGS_EVERY)  # the pace
            await over
            self.assertEqual((await pinging.request(t="ping"))["s"], 0)
        self.hold(talk)

    def test_who_waits_for_a_receipt_is_not(self):
        async def talk():
            waiting = await self.open()
            await waiting.send(json.dumps(
                {"id": 1, "t": "notif",
                 "p": {"t": "a", "m": "x", "ack": True}}))
            reply = json.loads(await waiting.receive())
            self.assertEqual((reply["refid"], reply["s"]), (1, 1))
            await self.closed(waiting)
        self.hold(talk, {"producer_config": {"publish_timeout": 3 * IDLE}},
                  kafka_host="127.0.0.1:1")


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""The hostile frames of test/data against a live server: each gets what its
folder says, and who talks beside notices nothing."""
import asyncio
import json
import pathlib
import unittest

from support import run
from support.client import Client, Closed
from support.server import ROOT, Server
from support.wait import until

FOLDER = ROOT / "test/data/hostile"
CONFIG = {"producer_config": {"mq_interval": None},
          "consumer_config": {"mq_interval": None}}


def is_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def frames():
    """(what is expected, name, bytes); refusals first, which are answered at
    once."""
    files = sorted(FOLDER.glob("*/*"),
                   key=lambda file: (file.parent.name == "accepted", file))
    return [(file.parent.name, file.name, file.read_bytes())
            for file in files]


class Neighbour:
    """Publishes and reads back, one record after the other."""

    def __init__(self, client):
        self.client = client
        self.rounds = 0

    async def begin(self):
        reply = await self.client.request(
            id=1, t="topic", a="subscribe",
            p={"t": ["beside"], "consumer_group": "beside"})
        assert (reply["refid"], reply["s"]) == (1, 0), reply

    async def talk(self, ended):
        """Once more after that is set."""
        last = False
        while not last:
            last = ended.is_set()
            value = f"value {self.rounds}"
            await self.client.send(json.dumps(
                {"id": 2, "t": "notif", "p": {"t": "beside", "m": value}}))
            [record] = json.loads(await self.client.receive())
            assert record["p"] == value, record
            self.rounds += 1

    async def goes_on(self):
        """Until it has begun and ended another round."""
        wanted = self.rounds + 2

        async def reached():
            return self.rounds >= wanted
        await until(reached, f"{wanted} records beside the hostile frames")


class Hostile(unittest.TestCase):
    def test_each_frame_gets_what_its_folder_says(self):
        with Server(CONFIG) as server:
            asyncio.run(self.converse(server))
            self.assertEqual(server.stop(), 0, server.output())

    async def converse(self, server):
        neighbour = Neighbour(await Client.open(server.url))
        await neighbour.begin()
        ended = asyncio.Event()
        beside = asyncio.create_task(neighbour.talk(ended))
        try:
            await self.send_all(server.url, neighbour)
            await self.send_as_text(server.url)
        finally:
            ended.set()
            await beside
        print(f"{neighbour.rounds} records beside them")
        await neighbour.client.close()

    async def send_all(self, url, neighbour):
        client = await Client.open(url)
        sent = 0
        for wanted, name, data in frames():
            if sent % 50 == 0:
                await neighbour.goes_on()
            with self.subTest(frame=f"{wanted}/{name}"):
                await client.send(data.decode() if is_utf8(data) else data)
                replies = await self.until_fence(client, sent)
                sent += 1
                if wanted == "accepted":
                    continue  # Answered when it is done, which may be later.
                self.assertEqual([(one["s"], one["p"]["code"])
                                  for one in replies], [(1, wanted)])
        self.assertGreater(sent, 250)
        await client.close()

    @staticmethod
    async def until_fence(client, number):
        """What came before the answer to a message that is answered at once.
        """
        fence = f"fence {number}"
        await client.send(json.dumps({"id": fence, "t": "fence"}))
        replies = []
        while True:
            frame = json.loads(await client.receive())
            if isinstance(frame, dict) and frame.get("refid") == fence:
                return replies
            replies.append(frame)

    async def send_as_text(self, url):
        """What is not UTF-8 ends the connection as a text frame."""
        broken = [data for _, _, data in frames() if not is_utf8(data)]
        self.assertGreater(len(broken), 5)
        for data in broken:
            client = await Client.open(url)
            await client.send_raw_text(data)
            with self.assertRaises(Closed) as closed:
                await client.receive()
            self.assertEqual(closed.exception.code, 1007, data)


if __name__ == "__main__":
    run.main()

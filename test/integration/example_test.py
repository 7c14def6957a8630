#!/usr/bin/python3
"""The example program embeds the gateway, in under 40 lines."""
import asyncio
import json
import os
import subprocess
import unittest

from support.client import Client
from support.server import LISTENING, ROOT


class Example(unittest.TestCase):
    def test_it_serves_until_its_input_ends(self):
        with subprocess.Popen(
                [os.environ["EXAMPLE_UNDER_TEST"]], text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE) as example:
            url = LISTENING.match(example.stdout.readline().rstrip())
            self.assertTrue(url)
            asyncio.run(self.converse(url.group(1)))
            output, _ = example.communicate(timeout=60)
            self.assertEqual(example.returncode, 0)
        self.assertRegex(output, r"connection \d+ from 127\.0\.0\.1")
        self.assertRegex(output, r"example/\d+@0: hello")

    async def converse(self, url):
        client = await Client.open(url)
        await client.request(id=1, t="topic", a="subscribe",
                             p={"t": ["example"]})
        await client.send(json.dumps(
            {"t": "notif", "p": {"t": "example", "m": "hello"}}))
        [record] = json.loads(await client.receive())
        self.assertEqual(record["p"], "hello")
        await client.close()

    def test_it_is_short(self):
        lines = (ROOT / "tools/example/main.cpp").read_text().splitlines()
        self.assertLess(len(lines), 40)


if __name__ == "__main__":
    unittest.main()

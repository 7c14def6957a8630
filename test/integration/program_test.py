#!/usr/bin/python3
"""What the program says: mistakes in its input, and its log."""
import asyncio
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from support import run
from support.client import Client
from support.server import Server, default_binary

CANARY = "canary-3f9d1c77"

MISTAKES = """{
  // What a hurried person writes.
  "websocket_config": {
    "prot": 3000,
    "io_threads": "many"
  },
  "consumer_config": {
    "mq_limit": 0
  }
}
"""


def program(*args):
    return subprocess.run([default_binary(), *args], timeout=60,
                          capture_output=True, text=True)


class Mistakes(unittest.TestCase):
    def test_all_are_told_with_line_path_and_hint(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "wrong.json"
            file.write_text(MISTAKES)
            for command in (["check-config", "--config", str(file)],
                            ["--config", str(file)]):
                done = program(*command)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stdout, "")
                lines = done.stderr.splitlines()
                self.assertEqual(len(lines), 3, done.stderr)
                for line, number, path, hint in zip(
                        lines, (4, 5, 8),
                        ("websocket_config.prot",
                         "websocket_config.io_threads",
                         "consumer_config.mq_limit"),
                        ("port", "whole number", "from 1 to")):
                    self.assertTrue(line.startswith(f"{file}:{number}"), line)
                    self.assertIn(path, line)
                    self.assertIn(hint, line)

    def test_what_librdkafka_refuses_is_told_of_each_role(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "refused.json"
            file.write_text("""{
              "producer_config": { "librdkafka": { "linger.mss": 3 } },
              "consumer_config": {
                "librdkafka": { "session.timeout.ms": "soon" } }
            }""")
            done = program("check-config", "--config", str(file),
                           "--kafka-host", "localhost:1")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            lines = done.stderr.splitlines()
            self.assertEqual(len(lines), 2, done.stderr)
            self.assertIn("consumer_config.librdkafka.session.timeout.ms",
                          lines[0])
            self.assertIn("producer_config.librdkafka.linger.mss", lines[1])
            started = program("--config", str(file), "--port", "0")
            self.assertEqual(started.returncode, 1)
            self.assertIn(lines[0], started.stderr)
            # What all three are given is told once.
            file.write_text(
                '{"kafka_config": {"librdkafka": {"client.rack": 1,'
                ' "no.such.thing": 1}}}')
            done = program("check-config", "--config", str(file))
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("no.such.thing", done.stderr)

    def test_the_command_line_is_checked_before_anything_starts(self):
        self.assertEqual(program("--no-such-option").returncode, 2)
        self.assertEqual(program("no-such-command").returncode, 2)
        self.assertEqual(program("--set", "nonsense").returncode, 2)
        done = program("--set", "consumer_config.mq_limt=3")
        self.assertEqual(done.returncode, 1)
        self.assertIn("mq_limit", done.stderr)

    def test_a_file_that_is_not_there(self):
        done = program("--config", "/no/such/file.json")
        self.assertEqual(done.returncode, 1)
        self.assertIn("/no/such/file.json", done.stderr)


class Log(unittest.TestCase):
    def test_lines_are_json_and_hold_no_payload(self):
        args = ["--log-level", "trace",
                "--set", "websocket_config.log_format=json"]
        with Server(args=args) as server:
            asyncio.run(self.talk(server))
            self.assertEqual(server.stop(), 0, server.output())
            lines = server.log().splitlines()
            printed = "\n".join(server.lines)
        self.assertTrue(lines)
        levels = set()
        events = {}
        for line in lines:
            entry = json.loads(line)
            self.assertEqual(list(entry)[:2], ["time", "level"], line)
            self.assertTrue({"event", "text"} & set(entry), line)
            self.assertRegex(entry["time"],
                             r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            levels.add(entry["level"])
            events[entry.get("event")] = entry
        self.assertIn("debug", levels)
        self.assertGreater(events["ws-connection"]["ws"], 0)
        self.assertEqual(events["consumer-ready"]["group"], "log")
        self.assertEqual(events["ws-close"]["code"], 1006)
        self.assertTrue(events["ws-close"]["reason"])
        self.assertNotIn(CANARY, printed + "\n".join(lines))

    def test_lines_of_text_and_the_level_that_leaves_them_out(self):
        for level, shown in (("debug", True), ("info", False)):
            with Server(args=["--log-level", level]) as server:
                asyncio.run(self.come_and_go(server))
                self.assertEqual(server.stop(), 0, server.output())
                log = server.log()
            opened = re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z debug "
                               r"ws-connection ws=\d+ peer=127\.0\.0\.1:\d+$",
                               log, re.MULTILINE)
            self.assertEqual(bool(opened), shown, log)
            self.assertEqual(" ws-close ws=" in log, shown, log)

    @staticmethod
    async def come_and_go(server):
        client = await Client.open(server.url)
        await client.request(id=1, t="health")
        client.drop()

    async def talk(self, server):
        """The canary goes wherever a client can put content."""
        client = await Client.open(server.url)
        reply = await client.request(id=CANARY, t="topic", a="subscribe",
                                     p={"t": ["log"], "consumer_group": "log"})
        self.assertEqual(reply["s"], 0)
        await client.send(json.dumps(
            {"t": "notif", "p": {"t": "log", "m": CANARY}}))
        self.assertIn(CANARY, await client.receive())
        for wrong in (f'{{"{CANARY}', f'["{CANARY}"]',
                      f'{{"t":"notif","p":{{"t":"{CANARY} ?","m":"x"}}}}',
                      f'{{"t":"notif","p":{{"m":"{CANARY}"}}}}',
                      f'{{"t":"{CANARY}"}}'):
            await client.send(wrong)
            self.assertEqual(json.loads(await client.receive())["s"], 1)
        client.drop()


if __name__ == "__main__":
    run.main()

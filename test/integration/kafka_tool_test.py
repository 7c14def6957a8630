#!/usr/bin/python3
"""tools/kafka starts brokers side by side and leaves nothing behind."""
import asyncio
import pathlib
import subprocess
import tempfile
import unittest

from support import kcat
from support.kafka import TOOL, VERSIONS, Kafka


def status():
    return subprocess.run([TOOL, "status"], capture_output=True, text=True,
                          timeout=60, check=True).stdout


class KafkaTool(unittest.TestCase):
    def test_two_versions_run_side_by_side_and_go_without_a_trace(self):
        names = []
        brokers = [Kafka(version) for version in VERSIONS]
        try:
            for broker in brokers:
                with self.subTest(version=broker.version):
                    self.speaks_with_kcat(broker)
                line = next(line for line in status().splitlines()
                            if broker.bootstrap in line)
                self.assertTrue(line.endswith("running"), line)
                names.append(line.split()[0])
        finally:
            for broker in brokers:
                broker.stop()
        left = status()
        for name in names:
            self.assertNotIn(name, left)
            folder = pathlib.Path(tempfile.gettempdir())
            self.assertEqual(list(folder.glob(f"wskafka-kafka-*/{name}")), [])

    def speaks_with_kcat(self, broker):
        broker.tool("topics", "--create", "--topic", "trial")
        values = [b"one", b"two", None, b"", b"\xff\n\x00"]
        asyncio.run(kcat.write(broker.bootstrap, "trial", values, 1))
        self.assertEqual(
            asyncio.run(kcat.read(broker.bootstrap, "trial")),
            [(1, offset, value) for offset, value in enumerate(values)])
        described = broker.tool("topics", "--describe", "--topic", "trial")
        self.assertIn("PartitionCount: 3", described)
        self.assertEqual(broker.tool("groups", "--list").strip(), "")

    def test_a_second_start_of_a_name_prints_the_same_address(self):
        with Kafka("4.1.0") as broker:
            name = next(line.split()[0] for line in status().splitlines()
                        if broker.bootstrap in line)
            again = subprocess.run(
                [TOOL, "start", "4.1.0", "--name", name], timeout=120,
                capture_output=True, text=True, check=True).stdout
            self.assertEqual(again.strip(), broker.bootstrap)

    def test_what_does_not_exist_is_a_failure(self):
        for arguments in (["stop", "no-such-broker"], ["nonsense"],
                          ["start", "--name", "../x"], []):
            done = subprocess.run([TOOL, *arguments], timeout=60,
                                  capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, arguments)
            self.assertEqual(done.stdout, "")
            self.assertNotEqual(done.stderr, "")


if __name__ == "__main__":
    unittest.main()

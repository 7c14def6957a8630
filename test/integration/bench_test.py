#!/usr/bin/python3
"""A short run of tools/bench: that it ends, and that its counts are right.
Its speeds mean nothing here."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from support.kafka import Kafka
from support.server import ROOT

BENCH = ROOT / "tools/bench"
SECONDS = 500
BUILD = os.environ.get("BUILD_FOLDER") or str(ROOT / "build/release")


def bench(*args):
    return subprocess.run([BENCH, "--build", BUILD, *args], text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=SECONDS, check=False)


class ShortRun(unittest.TestCase):
    def test_every_kind_of_workload_counts_right(self):
        ids = ["I1", "I2", "I3.1k", "I3.ack.1k", "IF", "D1.1k", "D1.flat", "W1", "W1.ack",
               "F2.100", "S1", "RT", "C1", "C2.sub"]
        with Kafka("3.9.1") as kafka, \
                tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "result.json"
            done = bench("--only", ",".join(ids), "--pairs", "1", "--seconds",
                         "0.4", "--scale", "0.02", "--kafka", kafka.bootstrap,
                         "--json", str(file), "--commands")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            result = json.loads(file.read_text())
            left = kafka.tool("topics", "--list")
        self.assertNotIn("bench-", left)
        self.assertEqual(result["failed"], {})
        found = {one["id"]: one for one in result["workloads"]}
        self.assertTrue(set(ids) <= set(found), sorted(found))
        for one in found.values():
            with self.subTest(workload=one["id"]):
                self.assertEqual(one["problems"], [])
                self.assertTrue(all(figure["value"]
                                    for figure in one["figures"]))
                self.assertTrue(all(one["commands"].values()))
        counts = found["I1"]["runs"][0]["sides"]["gateway"]["counts"]
        self.assertGreater(counts["sent"], 0)
        self.assertEqual(counts["stored"], counts["sent"])
        for text in ("share of roof", "$ gateway: ", "not run: I3"):
            self.assertIn(text, done.stdout)

    def test_micro_benchmarks_are_of_all_that_a_message_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "result.json"
            done = bench("--only", "P1", "--quick", "--pairs", "1", "--json",
                         str(file))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            rows = json.loads(file.read_text())["workloads"][0]["rows"]
        self.assertTrue(all(row["ns"]["median"] > 0 for row in rows))
        self.assertLessEqual(
            {"parse_publish", "render_text", "frame_batch_join", "actor_hop",
             "shard_post"}, {row["name"].split("/")[0] for row in rows})

    def test_mistakes_say_what_to_do(self):
        done = bench("--only", "Z9")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no workload Z9", done.stderr)


if __name__ == "__main__":
    unittest.main()

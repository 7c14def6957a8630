#!/usr/bin/python3
"""The Kafka edge's own tests of what the embedded broker cannot do, on a real
one: by themselves they are left out."""
import os
import re
import subprocess
import unittest

from support import run
from support.broker import broker
from support.server import ROOT

BUILD = os.environ.get("BUILD_FOLDER") or str(ROOT / "build/release")

ON_A_REAL_BROKER = (
    "a topic that grew*",
    "where the records of a time begin is found",
    "new partitions are read from their first record",
    "records that are deleted before they were read are told",
    "a topic that was deleted waits for the next of its name",
    "a topic created anew with fewer partitions has no others",
    "a topic created anew before anybody saw it go is read from there",
    "the first record of a time*",
    "deleted topics are in no list*",
    "a name that Kafka does not take fails alone",
)


class KafkaEdge(unittest.TestCase):
    def test_what_only_a_real_broker_does(self):
        with broker() as kafka:
            ended = subprocess.run(
                [f"{BUILD}/bin/kafka_test", "-tc=" + ",".join(ON_A_REAL_BROKER)],
                env={**os.environ, "WSKAFKA_TEST_KAFKA": kafka.bootstrap},
                capture_output=True, text=True, timeout=500)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        counts = re.search(r"(\d+) passed", ended.stdout)
        self.assertEqual(counts and int(counts[1]), len(ON_A_REAL_BROKER),
                         ended.stdout)


if __name__ == "__main__":
    run.main()

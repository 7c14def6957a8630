#!/usr/bin/python3
"""Publishes beyond a connection's budget are refused, each on its own."""
import unittest

from support import run
from support.raw import Raw
from support.server import Server
from support.wait import until_blocking

MESSAGES = 100
CONFIG = {
    "websocket_config": {"max_frame_in": 2048, "connection_in_bytes": 4096,
                         "publish_stall": 100},
    # Far later than the refusals, so that nothing becomes free before.
    "producer_config": {"publish_timeout": 6000},
}
# The budget, and what was read together with the message that filled it.
MOST_KEPT = 50


class QueueFull(unittest.TestCase):
    def test_a_broker_that_takes_nothing(self):
        with Server(CONFIG, kafka_host="127.0.0.1:1") as server:
            client = Raw(server.url)
            self.addCleanup(client.reset)
            for n in range(MESSAGES):
                self.publish(client, n)
            answers = [client.receive() for _ in range(MESSAGES)]
            # Each was answered, and what does not fit long before the rest.
            ids = [one["refid"] for one in answers]
            self.assertEqual(sorted(ids), list(range(MESSAGES)))
            codes = [one["p"]["code"] for one in answers]
            full = codes.count("QUEUE_FULL")
            print(f"{MESSAGES - full} kept, {full} refused")
            self.assertLess(MESSAGES - full, MOST_KEPT)
            self.assertGreater(MESSAGES - full, 0)
            self.assertEqual(codes[:full], ["QUEUE_FULL"] * full)
            self.assertEqual(ids[:full], list(range(MESSAGES - full,
                                                    MESSAGES)))
            self.assertLessEqual(set(codes[full:]),
                                 {"TIMEOUT", "BROKER_UNAVAILABLE"})
            for one in answers[:full]:
                self.assertEqual((one["t"], one["s"]), ("notif", 1))
                self.assertEqual((one["p"]["retriable"],
                                  one["p"]["persisted"]), (True, "no"))
            self.lives_on(client, full)
            self.assertEqual(server.stop(), 0, server.output())

    @staticmethod
    def publish(client, number):
        client.send({"id": number, "t": "notif",
                     "p": {"t": "full", "m": "x" * 1000}})

    def lives_on(self, client, refused):
        """What failed holds nothing any more, so the next one is kept."""
        def empty():
            reply = client.request(id="h", t="health", p={"detail": True})
            return reply["s"] == 0 and reply
        counters = until_blocking(empty, "health is answered")["p"]["counters"]
        self.assertEqual(counters["publish_refused"], refused)
        self.publish(client, "again")
        reply = client.receive()
        self.assertEqual(reply["refid"], "again")
        self.assertIn(reply["p"]["code"], ("TIMEOUT", "BROKER_UNAVAILABLE"))


if __name__ == "__main__":
    run.main()

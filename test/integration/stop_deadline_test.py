#!/usr/bin/python3
"""A stop that cannot be clean: at its deadline everybody is told, and the exit
code says so."""
import contextlib
import signal
import time
import unittest

from support import run
from support.client import Closed
from support.process import freeze
from support.raw import Raw
from support.server import Server
from support.wait import until_blocking

STOP_MS = 2000
CONFIG = {"websocket_config": {"stop_timeout": STOP_MS},
          # Later than the stop: what is unfinished then was not answered yet.
          "producer_config": {"publish_timeout": 120000, "mq_interval": None}}
# Beside the deadline the last words take some time; far less than this.
MOST_SECONDS = 15


class StopDeadline(unittest.TestCase):
    def setUp(self):
        self.opened = contextlib.ExitStack()
        self.addCleanup(self.opened.close)

    def client(self, server, **options):
        client = Raw(server.url, **options)
        self.opened.callback(client.reset)
        return client

    def closed(self, client):
        """What still came before the close of a server that goes away."""
        said = []
        with self.assertRaises(Closed) as end:
            while True:
                said.append(client.receive())
        self.assertEqual(end.exception.code, 1012)
        return said

    def ends_at_the_deadline(self, server, begun):
        self.assertEqual(server.ended(), 1, server.output())
        took = time.monotonic() - begun
        print(f"ended after {took:.1f} s")
        self.assertLess(took, STOP_MS / 1000 + MOST_SECONDS)
        self.assertIn("stopped at the deadline", server.log())
        return took

    def refusals(self, said):
        """The failed publishes by their ids."""
        found = {}
        for one in said:
            self.assertEqual((one["t"], one["s"]), ("notif", 1), one)
            self.assertEqual(one["p"]["code"], "SHUTTING_DOWN")
            self.assertTrue(one["p"]["retriable"])
            self.assertNotIn(one["refid"], found)
            found[one["refid"]] = one["p"]["persisted"]
        return found

    def test_a_peer_that_confirms_nothing(self):
        with Server(CONFIG) as server:
            silent = self.client(server, pongs=False)
            silent.subscribe("x", "g")
            other = self.client(server)
            other.send({"t": "notif", "p": {"t": "x", "m": "unconfirmed"}})
            self.assertEqual(silent.values(1), ["unconfirmed"])
            begun = time.monotonic()
            server.signal(signal.SIGTERM)
            for client in (silent, other):
                self.assertEqual(self.closed(client), [])
            took = self.ends_at_the_deadline(server, begun)
            # It was waited for: nearly all of the time that there was.
            self.assertGreater(took, STOP_MS / 2000)

    def test_a_broker_that_cannot_be_reached(self):
        with Server(CONFIG, kafka_host="127.0.0.1:1") as server:
            client = self.client(server)
            client.send([{"id": n, "t": "notif", "p": {"t": "x", "m": "y"}}
                         for n in range(10)])
            client.request(id="fence", t="health")
            begun = time.monotonic()
            server.signal(signal.SIGTERM)
            # Nothing has left the gateway.
            self.assertEqual(self.refusals(self.closed(client)),
                             dict.fromkeys(range(10), "no"))
            self.ends_at_the_deadline(server, begun)

    def test_a_broker_that_is_frozen(self):
        """Another server's embedded one, which can be stopped alone."""
        with Server() as frozen:
            # It makes topics for its own server only: the other must not ask.
            reply = self.client(frozen).request(
                id=1, t="topic", a="create", p=["x"])
            self.assertEqual(reply["s"], 0, reply)
            config = {**CONFIG, "kafka_config": {"auto_create_topics": False}}
            with Server(config, kafka_host=frozen.bootstrap) as server:
                self.freezes(frozen, server)
            frozen.signal(signal.SIGCONT)

    def freezes(self, frozen, server):
        client = self.client(server)
        client.send({"t": "notif", "p": {"t": "x", "m": "arrives"}})
        self.publishing(client, "reported", 1)
        freeze(frozen.process.pid)
        self.opened.callback(frozen.signal, signal.SIGCONT)
        client.send([{"id": n, "t": "notif", "p": {"t": "x", "m": "y"}}
                     for n in range(10)])
        self.publishing(client, "handed_over", 11)
        begun = time.monotonic()
        server.signal(signal.SIGTERM)
        found = self.refusals(self.closed(client))
        self.assertEqual(sorted(found), list(range(10)))
        # Some may still have waited behind those on their way.
        self.assertIn("maybe", found.values())
        self.assertLessEqual(set(found.values()), {"no", "maybe"})
        self.ends_at_the_deadline(server, begun)

    @staticmethod
    def publishing(client, name, count):
        def there():
            reply = client.request(id=0, t="health", p={"detail": True})
            return reply["p"]["publishing"][name] == count
        until_blocking(there, f"{count} records {name}")


if __name__ == "__main__":
    run.main()

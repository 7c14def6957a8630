#!/usr/bin/python3
"""Measures what connections and a server cost that have nothing to do."""
import contextlib
import resource
import time
import unittest

from support import run
from support.process import cpu_seconds, resident_bytes, threads
from support.raw import Raw
from support.server import Server

CONNECTIONS = 5000
BYTES_EACH = 20 * 1024
CPU_SHARE = 0.01
# They are pinged, 200 a second; 1.6 % when this was written.
CROWDED_CPU_SHARE = 0.05
SECONDS = 5


def cpu_share(pid):
    """Of one core, over some seconds: the length is what is measured."""
    cpu, begun = cpu_seconds(pid), time.monotonic()
    time.sleep(SECONDS)
    return (cpu_seconds(pid) - cpu) / (time.monotonic() - begun)


class Idle(unittest.TestCase):
    def setUp(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The server inherits it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def test_idle_connections_and_an_idle_server_cost_little(self):
        with Server() as server, contextlib.ExitStack() as opened:
            pid = server.process.pid
            empty = cpu_share(pid)
            first = Raw(server.url)
            opened.callback(first.reset)
            first.request(id=1, t="health")
            memory, before = resident_bytes(pid), threads(pid)
            for _ in range(CONNECTIONS):
                client = Raw(server.url)
                opened.callback(client.reset)
            # All of them have reached the actors.
            reply = first.request(id=1, t="health")
            while reply["p"].get("total", 0) < CONNECTIONS + 1:
                reply = first.request(id=1, t="health")
            each = (resident_bytes(pid) - memory) / CONNECTIONS
            crowded = cpu_share(pid)
            print(f"{each:.0f} bytes a connection at {CONNECTIONS}; "
                  f"{empty:.2%} of a core without connections, "
                  f"{crowded:.2%} with them; {before} threads")
            self.assertLess(each, BYTES_EACH)
            self.assertEqual(threads(pid), before)
            self.assertLess(empty, CPU_SHARE)
            self.assertLess(crowded, CROWDED_CPU_SHARE)


if __name__ == "__main__":
    run.main()

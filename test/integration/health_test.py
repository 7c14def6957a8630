#!/usr/bin/python3
"""Health shows every actor, its page, and stays quick in a crowd."""
import contextlib
import resource
import time
import unittest

from support import run
from support.broker import unique
from support.process import cpu_seconds
from support.raw import Raw, crowd
from support.server import Server
from support.wait import until_blocking

KINDS = {"gateway", "topics", "router", "connection", "producer",
         "consumer_group"}
# A list is cut at 1,000: up to there an answer grows with the crowd.
CROWD = 1000
BIG_CROWD = 10000
SPARE_DESCRIPTORS = 500


def detail(client, **page):
    reply = client.request(id=1, t="health", p={"detail": True, **page})
    if (reply["refid"], reply["s"]) != (1, 0):
        raise AssertionError(reply)
    return reply["p"]


def numbers(state, path=()):
    """The numbers of a state by their paths."""
    if isinstance(state, dict):
        pairs = state.items()
    elif isinstance(state, list):
        pairs = enumerate(state)
    else:
        return {} if isinstance(state, (str, bool)) else {path: state}
    found = {}
    for key, value in pairs:
        found.update(numbers(value, path + (key,)))
    return found


class Health(unittest.TestCase):
    @contextlib.contextmanager
    def serve(self, config=None):
        """A server, and the connections to it that `client` makes."""
        with Server(config) as server, contextlib.ExitStack() as self.opened:
            yield server
            self.opened.close()
            self.assertEqual(server.stop(), 0, server.output())

    def client(self, server):
        client = Raw(server.url)
        self.opened.callback(client.reset)
        return client

    def test_every_kind_of_actor_has_a_counter_that_moves(self):
        with self.serve() as server:
            watcher, worker = self.client(server), self.client(server)
            topic = unique("health")
            worker.subscribe(topic, "g")
            worker_ws = worker.request(id=1, t="health")["p"]["consumers"][0][
                "ws"]
            self.publish_and_read(worker, topic, 10)
            before = detail(watcher)
            self.publish_and_read(worker, topic, 1000)
            # The third connection is what moves on a router.
            third = self.client(server)
            third.request(id=2, t="health")
            after = detail(watcher)
            was = {(one["kind"], one["id"]): one for one in before["actors"]}
            moved = {}
            for one in after["actors"]:
                old = numbers(was.get((one["kind"], one["id"]), {}))
                new = numbers(one)
                moved.setdefault(one["kind"], set()).update(
                    path for path in new
                    if path in old and new[path] != old[path]
                    and path != ("queue",))
            print({kind: sorted(".".join(map(str, path)) for path in paths)
                   for kind, paths in moved.items()})
            self.assertEqual(set(moved), KINDS)
            for kind, paths in moved.items():
                self.assertIn(("per_second",), paths, kind)
            self.assertLess({("frames",), ("messages",)}, moved["router"])
            [group] = [one for one in after["actors"]
                       if one["kind"] == "consumer_group"]
            self.assertEqual(set(group["buffered"]), {"messages", "bytes"})
            # Where the 1,000 are, and where nothing was written.
            for place in group["assignment"]:
                self.assertEqual(place["ws"], worker_ws)
                self.assertGreaterEqual(place["lag"], 0, place)
                self.assertGreater(place["credit"], 0, place)
            self.assertEqual(len(after["actors"]), after["total_actors"])
            self.empty_when_idle(watcher)
            final = detail(watcher)
            # publish_and_read sends one record beside those it counts.
            self.assertEqual(final["counters"]["delivered"], 1010)
            self.assertEqual(final["publishing"]["handed_over"], 1012)
            self.assertEqual(final["publishing"]["reported"], 1012)
            self.assertEqual(final["counters"]["actor_failures"], 0)

    def publish_and_read(self, client, topic, count):
        client.send([{"t": "notif", "p": {"t": topic, "m": "x" * 100}}
                     for _ in range(count)])
        client.values(count)
        # A topic that is made on the way.
        client.send({"t": "notif", "p": {"t": unique("health"), "m": "x"}})

    def empty_when_idle(self, client):
        def idle():
            ledger = detail(client)["ledger"]
            return ledger["in"]["held"] == ledger["out"]["held"] == 0
        until_blocking(idle, "a ledger that holds nothing")

    def test_pages_do_not_overlap_and_miss_nothing(self):
        with self.serve() as server:
            clients = [self.client(server) for _ in range(10)]
            for client in clients:
                client.request(id=0, t="health")
            whole = [(one["kind"], one["id"])
                     for one in detail(clients[0])["actors"]]
            pages = []
            for offset in range(0, len(whole), 5):
                page = detail(clients[0], limit=5, offset=offset)
                self.assertEqual(page["total_actors"], len(whole))
                pages += [(one["kind"], one["id"]) for one in page["actors"]]
            self.assertEqual(pages, whole)
            self.assertEqual(len(set(whole)), len(whole))
            beyond = detail(clients[0], limit=5, offset=len(whole))
            self.assertEqual(beyond["actors"], [])

    def test_it_stays_quick_with_10000_connections(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The server inherits it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        big = min(BIG_CROWD, most - SPARE_DESCRIPTORS)
        self.assertGreater(big, 2 * CROWD, "too few descriptors (ulimit -Hn)")
        # The crowd answers no ping.
        with self.serve({"websocket_config": {"ping_interval": 3600000}}
                        ) as server:
            asker = self.client(server)
            alone = self.quickest(asker)
            self.assertNotIn("total", asker.request(id=1, t="health")["p"])
            self.gather(server, asker, CROWD)
            pid = server.process.pid
            page = {"detail": True, "limit": 100}
            few = self.cost(pid, asker), self.cost(pid, asker, p=page)
            consumers = self.gather(server, asker, big)
            own = min(detail(asker, limit=0)["consumers"],
                      key=lambda one: one["ws"])
            self.assertEqual(consumers[0], own)
            many = self.cost(pid, asker), self.cost(pid, asker, p=page)
            quick = self.quickest(asker), self.quickest(asker, p=page)
            print(f"health, and a page of 100: {alone * 1000:.1f} ms alone; "
                  f"among {big} {quick[0] * 1000:.1f} and "
                  f"{quick[1] * 1000:.1f} ms, of the processor "
                  f"{many[0] * 1000:.2f} and {many[1] * 1000:.2f} ms, "
                  f"{few[0] * 1000:.2f} and {few[1] * 1000:.2f} ms "
                  f"among {CROWD}")
            # Ten times as many may not cost much more: a walk of all would.
            for cost, before in zip(many, few):
                self.assertLess(cost, 3 * before)
            # And what it takes is far below this.
            self.assertLess(quick[0], 0.25)
            self.assertLess(quick[1], 0.45)

    def gather(self, server, asker, count):
        """Brings the crowd up to `count`; the consumers as health has them."""
        here = asker.request(id=1, t="health")["p"].get("total", 1) - 1
        for one in crowd(server.url, count - here):
            self.opened.callback(one.close)

        def all_seen():
            reply = asker.request(id=1, t="health")["p"]
            # The total stands only beside a list that was cut.
            self.assertLessEqual(len(reply["consumers"]), 1000)
            if "total" in reply:
                self.assertEqual(len(reply["consumers"]), 1000)
            return reply.get("total") == count + 1 and reply
        return until_blocking(all_seen, "the total")["consumers"]

    @staticmethod
    def cost(pid, client, **extra):
        """Seconds of the server's processors for each request, over so many
        that Linux's clock is fine enough."""
        begun, count = cpu_seconds(pid), 0
        while (used := cpu_seconds(pid) - begun) < 0.4:
            client.request(id=1, t="health", **extra)
            count += 1
        return used / count

    @staticmethod
    def quickest(client, **extra):
        """Of several, since the machine has other things to do."""
        best = None
        for _ in range(10):
            begun = time.monotonic()
            client.request(id=1, t="health", **extra)
            took = time.monotonic() - begun
            best = took if best is None else min(best, took)
        return best


if __name__ == "__main__":
    run.main()

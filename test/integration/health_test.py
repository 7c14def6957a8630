#!/usr/bin/python3
"""Health shows every actor, its page, and stays quick in a crowd."""
import concurrent.futures
import contextlib
import time
import unittest

from support import run
from support.broker import unique
from support.raw import Raw
from support.server import Server
from support.wait import until_blocking

KINDS = {"gateway", "topics", "router", "connection", "producer",
         "consumer_group"}
CROWD = 2000


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
    def serve(self):
        """A server, and the connections to it that `client` makes."""
        with Server() as server, contextlib.ExitStack() as self.opened:
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
            self.assertEqual([k for k, paths in moved.items() if not paths],
                             [])
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

    def test_it_stays_quick_with_2000_connections(self):
        with self.serve() as server:
            asker = self.client(server)
            few = self.quickest(asker)
            self.assertNotIn("total", asker.request(id=1, t="health")["p"])
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                list(pool.map(lambda _: self.client(server), range(CROWD)))

            def all_seen():
                reply = asker.request(id=1, t="health")["p"]
                # A snapshot: the total stands only beside a list that was cut.
                self.assertEqual("total" in reply,
                                 len(reply["consumers"]) == 1000)
                return reply.get("total") == CROWD + 1 and reply
            consumers = until_blocking(all_seen, "the total")["consumers"]
            own = min(detail(asker, limit=0)["consumers"],
                      key=lambda one: one["ws"])
            self.assertEqual(consumers[0], own)
            many = self.quickest(asker)
            page = self.quickest(asker, p={"detail": True, "limit": 100})
            print(f"health: {few * 1000:.1f} ms alone, {many * 1000:.1f} ms "
                  f"among {CROWD}, a page of 100 {page * 1000:.1f} ms")
            # Far above what it takes, far below what a walk of all would.
            self.assertLess(many, 0.25)
            self.assertLess(page, 0.45)

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

#!/usr/bin/python3
"""Broadcast: ten thousand clients of one topic are one reader at Kafka; and at
random, who joins and leaves, each gets what it is to get."""
import contextlib
import random
import resource
import unittest

from support import kcat, run
from support.broadcasts import subscribe
from support.broker import broker, create_topic, unique
from support.client import Closed
from support.process import connections_to, threads
from support.raw import Raw
from support.server import Server
from support.wait import until_blocking

SUBSCRIBERS = 10_000
RECORDS = 200
ROUNDS = 60


class Broadcast(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def setUp(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The server inherits it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    def test_ten_thousand_cost_kafka_what_one_costs(self):
        topic = unique("broadcast")
        # Who waits for its turn to be read by the test answers no ping.
        patient = {"websocket_config": {"ping_interval": 3_600_000}}
        kafka = self.kafka
        with Server(patient, kafka_host=kafka.bootstrap) as server, \
                contextlib.ExitStack() as opened:
            create_topic(kafka, topic, 1)
            port = int(kafka.bootstrap.rsplit(":", 1)[1])
            pid = server.process.pid
            clients = []

            def join():
                clients.append(Raw(server.url))
                opened.callback(clients[-1].reset)
                subscribe(clients[-1], topic)
            join()
            kcat.write_lines(kafka.bootstrap, topic, ["first"])
            self.assertEqual(clients[0].values(1), ["first"])
            # One each of the producer and the admin client, two of the tails':
            # librdkafka looks for a coordinator that they do not need.
            until_blocking(lambda: connections_to(pid, port) == 4,
                           "all connections to Kafka stand")
            with_one = threads(pid), 4
            while len(clients) < SUBSCRIBERS:
                join()
            self.assertEqual((threads(pid), connections_to(pid, port)),
                             with_one)
            wanted = [str(n) for n in range(RECORDS)]
            kcat.write_lines(kafka.bootstrap, topic, wanted)
            for client in clients:
                self.assertEqual(client.values(RECORDS), wanted)
            self.assertEqual((threads(pid), connections_to(pid, port)),
                             with_one)
            self.assertEqual(server.stop(), 0, server.output())

    def test_who_joins_and_leaves_at_random_gets_its_part(self):
        """One partition, so that each gets consecutive records: all from its
        subscribe to its leave."""
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        dice = random.Random(seed)
        topic = unique("broadcast")
        kafka = self.kafka
        with Server({"consumer_config": {"mq_interval": 1}},
                    kafka_host=kafka.bootstrap) as server, \
                contextlib.ExitStack() as opened:
            create_topic(kafka, topic, 1)
            clients, written = {}, 0
            for _ in range(ROUNDS):
                if len(clients) < 20 and dice.random() < 0.7:
                    client = Raw(server.url)
                    opened.callback(client.reset)
                    subscribe(client, topic)
                    clients[client] = written
                if clients and dice.random() < 0.4:
                    leaver = dice.choice(list(clients))
                    self.leave(dice, leaver, clients.pop(leaver), written)
                more = dice.randrange(1, 50)
                kcat.write_lines(kafka.bootstrap, topic,
                                 [str(written + n) for n in range(more)])
                written += more
            for client, start in clients.items():
                got = []
                while not got or got[-1] != str(written - 1):
                    got += client.values(1)
                self.check(got, start)
            self.assertEqual(server.stop(), 0, server.output())

    def leave(self, dice, client, start, written):
        """What it got begins where it came in, without a hole."""
        how = dice.choice(["unsubscribe", "close", "reset"])
        if how == "reset":
            client.reset()
            return
        if how == "close":
            client.close()
            return
        client.send({"id": 2, "t": "topic", "a": "unsubscribe"})
        got = []
        while True:
            reply = client.receive()
            if isinstance(reply, dict):
                self.assertEqual(reply["s"], 0)
                break
            got += [record["p"] for record in reply]
        self.check(got, start)
        self.assertLess(int(got[-1]) if got else -1, written)
        client.close()

    def check(self, got, start):
        """All from `start` on, in order. What was written just before may be on
        its way from Kafka still."""
        first = int(got[0]) if got else start
        self.assertLessEqual(first, start)
        self.assertEqual(got, [str(first + n) for n in range(len(got))])

    def test_who_does_not_read_is_closed_and_the_others_go_on(self):
        topic = unique("broadcast")
        kafka = self.kafka
        with Server({"websocket_config": {"connection_out_bytes": 1 << 20}},
                    kafka_host=kafka.bootstrap) as server:
            create_topic(kafka, topic, 1)
            slow, quick = Raw(server.url), Raw(server.url)
            self.addCleanup(slow.reset)
            self.addCleanup(quick.reset)
            subscribe(slow, topic)
            subscribe(quick, topic)
            large = "x" * 100_000
            closed = 0
            for _ in range(100):
                kcat.write_lines(kafka.bootstrap, topic, [large] * 5)
                self.assertEqual(len(quick.values(5)), 5)
                closed = quick.request(
                    id=1, t="health", p={"detail": True, "limit": 0}
                    )["p"]["sockets"]["closed"]["slow"]
                if closed:
                    break
            self.assertEqual(closed, 1)
            with self.assertRaises(Closed) as end:
                while True:
                    slow.receive()
            # Its close frame stands behind what it did not read.
            self.assertIn(end.exception.code, (4008, 1006))
            kcat.write_lines(kafka.bootstrap, topic, ["after"])
            self.assertEqual(quick.values(1), ["after"])


if __name__ == "__main__":
    run.main()

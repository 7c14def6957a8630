#!/usr/bin/python3
"""What was confirmed is committed when a subscription ends, no more and no
less, as Kafka's own tool shows it."""
import asyncio
import unittest

from support import kcat, run
from support.broker import broker, create_topic, unique
from support.groups import committed, members
from support.raw import Raw, Reading
from support.server import Server
from support.wait import until_blocking

# The first confirmation is committed at once; the next ones only by the end
# of the subscription.
LATER = {"autoCommitIntervalMs": 600_000, "group_linger": 0}
SOON = {"autoCommitIntervalMs": 50, "group_linger": 0}


class Commits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def setUp(self):
        self.topic, self.group = unique("commits"), unique("commits")
        create_topic(self.kafka, self.topic, 1)

    def serve(self, consumer):
        server = Server({"consumer_config": consumer},
                        kafka_host=self.kafka.bootstrap)
        self.addCleanup(server.kill)
        return server

    def subscribe(self, server, pongs=True):
        client = Raw(server.url, pongs=pongs)
        self.addCleanup(client.reset)
        client.subscribe(self.topic, self.group)
        return client

    def read(self, client, *values):
        asyncio.run(kcat.write(self.kafka.bootstrap, self.topic,
                               [value.encode() for value in values]))
        self.assertEqual(client.values(len(values)), list(values))

    def offset(self):
        return committed(self.kafka, self.group).get((self.topic, 0))

    def left(self):
        """The group has left Kafka: nothing is committed any more."""
        until_blocking(lambda: members(self.kafka, self.group) == 0,
                       "the group is empty")

    def test_unsubscribe(self):
        server = self.serve(LATER)
        client = self.subscribe(server)
        self.read(client, "a", "b", "c")
        # No ping was due so far: the unsubscribe hurries it.
        self.assertEqual(self.offset(), 0)
        client.send({"id": 2, "t": "topic", "a": "unsubscribe"})
        reply = client.receive()
        self.assertEqual((reply["refid"], reply["s"]), (2, 0), reply)
        # The server's ping is answered while the next reply is awaited.
        def everything():
            client.request(id=3, t="health")
            return self.offset() == 3
        until_blocking(everything, "everything is committed")
        self.left()
        self.assertEqual(self.offset(), 3)
        client.reset()
        self.assertEqual(server.stop(), 0, server.output())

    def test_close(self):
        server = self.serve(SOON)
        client = self.subscribe(server)
        self.read(client, "a", "b", "c")

        def confirmed():
            reply = client.request(id=2, t="health", p={"detail": True})
            return any(actor.get("unconfirmed_frames") == 0
                       for actor in reply["p"]["actors"])
        until_blocking(confirmed, "the records are confirmed")
        client.close()
        self.left()
        self.assertEqual(self.offset(), 3)
        self.assertEqual(server.stop(), 0, server.output())

    def test_close_of_one_that_confirmed_nothing(self):
        server = self.serve(SOON)
        client = self.subscribe(server, pongs=False)
        self.read(client, "a", "b", "c")
        client.close()
        self.left()
        self.assertEqual(self.offset(), 0)
        # Whoever comes next gets them.
        with Reading(self.subscribe(server)) as read:
            until_blocking(lambda: len(read.values) >= 3, "every record")
        self.assertEqual(read.values, ["a", "b", "c"])
        self.assertEqual(server.stop(), 0, server.output())


if __name__ == "__main__":
    run.main()

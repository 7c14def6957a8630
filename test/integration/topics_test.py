#!/usr/bin/python3
"""What clients do to topics and are told of them, as Kafka's own tools see it;
and what the embedded broker cannot do."""
import re
import unittest

from support import groups, kcat, run
from support.broker import broker, create_topic, unique
from support.raw import Raw, Reading
from support.server import Server
from support.transactions import Transactions
from support.wait import until_blocking

CONFIG = {"kafka_config": {"allow_delete_topics": True}}


class Topics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def setUp(self):
        self.topic, self.group = unique("topics"), unique("topics")

    def serve(self, **kafka_config):
        server = Server(
            {**CONFIG,
             "kafka_config": {**CONFIG["kafka_config"], **kafka_config}},
            self.kafka.bootstrap)
        self.addCleanup(server.kill)
        return server

    def client(self, server):
        client = Raw(server.url)
        self.addCleanup(client.reset)
        return client

    def end(self, server, *clients):
        for client in clients:
            client.reset()
        self.assertEqual(server.stop(), 0, server.output())

    def ask(self, client, action, p):
        """The reply's payload, when all is well."""
        reply = client.request(id=1, t="topic", a=action, p=p)
        self.assertEqual((reply["a"], reply["s"]), (action, 0), reply)
        return reply["p"]

    def refused(self, client, action, p):
        reply = client.request(id=1, t="topic", a=action, p=p)
        self.assertEqual((reply["a"], reply["s"]), (action, 1), reply)
        return reply["p"]

    def publish(self, client, value, **more):
        """The receipt."""
        reply = client.request(id=1, t="notif",
                               p={"t": self.topic, "m": value, "ack": True,
                                  **more})
        self.assertEqual(reply["s"], 0, reply)
        return reply["p"]

    def exists(self):
        return self.topic in self.kafka.tool("topics", "--list").split()

    def test_a_shape_is_what_the_broker_has(self):
        server = self.serve()
        client = self.client(server)
        self.ask(client, "create", [
            {"topic": self.topic, "partitions": 4, "replication_factor": 1,
             "config": {"retention.ms": 123456, "cleanup.policy": "compact",
                        "preallocate": True}}])
        told = self.kafka.tool("topics", "--describe", "--topic", self.topic)
        head = told.splitlines()[0]
        self.assertRegex(head, r"PartitionCount:\s*4\b")
        self.assertRegex(head, r"ReplicationFactor:\s*1\b")
        settings = set(re.search(r"Configs:\s*(\S*)", head)[1].split(","))
        self.assertLessEqual({"retention.ms=123456", "cleanup.policy=compact",
                              "preallocate=true"}, settings)
        # The broker's own words reach the client.
        why = self.refused(client, "create", [
            {"topic": unique("topics"), "config": {"no.such.setting": "1"}}])
        self.assertEqual(why["code"], "INVALID_CONFIG")
        self.assertIn("no.such.setting", why["message"])
        self.end(server, client)

    def test_a_description_is_that_of_the_tool(self):
        create_topic(self.kafka, self.topic, 3)
        server = self.serve()
        client = self.client(server)
        [described] = self.ask(client, "describe", self.topic)
        told = self.kafka.tool("topics", "--describe", "--topic", self.topic)
        rows = [dict(re.findall(r"(\w+): (\S+)", line))
                for line in told.splitlines()[1:]]
        self.assertEqual(len(rows), 3)
        self.assertEqual(described, {"topic": self.topic, "partitions": [
            {"partition": int(row["Partition"]), "leader": int(row["Leader"]),
             "replicas": [int(row["Replicas"])], "isr": [int(row["Isr"])]}
            for row in rows]})
        self.end(server, client)

    def test_offsets_of_a_log_that_lost_its_beginning_and_of_a_group(self):
        create_topic(self.kafka, self.topic, 2)
        kcat.write_lines(self.kafka.bootstrap, self.topic,
                         [str(n) for n in range(10)])
        self.kafka.delete_records(self.topic, 0, 4)
        server = self.serve()
        reader, asker = self.client(server), self.client(server)
        reader.subscribe(self.topic, self.group)
        kcat.write_lines(self.kafka.bootstrap, self.topic, ["10", "11"])
        p = {"topics": [self.topic], "group": self.group}
        with Reading(reader) as reading:
            until_blocking(lambda: len(reading.values) == 2, "the records")
            until_blocking(
                lambda: self.ask(asker, "offsets", p)[0]["lag"] == 0,
                "all is committed")
        commits = groups.committed(self.kafka, self.group)
        self.assertEqual(self.ask(asker, "offsets", p), [
            {"topic": self.topic, "partition": 0, "earliest": 4, "latest": 12,
             "committed": commits[self.topic, 0], "lag": 0},
            {"topic": self.topic, "partition": 1, "earliest": 0, "latest": 0,
             "committed": commits[self.topic, 1], "lag": 0}])
        self.assertEqual(commits[self.topic, 0], 12)
        # A group that nobody here is a member of any more.
        kcat.write_lines(self.kafka.bootstrap, self.topic, ["12", "13", "14"])
        self.assertEqual(self.ask(asker, "offsets", p)[0]["lag"], 3)
        self.end(server, reader, asker)

    def test_the_end_is_that_of_what_is_committed(self):
        create_topic(self.kafka, self.topic, 1)
        kcat.write_lines(self.kafka.bootstrap, self.topic, ["0", "1"])
        transaction = Transactions(self.kafka.bootstrap, self.topic)
        transaction.write(self.topic, ["2", "3"])
        ends = {}
        for committed in (True, False):
            with Server({"consumer_config": {"read_committed": committed}},
                        self.kafka.bootstrap) as server:
                client = self.client(server)
                [told] = self.ask(client, "offsets", {"topics": [self.topic]})
                ends[committed] = told["latest"]
                client.reset()
                self.assertEqual(server.stop(), 0, server.output())
        transaction.abort()
        self.assertEqual(ends, {True: 2, False: 4})

    def test_deleted_created_anew_published_and_delivered(self):
        # The producer sees that its topic is gone, too.
        server = self.serve(metadata_refresh=100)
        writer, reader = self.client(server), self.client(server)
        self.ask(writer, "create", [{"topic": self.topic, "partitions": 3}])
        for partition in range(3):
            self.publish(writer, "old", partition=partition)
        self.assertEqual(self.ask(writer, "delete", [self.topic]),
                         [self.topic])
        self.assertFalse(self.exists())
        for action, p in (("describe", [self.topic]),
                          ("offsets", {"topics": [self.topic]})):
            self.assertEqual(self.refused(writer, action, p)["topics"],
                             [self.topic])
        listed = {each["topic"] for each in self.ask(writer, "list", None)}
        self.assertNotIn(self.topic, listed)
        # Nobody here has made it anew by asking for it.
        self.assertFalse(self.exists())
        self.ask(writer, "create", [{"topic": self.topic, "partitions": 1}])
        reader.subscribe(self.topic, self.group)
        self.assertEqual(self.publish(writer, "new")["offset"], 0)
        self.assertEqual(reader.values(1), ["new"])
        self.assertEqual(
            self.ask(writer, "offsets", {"topics": [self.topic]}),
            [{"topic": self.topic, "partition": 0, "earliest": 0,
              "latest": 1}])
        self.end(server, writer, reader)

    def test_partitions_that_are_no_more_let_the_server_end(self):
        """librdkafka's client of a group that had them was never destroyed,
        every other time, so that the server ended at its deadline."""
        server = self.serve()
        writer = self.client(server)
        for _ in range(4):
            self.topic = unique("topics")
            self.ask(writer, "create", [{"topic": self.topic,
                                         "partitions": 3}])
            reader = self.client(server)
            reader.subscribe(self.topic, self.topic)
            self.publish(writer, "old", partition=0)
            self.assertEqual(reader.values(1), ["old"])
            self.ask(writer, "delete", [self.topic])
            self.ask(writer, "create", [{"topic": self.topic,
                                         "partitions": 1}])
            self.publish(writer, "new", partition=0)
            self.assertEqual(reader.values(1), ["new"])
        self.end(server, writer, reader)

    def test_a_publish_to_a_deleted_topic_makes_it_anew(self):
        """As one to any missing topic does, the seed's way."""
        server = self.serve()
        client = self.client(server)
        self.assertEqual(self.publish(client, "old", partition=0)["offset"], 0)
        for number in range(3):
            self.ask(client, "delete", self.topic)
            receipt = self.publish(client, str(number), partition=0)
            self.assertEqual(receipt["offset"], 0, number)
        self.end(server, client)


class Embedded(unittest.TestCase):
    """What it has no way to do is refused, in words."""

    def test_no_settings_and_no_deletes(self):
        topic, other = unique("topics"), unique("topics")
        with Server(CONFIG) as server:
            client = Raw(server.url)
            self.addCleanup(client.reset)

            def refused(action, p):
                reply = client.request(id=1, t="topic", a=action, p=p)
                self.assertEqual((reply["a"], reply["s"]), (action, 1), reply)
                return reply["p"]
            why = refused("create", [
                {"topic": topic, "config": {"retention.ms": 1}},
                {"topic": other, "config": {}}])
            self.assertEqual(why["code"], "INVALID_CONFIG")
            self.assertEqual(why["created"], [other])
            self.assertIn("embedded broker has no settings", why["message"])
            why = refused("delete", [other])
            self.assertEqual(why["code"], "UNSUPPORTED_VERSION")
            self.assertEqual(why["deleted"], [])
            self.assertIs(why["retriable"], False)
            self.assertIn("embedded broker cannot delete", why["message"])
            reply = client.request(id=1, t="topic", a="describe", p=other)
            self.assertEqual(reply["s"], 0, reply)
            client.reset()
            self.assertEqual(server.stop(), 0, server.output())


class Fresh(unittest.TestCase):
    def test_offsets_of_a_group_where_there_was_none(self):
        """The broker's coordinator is not ready at first; librdkafka's admin
        call for commits crashed on that."""
        topic, group = unique("topics"), unique("topics")
        kafka = broker()
        self.addCleanup(kafka.stop)
        create_topic(kafka, topic, 1)
        with Server(kafka_host=kafka.bootstrap) as server:
            client = Raw(server.url)
            reply = client.request(id=1, t="topic", a="offsets",
                                   p={"topics": [topic], "group": group})
            client.reset()
            self.assertEqual(reply.get("p"), [
                {"topic": topic, "partition": 0, "earliest": 0, "latest": 0,
                 "committed": None, "lag": None}])
            self.assertEqual(server.stop(), 0, server.output())


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""Publishing of part 2 as others see it: what kcat reads is what was
published, where its receipt says; a key's partition is that of Kafka's own
producer."""
import base64
import random
import unittest

from support import records, run
from support.broker import broker, create_topic, unique
from support.client import Closed
from support.raw import Raw
from support.server import Server

RECORDS = 600
KEYS = 1000
PARTITIONS = 7
# Neither tab nor newline, which the console producer takes for its own.
LETTERS = "abcXYZ 0189-_.\"\\/{}[]éüß€漢字😀\u0001\u007f"


def text(dice, most):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randrange(most)))


class Maker:
    """Random publishes, each with the record that it is to become."""

    def __init__(self, dice, topic):
        self.dice = dice
        self.topic = topic
        self.wanted = {}  # id -> (p, key, value, headers)

    def bytes_of(self, p, name, encoding):
        """A text as it is, or bytes as base64; what they are."""
        if self.dice.random() < 0.5:
            p[name] = text(self.dice, 30)
            return p[name].encode()
        data = self.dice.randbytes(self.dice.randrange(40))
        p[name], p[encoding] = base64.b64encode(data).decode(), "base64"
        return data

    def header(self):
        name, kind = text(self.dice, 8), self.dice.randrange(3)
        if kind == 0:
            return [name, None], (name, None)
        if kind == 1:
            value = text(self.dice, 20)
            return [name, value], (name, value.encode())
        data = self.dice.randbytes(self.dice.randrange(20))
        return ([name, base64.b64encode(data).decode(), "base64"],
                (name, data))

    def message(self):
        p = {"t": self.topic, "ack": True}
        key = value = None
        if self.dice.random() < 0.7:
            key = self.bytes_of(p, "key", "key_encoding")
        elif self.dice.random() < 0.5:
            p["key"] = None
        if self.dice.random() < 0.9:
            value = self.bytes_of(p, "m", "encoding")
        else:
            p["m"] = None
        headers = []
        if self.dice.random() < 0.6:
            both = [self.header() for _ in range(self.dice.randrange(5))]
            p["headers"] = [sent for sent, _ in both]
            headers = [kept for _, kept in both]
        if self.dice.random() < 0.4:
            p["partition"] = self.dice.randrange(PARTITIONS)
        if self.dice.random() < 0.5:
            p["timestamp"] = 1_700_000_000_000 + self.dice.randrange(10**9)
        number = len(self.wanted)
        self.wanted[number] = p, key, value, headers
        keys = list(p)
        self.dice.shuffle(keys)
        return {"id": number, "t": "notif", "p": {k: p[k] for k in keys}}


class Publishing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def serve(self, producer_config=None):
        server = Server({"producer_config": producer_config or {}},
                        self.kafka.bootstrap)
        # Its end, which looks at what it holds, comes after the client's.
        self.enterContext(server)
        client = Raw(server.url)
        self.addCleanup(client.reset)
        return server, client

    def receipts(self, client, count):
        """By the request's id."""
        found = {}
        for _ in range(count):
            reply = client.receive()
            self.assertEqual((reply["t"], reply["s"]), ("notif", 0), reply)
            self.assertNotIn(reply["refid"], found)
            found[reply["refid"]] = reply["p"]
        return found

    def test_what_was_published_is_read_where_its_receipt_says(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        dice = random.Random(seed)
        topic = unique("publishing")
        create_topic(self.kafka, topic, PARTITIONS)
        maker = Maker(dice, topic)
        _, client = self.serve({"mq_interval": 20})
        while len(maker.wanted) < RECORDS:
            client.send([maker.message()
                         for _ in range(dice.randrange(1, 40))])
        count = len(maker.wanted)
        told = self.receipts(client, count)
        log = records.read(self.kafka.bootstrap, topic)
        self.assertEqual(len(log), count)
        self.assertEqual({(p["partition"], p["offset"])
                          for p in told.values()}, set(log))
        for number, (p, key, value, named) in maker.wanted.items():
            receipt = told[number]
            self.assertEqual(list(receipt),
                             ["topic", "partition", "offset", "timestamp"])
            self.assertEqual(receipt["topic"], topic)
            place = receipt["partition"], receipt["offset"]
            record = log[place]
            with self.subTest(p=p, receipt=receipt):
                self.assertEqual(record.key, key)
                self.assertEqual(record.value, value)
                self.assertEqual(record.headers, named)
                self.assertEqual(record.timestamp, receipt["timestamp"])
                if "timestamp" in p:
                    self.assertEqual(record.timestamp, p["timestamp"])
                if "partition" in p:
                    self.assertEqual(place[0], p["partition"])
        self.check_order(maker, told)

    def check_order(self, maker, told):
        """In each partition the order is that of the connection."""
        last = {}
        for number in sorted(maker.wanted):
            place = told[number]
            before = last.get(place["partition"], -1)
            self.assertEqual(place["offset"], before + 1)
            last[place["partition"]] = place["offset"]

    def test_a_keys_partition_is_that_of_kafkas_own_producer(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        dice = random.Random(seed)
        keys = [f"{n}:" + text(dice, 40) for n in range(KEYS - 3)]
        keys += ["k", "foobar", "21"]
        ours, theirs = unique("keys"), unique("keys")
        for topic in ours, theirs:
            create_topic(self.kafka, topic, PARTITIONS)
        self.kafka.produce(theirs, "".join(f"{key}\tx\n" for key in keys))
        _, client = self.serve()
        client.send([{"id": key, "t": "notif",
                      "p": {"t": ours, "m": "x", "key": key, "ack": True}}
                     for key in keys])
        told = self.receipts(client, KEYS)

        def partitions(topic):
            log = records.read(self.kafka.bootstrap, topic)
            return {record.key.decode(): partition
                    for (partition, _), record in log.items()}
        expected = partitions(theirs)
        self.assertEqual(len(expected), KEYS)
        self.assertEqual(set(expected.values()), set(range(PARTITIONS)))
        self.assertEqual(partitions(ours), expected)
        self.assertEqual({key: p["partition"] for key, p in told.items()},
                         expected)

    def test_the_logs_own_time_is_told_where_the_topic_keeps_it(self):
        topic = unique("append-time")
        create_topic(self.kafka, topic, 1,
                     message_timestamp_type="LogAppendTime")
        _, client = self.serve({"mq_interval": None})
        client.send([{"id": n, "t": "notif",
                      "p": {"t": topic, "m": "x", "ack": True,
                            "timestamp": 1_700_000_000_000}}
                     for n in range(3)])
        told = self.receipts(client, 3)
        log = records.read(self.kafka.bootstrap, topic)
        self.assertEqual(
            [told[n]["timestamp"] for n in range(3)],
            [log[0, offset].timestamp for offset in range(3)])
        self.assertGreater(told[0]["timestamp"], 1_700_000_000_000)

    def test_a_time_that_the_topic_refuses_is_a_failure(self):
        topic = unique("early")
        create_topic(self.kafka, topic, 1,
                     message_timestamp_before_max_ms="3600000")
        _, client = self.serve({"mq_interval": None})
        reply = client.request(
            id=1, t="notif", p={"t": topic, "m": "x", "ack": True,
                                "timestamp": 1_700_000_000_000})
        self.assertEqual(reply["p"]["code"], "INVALID_TIMESTAMP")
        reply = client.request(id=2, t="notif",
                               p={"t": topic, "m": "y", "ack": True})
        self.assertEqual(reply["p"]["offset"], 0)

    def test_times_far_ahead_harm_who_sends_them_alone(self):
        """Kafka refuses all of a batch for one of its records, and records of
        several clients share batches."""
        topic = unique("ahead")
        # Kafka 4's own limit, for all topics.
        create_topic(self.kafka, topic, 1,
                     message_timestamp_after_max_ms="3600000")
        server, client = self.serve({"mq_interval": 5})
        hostile = Raw(server.url)
        self.addCleanup(hostile.reset)
        refused = 0
        for n in range(100):
            hostile.send([{"t": "notif", "p": {
                "t": topic, "m": "x", "timestamp": 9_000_000_000_000}}] * 10)
            client.send([{"id": n * 10 + i, "t": "notif",
                          "p": {"t": topic, "m": "x", "ack": True}}
                         for i in range(10)])
        for _ in range(1000):
            reply = hostile.receive()
            refused += reply["p"]["code"] == "INVALID_TIMESTAMP"
        self.assertEqual(refused, 1000)
        self.assertEqual(len(self.receipts(client, 1000)), 1000)

    def test_a_stop_waits_for_the_receipts(self):
        topic = unique("stopping")
        create_topic(self.kafka, topic, 1)
        server, client = self.serve({"mq_interval": 3_600_000})
        client.send([{"id": n, "t": "notif",
                      "p": {"t": topic, "m": str(n), "ack": True}}
                     for n in range(500)])
        # The server has read them when this is answered.
        self.assertEqual(client.request(id="fence", t="ping")["s"], 0)
        server.signal(15)
        told = self.receipts(client, 500)
        self.assertEqual([told[n]["offset"] for n in range(500)],
                         list(range(500)))
        with self.assertRaises(Closed) as end:
            client.receive()
        self.assertEqual(end.exception.code, 1012)
        client.reset()
        self.assertEqual(server.ended(), 0, server.output())


if __name__ == "__main__":
    run.main()

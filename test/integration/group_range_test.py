#!/usr/bin/python3
"""A group whose next record is not there: it goes on as `outOfRangeOffset`
says, and who asked to hear of gaps does."""
from support import groups, run
from support.broadcasts import by_partition, listed
from support.broker import create_topic, delete_topic
from support.resuming import ResumeCase, numbered
from support.wait import until_blocking


def answers(message):
    return isinstance(message, dict) and message.get("refid") == 4


class GroupRange(ResumeCase):
    def member(self, server, group, **keys):
        """A new one of a connection of its own."""
        client = self.client(server)
        reply = client.request(
            id=1, t="topic", a="subscribe",
            p={"t": [self.topic], "consumer_group": group, **keys})
        self.assertEqual(reply["s"], 0, reply)
        return client

    def read(self, client, wanted):
        """All records up to those, and what else was told before the last."""
        values, told = [], []
        while len(values) < len(wanted):
            message = client.receive()
            if isinstance(message, dict):
                told.append(message)
            else:
                values += [record["p"] for record in message]
        self.assertEqual(values, wanted)
        return told

    def gap(self, begin, end, reason):
        return {"t": "event", "a": "gap",
                "p": {"topic": self.topic, "partition": 0, "from": begin,
                      "to": end, "reason": reason}}

    def leave(self, client):
        reply = client.request(id=2, t="topic", a="unsubscribe")
        self.assertEqual(reply["s"], 0, reply)

    def wait_committed(self, client, group, offset, told=None):
        """What comes meanwhile goes to `told`; without, nothing may."""
        def come():
            # Answers the ping behind the last records on the way, once it is
            # there.
            client.send({"id": 4, "t": "health"})
            while not answers(message := client.receive()):
                self.assertIsNotNone(told, message)
                told.append(message)
            commits = groups.committed(self.kafka, group)
            return commits.get((self.topic, 0)) == offset
        until_blocking(come, f"{offset} is committed")

    def seek(self, client, offset):
        reply = client.request(id=3, t="topic", a="seek",
                               p=listed(self.topic, {0: offset}))
        self.assertEqual((reply["refid"], reply["s"]), (3, 0), reply)
        self.assertEqual(by_partition(reply["p"]), {0: offset})

    def test_what_retention_took_while_nobody_was_there(self):
        kinds = {f"{self.topic}-told": {"from": "earliest"},
                 f"{self.topic}-untold": {},
                 f"{self.topic}-acks": {"from": "earliest", "commit": "ack"}}
        with self.serve(fromOffset="earliest") as server:
            self.write(numbered(0, 10))
            for group, keys in kinds.items():
                client = self.member(server, group, **keys)
                self.assertEqual(self.read(client, numbered(0, 10)), [])
                self.acknowledge(client, keys, 9)
                self.wait_committed(client, group, 10)
                self.leave(client)
            self.write(numbered(10, 100))
            self.kafka.delete_records(self.topic, 0, 60)
            for group, keys in kinds.items():
                client = self.member(server, group, **keys)
                self.assertEqual(
                    self.read(client, numbered(60, 100)),
                    [self.gap(10, 60, "retention")] if keys else [])
                self.acknowledge(client, keys, 99)
                self.wait_committed(client, group, 100)

    def acknowledge(self, client, keys, offset):
        if keys.get("commit") == "ack":
            client.send({"t": "notif", "a": "ack",
                         "p": listed(self.topic, {0: offset})})

    def test_a_seek_to_where_nothing_is(self):
        group = f"{self.topic}-group"
        with self.serve(partitions=2) as server:
            self.write(numbered(0, 100))
            self.kafka.delete_records(self.topic, 0, 60)
            client = self.member(server, group, **{"from": "earliest"})
            self.read(client, numbered(60, 100))
            for target, reason in ((20, "retention"), (1000, "truncated")):
                self.seek(client, target)
                self.assertEqual(self.read(client, numbered(60, 100)),
                                 [self.gap(target, 60, reason)])
            self.write(numbered(100, 110))
            self.assertEqual(self.read(client, numbered(100, 110)), [])
            self.wait_committed(client, group, 110)

    def test_a_topic_made_anew(self):
        group = f"{self.topic}-group"
        with self.serve(partitions=2) as server:
            self.write(numbered(0, 10))
            client = self.member(server, group, events=True,
                                 **{"from": "earliest"})
            self.read(client, numbered(0, 10))
            self.wait_committed(client, group, 10)
            delete_topic(self.kafka, self.topic)
            gone = client.receive()
            self.assertEqual((gone["a"], gone["p"]["code"],
                              gone["p"]["topic"]),
                             ("error", "UNKNOWN_TOPIC_OR_PARTITION",
                              self.topic))
            create_topic(self.kafka, self.topic, 2)
            self.write(numbered(0, 5))
            told = []
            self.wait_committed(client, group, 5, told)
            kinds = [each["a"] for each in told if isinstance(each, dict)]
            values = [record["p"] for each in told if isinstance(each, list)
                      for record in each]
            # That it is another topic is seen before its records or after
            # some of them, which then come again.
            self.assertIn(kinds, (["gap"], ["revoked", "assigned"],
                                  ["gap", "revoked", "assigned"]))
            before, after = values[:-5], values[-5:]
            self.assertEqual((before, after),
                             (numbered(0, len(before)), numbered(0, 5)))
            if before:
                self.assertEqual(kinds[-1], "assigned")

    def test_at_the_end_or_nowhere(self):
        for where in ("latest", "none"):
            with self.subTest(where), \
                    self.gateway(outOfRangeOffset=where) as server:
                self.topic += where
                create_topic(self.kafka, self.topic, 1)
                self.write(numbered(0, 100))
                self.kafka.delete_records(self.topic, 0, 60)
                client = self.member(server, f"{self.topic}-group",
                                     **{"from": "earliest"}, events=True)
                self.read(client, numbered(60, 100))
                self.seek(client, 20)
                message = client.receive()
                if where == "latest":
                    self.assertEqual(message, self.gap(20, 100, "retention"))
                else:
                    self.assertEqual(
                        (message["a"], message["p"]["code"]),
                        ("error", "OFFSET_OUT_OF_RANGE"), message)
                    self.seek(client, 100)
                self.write(numbered(100, 110))
                self.assertEqual(self.read(client, numbered(100, 110)), [])


if __name__ == "__main__":
    run.main()

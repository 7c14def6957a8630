#!/usr/bin/python3
"""Records of a transaction that is aborted are never delivered."""
import unittest

from support import run
from support.broker import broker, create_topic, unique
from support.groups import lag
from support.raw import Raw, Reading
from support.server import Server
from support.transactions import Transactions
from support.wait import until_blocking


class ReadCommitted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)

    def setUp(self):
        self.topic, self.group = unique("tx"), unique("tx")
        create_topic(self.kafka, self.topic, 1)
        self.transactions = Transactions(self.kafka.bootstrap, self.topic)

    def serve(self, conversation, **consumer_config):
        with Server({"consumer_config": consumer_config},
                    self.kafka.bootstrap) as server:
            client = Raw(server.url)
            self.addCleanup(client.reset)
            client.subscribe(self.topic, self.group)
            conversation(client)
            client.reset()
            self.assertEqual(server.stop(), 0, server.output())

    def aborted_between_committed(self):
        for values, end in ((["1", "2"], self.transactions.commit),
                            (["lost 1", "lost 2"], self.transactions.abort),
                            (["3"], self.transactions.commit),
                            (["lost 3"], self.transactions.abort),
                            (["4"], self.transactions.commit)):
            self.transactions.write(self.topic, values)
            end()

    def test_a_group_gets_only_what_was_committed(self):
        def conversation(client):
            self.aborted_between_committed()
            # Read on: only a ping that is answered confirms anything.
            with Reading(client) as reading:
                # The marker behind the last record is none: it may stay.
                until_blocking(
                    lambda: lag(self.kafka, self.group) in (0, 1),
                    "everything is committed")
            self.assertEqual(reading.values, ["1", "2", "3", "4"])
        self.serve(conversation)
        # Nothing comes again, and what was aborted is not made up for.
        self.serve(self.only_the_next)

    def only_the_next(self, client):
        self.transactions.write(self.topic, ["next"])
        self.transactions.commit()
        self.assertEqual(client.values(1), ["next"])

    def test_an_open_transaction_holds_back_what_is_behind_it(self):
        other = Transactions(self.kafka.bootstrap, self.topic + "-2")

        def conversation(client):
            self.transactions.write(self.topic, ["open"])
            other.write(self.topic, ["behind"])
            other.commit()
            # Nothing was on its way when this was answered.
            self.assertEqual(client.request(id=1, t="health")["refid"], 1)
            self.transactions.abort()
            self.assertEqual(client.values(1), ["behind"])
        self.serve(conversation)

    def test_without_it_they_are_delivered(self):
        """So the others show the setting, and not an accident."""
        def conversation(client):
            self.aborted_between_committed()
            self.assertEqual(
                client.values(7),
                ["1", "2", "lost 1", "lost 2", "3", "lost 3", "4"])
        self.serve(conversation, read_committed=False)


if __name__ == "__main__":
    run.main()

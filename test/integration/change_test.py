#!/usr/bin/python3
"""A subscription that changes under traffic: its reply parts old from new."""
import itertools
import threading
import unittest

from support import run
from support.raw import Raw
from support.server import Server

TOPICS = ("left", "right", "kept")
CHANGES = 4
RECORDS = 200  # Of the topic that just came.
CONFIG = {
    "kafka_config": {"embedded_partitions": 1},
    "producer_config": {"mq_interval": None},
}


class Traffic:
    """Numbered records to every topic until the end of `with`."""

    def __init__(self, url):
        self.number = 0
        self._client = Raw(url)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._publish)

    def _publish(self):
        for self.number in itertools.count():
            self._client.send([
                {"t": "notif",
                 "p": {"t": topic, "m": f"{topic} {self.number}"}}
                for topic in TOPICS])
            # A thousand times a second at most.
            if self._ended.wait(0.001):
                break

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._client.reset()


class Change(unittest.TestCase):
    def until_reply(self, client, number, allowed):
        """Deliveries before the reply; all are of the topics allowed."""
        while isinstance(got := client.receive(), list):
            self.take(got, allowed)
        self.assertEqual((got["refid"], got["s"]), (number, 0), got)

    def until_records(self, client, allowed):
        """Deliveries until enough of every topic allowed has come."""
        seen = dict.fromkeys(allowed, 0)
        while min(seen.values()) < RECORDS:
            for topic in self.take(client.receive(), allowed):
                seen[topic] += 1

    def take(self, records, allowed):
        topics = []
        for record in records:
            topic, number = record["p"].split()
            self.assertIn(topic, allowed, f"{record} after {topics}")
            topics.append(topic)
            if topic == "kept":
                self.kept.append(int(number))
        return topics

    def test_the_reply_parts_the_old_topics_from_the_new(self):
        self.kept = []
        with Server(CONFIG) as server:
            client = Raw(server.url)
            with Traffic(server.url) as traffic:
                now = ()
                for number in range(CHANGES):
                    wanted = ("kept", TOPICS[number % 2])
                    client.send({"id": number, "t": "topic", "a": "subscribe",
                                 "p": {"t": wanted, "consumer_group": "g"}})
                    self.until_reply(client, number, now)
                    now = wanted
                    self.until_records(client, now)
                client.send({"id": 9, "t": "topic", "a": "unsubscribe"})
                self.until_reply(client, 9, now)
                # The traffic goes on; nothing of it comes.
                until = traffic.number + RECORDS
                while traffic.number < until:
                    reply = client.request(id=10, t="health")
                    self.assertIsInstance(reply, dict)
                    self.assertEqual(reply["refid"], 10)
            client.reset()
            self.assertEqual(server.stop(), 0, server.output())
        # What both had went on where it was: nothing twice, nothing missed.
        first = self.kept[0]
        self.assertEqual(self.kept,
                         list(range(first, first + len(self.kept))))


if __name__ == "__main__":
    run.main()

"""What the tests of resuming share."""
import contextlib
import os
import random
import unittest

from support import kcat
from support.broadcasts import Follower
from support.broker import broker, create_topic, unique
from support.process import connections_to, kafka_clients
from support.raw import Raw
from support.server import Server


def numbered(begin, end, size=0):
    """Lines as a follower expects them, all of the first partition."""
    return [f"0:{number}".ljust(size) for number in range(begin, end)]


class ResumeCase(unittest.TestCase):
    """Servers on a real broker, each with a new topic; WSKAFKA_TEST_SEED repeats
    the dice of an earlier run."""

    @classmethod
    def setUpClass(cls):
        cls.kafka = broker()
        cls.addClassCleanup(cls.kafka.stop)
        given = os.environ.get("WSKAFKA_TEST_SEED")
        cls.seed = int(given) if given else random.randrange(1 << 32)
        print(f"WSKAFKA_TEST_SEED={cls.seed}")

    def setUp(self):
        self.dice = random.Random(f"{self.seed} {self.id()}")
        self.topic = unique("resume")
        self.opened = contextlib.ExitStack()
        self.addCleanup(self.opened.close)

    def write(self, lines):
        kcat.write_lines(self.kafka.bootstrap, self.topic, lines)

    def serve(self, websocket=None, partitions=1, **consumer):
        """A new topic, and a server for it."""
        create_topic(self.kafka, self.topic, partitions)
        return self.gateway(websocket, **consumer)

    @contextlib.contextmanager
    def gateway(self, websocket=None, **consumer):
        """A server that is clean in the end."""
        # What a topic keeps in memory is charged until it is given up.
        consumer.setdefault("group_linger", 0)
        # Who waits for its turn to be read by the test answers no ping.
        config = {"websocket_config": {"ping_interval": 3_600_000,
                                       **(websocket or {})},
                  "consumer_config": consumer}
        with Server(config, self.kafka.bootstrap) as server:
            yield server
            self.opened.close()
            self.assertEqual(server.stop(), 0, server.output())

    def client(self, server):
        made = Raw(server.url)
        self.opened.callback(made.reset)
        return made

    def follower(self, server, name=""):
        made = Follower(server.url, self.topic, name)
        self.opened.callback(made.drop)
        return made

    def kafka_cost(self, server):
        """Clients of Kafka, and connections to it."""
        pid = server.process.pid
        port = int(self.kafka.bootstrap.rsplit(":", 1)[1])
        return kafka_clients(pid), connections_to(pid, port)

"""The real broker of a test: one that runs already, or its own."""
import os
import uuid

from support.kafka import Kafka


class Given(Kafka):
    """A broker that somebody else started, and will end."""

    def __init__(self, bootstrap):
        self.version = os.environ.get("KAFKA_VERSION", "3.9.1")
        self.bootstrap = bootstrap

    def stop(self):
        """It is not ours."""


def broker(version="3.9.1"):
    """The one named by KAFKA_UNDER_TEST, else a new one."""
    given = os.environ.get("KAFKA_UNDER_TEST")
    return Given(given) if given else Kafka(version)


def create_topic(kafka, topic, partitions, *more):
    kafka.tool("topics", "--create", "--topic", topic, "--partitions",
               str(partitions), *more)


def unique(name):
    """A topic or group that no other run uses."""
    return f"{name}-{uuid.uuid4().hex[:12]}"

"""The real broker of a test: one that runs already, or its own."""
import os
import uuid

from confluent_kafka.admin import AdminClient, NewTopic

from support.kafka import Kafka
from support.wait import DEADLINE, until_blocking


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


def create_topic(kafka, topic, partitions, **settings):
    """It stands when this returns. `settings` are Kafka's, with _ for a dot.
    (Kafka's own command would take longer than most tests.)"""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    config = {key.replace("_", "."): value for key, value in settings.items()}
    made = admin.create_topics([NewTopic(topic, partitions, 1, config=config)])
    made[topic].result(DEADLINE)

    def stands():
        found = admin.list_topics(topic, DEADLINE).topics[topic]
        return len(found.partitions) == partitions and not any(
            one.error for one in found.partitions.values())
    until_blocking(stands, "the topic stands")


def delete_topic(kafka, topic):
    """It is gone when this returns."""
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.delete_topics([topic])[topic].result(DEADLINE)


def unique(name):
    """A topic or group that no other run uses."""
    return f"{name}-{uuid.uuid4().hex[:12]}"

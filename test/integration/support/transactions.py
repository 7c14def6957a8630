"""Transactions, by Debian's python3-confluent-kafka."""
from confluent_kafka import Producer

from support.wait import DEADLINE


class Transactions:
    """A producer whose records are written in transactions, each of which ends
    well or is aborted."""

    def __init__(self, bootstrap, name):
        self._producer = Producer({"bootstrap.servers": bootstrap,
                                   "transactional.id": name,
                                   # Failures are raised where they matter.
                                   "log_level": 0})
        self._producer.init_transactions(DEADLINE)

    def write(self, topic, values, partition=0):
        """Begins one, of which the broker has these records."""
        self._producer.begin_transaction()
        for value in values:
            self._producer.produce(topic, value, partition=partition)
        if self._producer.flush(DEADLINE):
            raise TimeoutError("the broker does not take the records")

    def commit(self):
        self._producer.commit_transaction(DEADLINE)

    def abort(self):
        self._producer.abort_transaction(DEADLINE)

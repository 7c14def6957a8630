#!/usr/bin/python3
"""A thousand connections in one group cost what one costs."""
import concurrent.futures
import contextlib
import unittest

from support import run
from support.broker import broker, create_topic, unique
from support.groups import members
from support.process import threads
from support.raw import Raw, Reading
from support.server import Server
from support.wait import until_blocking

CONNECTIONS = 1000
PARTITIONS = 8
RECORDS = 800


class Sharing(unittest.TestCase):
    def test_a_thousand_connections_are_one_member_and_no_thread_more(self):
        topic, group = unique("sharing"), unique("sharing")
        with broker() as kafka, \
                Server(kafka_host=kafka.bootstrap) as server, \
                contextlib.ExitStack() as open_clients:
            create_topic(kafka, topic, PARTITIONS)

            def join(_=None):
                client = Raw(server.url)
                client.subscribe(topic, group)
                return client
            clients = [join()]
            with_one = threads(server.process.pid)
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                clients += pool.map(join, range(CONNECTIONS - 1))
            readings = [open_clients.enter_context(Reading(client))
                        for client in clients]
            self.assertEqual(members(kafka, group), 1)
            self.assertEqual(threads(server.process.pid), with_one)
            self.shared(readings, topic)
            self.assertEqual(threads(server.process.pid), with_one)
            self.assertEqual(server.stop(), 0, server.output())
            for one in readings:
                self.assertEqual(one.end().code, 1012)

    def shared(self, readings, topic):
        """Each record comes to one of them, and each partition has one."""
        wanted = [str(n) for n in range(RECORDS)]
        # In steps, as one step of the partitioner is one partition.
        for start in range(0, RECORDS, 10):
            readings[start].client.send(
                [{"t": "notif", "p": {"t": topic, "m": value}}
                 for value in wanted[start:start + 10]])

        def complete():
            return sum(len(one.values) for one in readings) >= RECORDS
        until_blocking(complete, "every record")
        self.assertEqual(sorted(sum((one.values for one in readings), [])),
                         sorted(wanted))
        owners = [one for one in readings if one.values]
        self.assertLessEqual(len(owners), PARTITIONS)
        self.assertGreater(len(owners), 1)


if __name__ == "__main__":
    run.main()

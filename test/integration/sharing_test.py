#!/usr/bin/python3
"""A thousand connections in one group cost what one costs."""
import concurrent.futures
import json
import select
import unittest

from support import run
from support.broker import broker, create_topic, unique
from support.groups import members
from support.process import threads
from support.raw import Raw
from support.server import Server

CONNECTIONS = 1000
PARTITIONS = 8
RECORDS = 800


class Sharing(unittest.TestCase):
    def test_a_thousand_connections_are_one_member_and_no_thread_more(self):
        topic, group = unique("sharing"), unique("sharing")
        with broker() as kafka, \
                Server(kafka_host=kafka.bootstrap) as server:
            create_topic(kafka, topic, PARTITIONS)
            clients = [self.join(server, topic, group)]
            with_one = threads(server.process.pid)
            with concurrent.futures.ThreadPoolExecutor(50) as pool:
                clients += pool.map(
                    lambda _: self.join(server, topic, group),
                    range(CONNECTIONS - 1))
            self.assertEqual(threads(server.process.pid), with_one)
            self.assertEqual(members(kafka, group), 1)
            self.assertEqual(threads(server.process.pid), with_one)
            self.shared(clients, topic)
            for client in clients:
                client.reset()
            self.assertEqual(server.stop(), 0, server.output())

    def join(self, server, topic, group):
        client = Raw(server.url)
        self.addCleanup(client.socket.close)
        client.subscribe(topic, group)
        return client

    def shared(self, clients, topic):
        """Each record comes to one of them, and each partition has one."""
        wanted = [str(n) for n in range(RECORDS)]
        clients[-1].send([{"t": "notif", "p": {"t": topic, "m": value}}
                          for value in wanted])
        got = {}
        waiting = {client.socket: client for client in clients}
        poll = select.epoll()
        for client in clients:
            poll.register(client.socket, select.EPOLLIN)
        by_number = {client.socket.fileno(): client for client in clients}
        while sum(map(len, got.values())) < RECORDS:
            ready = poll.poll(45)
            self.assertTrue(ready, "no further record")
            for number, _ in ready:
                got.setdefault(number, []).extend(by_number[number].values(1))
        poll.close()
        self.assertEqual(len(waiting), CONNECTIONS)
        self.assertEqual(
            sorted(sum(got.values(), [])), sorted(wanted))
        self.assertLessEqual(len(got), PARTITIONS)
        self.assertGreater(len(got), 1, json.dumps(list(got)))


if __name__ == "__main__":
    run.main()

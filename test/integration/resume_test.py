#!/usr/bin/python3
"""Resuming a broadcast: whoever comes back where it left gets all that it
missed, once and in order, however much that is and however many they are."""
import resource

from support import run
from support.broadcasts import answered, ask, by_partition, listed
from support.broker import create_topic
from support.client import Closed
from support.lives import Life, live
from support.process import threads
from support.resuming import ResumeCase, numbered
from support.stream import Stream
from support.wait import until_blocking

FOLLOWERS = 10
CROWD = 5000
LATE = 200
END = 50_000


class Resume(ResumeCase):
    # -- the seam

    def test_the_seam_of_one_partition(self):
        create_topic(self.kafka, self.topic, 1)
        with self.seam(broadcast_history=65_536) as server:
            self.come_and_go(1, 100_000, [server])

    def test_the_seam_of_three_partitions(self):
        create_topic(self.kafka, self.topic, 3)
        with self.seam(broadcast_history=65_536) as server:
            self.come_and_go(3, 30_000, [server])

    def test_the_seams_of_two_gateways(self):
        """One of them is behind, so that what the other has sent may be yet to
        come there."""
        create_topic(self.kafka, self.topic, 1)
        with self.seam() as one, \
                self.seam(mq_limit=10_000, mq_interval=200) as behind:
            self.come_and_go(1, 60_000, [one, behind])

    def seam(self, **consumer):
        consumer = {"mq_limit": self.dice.randrange(20, 1000),
                    "mq_interval": self.dice.randrange(1, 20), **consumer}
        # Room for all there is: nobody is closed as slow.
        websocket = {"connection_out_bytes": 16 << 20,
                     "max_frame_out": self.dice.randrange(1024, 30_000)}
        print(websocket, consumer)
        return self.gateway(websocket, **consumer)

    def come_and_go(self, partitions, count, servers):
        """While the log grows as fast as it is read."""
        urls = [server.url for server in servers]
        with Stream(self.kafka.bootstrap, self.topic, partitions, count,
                    15_000 // partitions) as stream:
            # Somebody is at each of them all the time.
            lives = [Life(f"{self.seed} {number}", urls, self.topic, stream,
                          stays_at) for number, stays_at in
                     enumerate([*urls, *[None] * FOLLOWERS])]
            live(lives, stream)

    def test_who_is_ahead_of_the_gateway_gets_nothing_again(self):
        """It saw elsewhere what the gateway has yet to send."""
        with self.serve(mq_limit=100, mq_interval=3_600_000) as server:
            keeper, ahead = self.follower(server), self.follower(server)
            keeper.begin("latest", {0: 0})
            self.write(numbered(0, 90))
            ahead.next = {0: 50}
            ahead.resume()
            # Now it sends all of them.
            self.write(numbered(90, 100))
            for each in keeper, ahead:
                each.take_until(lambda at: at[0] == 100)

    # -- crowds

    def test_five_thousand_resume_from_memory(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        # The server inherits it.
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        with self.serve() as server:
            keeper = self.follower(server)
            keeper.begin("latest", {0: 0})
            self.write(numbered(0, 300))
            keeper.take_until(lambda at: at[0] == 300)
            until_blocking(lambda: self.kafka_cost(server)[1] == 4,
                           "all connections to Kafka stand")
            cost = (threads(server.process.pid), *self.kafka_cost(server))
            crowd = [self.client(server) for _ in range(CROWD)]
            starts = [self.dice.randrange(301) for _ in crowd]
            for client, start in zip(crowd, starts):
                ask(client, self.topic, listed(self.topic, {0: start}))
            for client, start in zip(crowd, starts):
                self.recovered(answered(client), start)
            self.write(numbered(300, 310))
            wanted = numbered(0, 310)
            for client, start in zip(crowd, starts):
                self.assertEqual(client.values(310 - start), wanted[start:])
            self.assertEqual(
                (threads(server.process.pid), *self.kafka_cost(server)), cost)

    def recovered(self, reply, start):
        self.assertIs(reply["recovered"], True, reply)
        self.assertEqual(by_partition(reply["pos"]), {0: start})

    def test_two_hundred_resume_at_what_is_not_in_memory(self):
        with self.serve(broadcast_history=1024) as server:
            self.late_ones(server)
            cost = most = self.kafka_cost(server)
            for client, start in self.late:
                ask(client, self.topic, listed(self.topic, {0: start}))
            for client, start in self.late:
                self.recovered(answered(client), start)
                most = tuple(map(max, most, self.kafka_cost(server)))
            for client, start in self.late:
                self.assertEqual(client.values(END - start), self.all[start:])
                most = tuple(map(max, most, self.kafka_cost(server)))
            # Each has two connections at most: librdkafka looks for a
            # coordinator that it does not need.
            self.assertEqual(most[0], cost[0] + 2)
            self.assertLessEqual(most[1], cost[1] + 2 * 2)
            self.all_are_live()

    def test_those_beyond_the_queue_are_refused(self):
        """Until there is room for them."""
        with self.serve({"connection_out_bytes": 1 << 20},
                        broadcast_history=1024, history_queue=50) as server:
            self.late_ones(server)
            # Who does not read all that there is keeps its place.
            sitters = [self.client(server) for _ in range(49)]
            for sitter in sitters:
                ask(sitter, self.topic, "earliest")
            for sitter in sitters:
                answered(sitter)
            served, refused = self.resume_once(self.late)
            rounds = [len(served)]
            self.assertGreater(len(served), 0)
            self.assertGreater(len(refused), 0)
            for sitter in sitters:
                sitter.reset()
            while refused:
                served, refused = self.resume_once(refused)
                rounds.append(len(served))
            print("served in each round:", rounds)
            self.all_are_live()

    def resume_once(self, clients):
        """All at once. Those who were served have got everything."""
        for client, start in clients:
            ask(client, self.topic, listed(self.topic, {0: start}))
        served, refused = [], []
        for client, start in clients:
            reply = client.receive()
            if reply["s"] == 0:
                self.recovered(reply, start)
                served.append((client, start))
                self.assertEqual(client.values(END - start), self.all[start:])
            else:
                self.assertEqual(
                    (reply["p"]["code"], reply["p"]["retriable"]),
                    ("LIMIT_REACHED", True), reply)
                refused.append((client, start))
        return served, refused

    def late_ones(self, server):
        """Clients, each with a start that is older than memory."""
        self.all = numbered(0, END, 200)
        self.write(self.all[:-100])
        keeper = self.follower(server)
        keeper.begin("latest", {0: END - 100})
        # The last of these are what memory holds.
        self.write(self.all[-100:])
        keeper.take_until(lambda at: at[0] == END)
        until_blocking(lambda: self.kafka_cost(server)[1] == 4,
                       "all connections to Kafka stand")
        self.late = [(self.client(server),
                      self.dice.randrange(END - 1000, END - 200))
                     for _ in range(LATE)]

    def all_are_live(self):
        more = numbered(END, END + 10)
        self.write(more)
        for client, _ in self.late:
            self.assertEqual(client.values(10), more)

    # -- who does not read

    def test_who_resumes_and_does_not_read_is_closed(self):
        with self.serve({"slow_timeout": 1000, "connection_out_bytes": 1 << 20},
                        broadcast_history=1024) as server:
            self.write(numbered(0, 10_000, 1000))
            slow, quick = self.client(server), self.follower(server)
            ask(slow, self.topic, "earliest")
            answered(slow)
            quick.begin("earliest", {0: 0})
            quick.take_until(lambda at: at[0] == 10_000)

            def closed():
                return quick.client.request(
                    id=1, t="health", p={"detail": True, "limit": 0}
                    )["p"]["sockets"]["closed"]["slow"]
            until_blocking(closed, "the slow one is closed")
            with self.assertRaises((Closed, ConnectionError)) as end:
                slow.values(10_000)
            if isinstance(end.exception, Closed):
                # Its close frame stands behind what it did not read.
                self.assertIn(end.exception.code, (4008, 1006))
            self.write(numbered(10_000, 10_001))
            quick.take()
            self.assertEqual(quick.next, {0: 10_001})


if __name__ == "__main__":
    run.main()

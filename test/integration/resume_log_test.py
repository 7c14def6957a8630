#!/usr/bin/python3
"""Resuming a broadcast when the log is not what it was: its first records are
gone, it is another one, or it holds what nobody gets."""
from support import run
from support.broadcasts import ask, answered, by_partition, listed, subscribe
from support.resuming import ResumeCase, numbered
from support.transactions import Transactions


class ResumeLog(ResumeCase):
    def resumed(self, server, offset):
        """A client that came back there, and the reply."""
        client = self.client(server)
        return client, subscribe(client, self.topic,
                                 listed(self.topic, {0: offset}))

    def check(self, reply, recovered, offset):
        self.assertIs(reply["recovered"], recovered, reply)
        self.assertEqual(by_partition(reply["pos"]), {0: offset})

    def gap(self, client, begin, end, reason):
        self.assertEqual(client.receive(), {
            "t": "event", "a": "gap",
            "p": {"topic": self.topic, "partition": 0, "from": begin,
                  "to": end, "reason": reason}})

    # -- retention

    def test_what_retention_took_is_a_gap(self):
        with self.serve(broadcast_history=1024) as server:
            self.write(numbered(0, 100))
            self.kafka.delete_records(self.topic, 0, 60)
            clients = []
            for start in (0, 20, 59):
                client, reply = self.resumed(server, start)
                self.check(reply, False, 60)
                self.gap(client, start, 60, "retention")
                clients.append((client, 60))
            for start in (60, 99, 100):
                client, reply = self.resumed(server, start)
                self.check(reply, True, start)
                clients.append((client, start))
            self.write(numbered(100, 110))
            for client, start in clients:
                self.assertEqual(client.values(110 - start),
                                 numbered(start, 110))

    def test_what_retention_takes_from_one_who_is_reading(self):
        """It does not read on until records are gone that it was to get."""
        with self.serve({"connection_out_bytes": 65_536,
                         "max_frame_out": 16_384, "max_record_out": 16_384},
                        broadcast_history=1024) as server:
            whole = 5_000
            self.write(numbered(0, whole, 3000))
            client, reply = self.resumed(server, 0)
            self.check(reply, True, 0)
            self.kafka.delete_records(self.topic, 0, whole - 10)
            got = []
            while True:
                message = client.receive()
                if isinstance(message, dict):
                    break
                got += [record["p"] for record in message]
            print("read before:", len(got))
            self.assertEqual(got, numbered(0, len(got), 3000))
            self.assertEqual(message["p"], {
                "topic": self.topic, "partition": 0, "from": len(got),
                "to": whole - 10, "reason": "retention"})
            self.assertEqual(client.values(10),
                             numbered(whole - 10, whole, 3000))

    # -- another log of that name

    def test_a_topic_made_anew(self):
        with self.serve() as server:
            named, plain = self.client(server), self.client(server)
            subscribe(named, self.topic, "latest")
            subscribe(plain, self.topic)
            self.write(numbered(0, 10))
            back, reply = self.resumed(server, 5)
            self.check(reply, True, 5)
            for client, count in (named, 10), (plain, 10), (back, 5):
                self.assertEqual(client.values(count),
                                 numbered(10 - count, 10))
            self.kafka.tool("topics", "--delete", "--topic", self.topic)
            self.kafka.tool("topics", "--create", "--topic", self.topic,
                            "--partitions", "1")
            anew = [f"new {number}" for number in range(5)]
            self.write(anew)
            for client in named, back:
                self.gap(client, 10, 0, "truncated")
            late, reply = self.resumed(server, 10)
            self.check(reply, False, 0)
            self.gap(late, 10, 0, "truncated")
            at_end, reply = self.resumed(server, 5)
            self.check(reply, True, 5)
            self.write(["last"])
            for client in named, back, plain, late:
                self.assertEqual(client.values(6), anew + ["last"])
            self.assertEqual(at_end.values(1), ["last"])

    def test_a_position_that_only_the_old_log_had(self):
        """Nobody is there who saw the old one."""
        with self.serve() as server:
            self.write(numbered(0, 5))
            for _ in range(2):
                client, reply = self.resumed(server, 10)
                self.check(reply, False, 0)
                self.gap(client, 10, 0, "truncated")
                self.assertEqual(client.values(5), numbered(0, 5))

    # -- transactions

    def transactions(self, name=""):
        return Transactions(self.kafka.bootstrap, self.topic + name)

    def in_transactions(self):
        """The values by their offsets: markers and what was aborted have
        none."""
        producer = self.transactions()
        for values, end in ((["a", "b"], producer.commit),
                            (["x", "y"], producer.abort),
                            (["c"], producer.commit),
                            (["z"], producer.abort)):
            producer.write(self.topic, values)
            end()
        return {0: "a", 1: "b", 6: "c"}, 10

    def test_transactions_are_read_from_the_log(self):
        with self.serve(broadcast_history=1024) as server:
            values, end = self.in_transactions()
            self.resume_everywhere(server, values, end)

    def test_transactions_are_read_from_memory(self):
        with self.serve() as server:
            keeper = self.client(server)
            subscribe(keeper, self.topic, "latest")
            values, end = self.in_transactions()
            self.assertEqual(keeper.values(3), list(values.values()))
            self.resume_everywhere(server, values, end)

    def resume_everywhere(self, server, values, end):
        clients = [self.client(server) for _ in range(end + 1)]
        for start, client in enumerate(clients):
            ask(client, self.topic, listed(self.topic, {0: start}))
        for start, client in enumerate(clients):
            self.check(answered(client), True, start)
        # The log of each ends with a marker, and this comes behind it.
        self.write(["live"])
        for start, client in enumerate(clients):
            wanted = [value for offset, value in values.items()
                      if offset >= start] + ["live"]
            self.assertEqual(client.values(len(wanted)), wanted)

    def test_an_open_transaction_at_the_seam(self):
        """The log goes on behind what can be read of it so far."""
        for end in "commit", "abort":
            with self.subTest(end), self.serve() as server:
                opened, other = self.transactions(), self.transactions("-2")
                self.write(["before"])
                opened.write(self.topic, ["open 1", "open 2"])
                other.write(self.topic, ["behind"])
                other.commit()
                first, reply = self.resumed(server, 0)
                self.check(reply, True, 0)
                self.assertEqual(first.values(1), ["before"])
                second, reply = self.resumed(server, 1)
                self.check(reply, True, 1)
                getattr(opened, end)()
                self.write(["live"])
                wanted = ["open 1", "open 2"] if end == "commit" else []
                wanted += ["behind", "live"]
                for client in first, second:
                    self.assertEqual(client.values(len(wanted)), wanted)
                self.topic += "-2"


if __name__ == "__main__":
    run.main()

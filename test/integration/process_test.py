#!/usr/bin/python3
"""The server as a process: how it starts, and how it ends."""
import asyncio
import json
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from support.client import Client, Closed
from support.server import Server, default_binary
from support.wait import until


def run(*args, text=None):
    """The program's end, for calls that do not serve."""
    return subprocess.run([default_binary(), *args], input=text, timeout=60,
                          capture_output=True, text=True)


class Start(unittest.TestCase):
    def test_it_says_where_it_listens_and_what_it_uses(self):
        with Server() as server:
            text = "\n".join(server.lines)
            self.assertRegex(text, r"listening on ws://127\.0\.0\.1:\d+")
            self.assertRegex(
                text, r"(?m)^configuration: .*command line \(\d+\)$")
            self.assertRegex(text, "embedded broker")
            self.assertEqual(server.lines[-1], "ready")
            self.assertTrue(server.bootstrap)

    def test_a_second_server_on_the_port_exits_1_with_a_clear_line(self):
        with Server() as server:
            second = run("--host", "127.0.0.1", "--port", str(server.port))
            self.assertEqual(second.returncode, 1)
            self.assertIn(str(server.port), second.stderr)
            self.assertIn("in use", second.stderr)

    def test_a_wrong_configuration_is_refused_as_a_whole(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"websocket_config": {"prot": 1, "io_threads": "many"},
                       "producer_config": {"mq_limit": -1}}, file)
            file.flush()
            done = run("--config", file.name)
        self.assertEqual(done.returncode, 1)
        for word in ("prot", "port", "io_threads", "mq_limit"):
            self.assertIn(word, done.stderr)

    def test_the_generated_configuration_is_accepted(self):
        made = run("gen-config")
        self.assertEqual(made.returncode, 0, made.stderr)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(made.stdout)
            file.flush()
            checked = run("check-config", "--config", file.name)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_help_and_version(self):
        self.assertIn("check-config", run("--help").stdout)
        self.assertRegex(run("--version").stdout, r"\d+\.\d+\.\d+")
        self.assertNotEqual(run("--no-such-option").returncode, 0)


class Notices(unittest.TestCase):
    """What the settings promise is printed before "ready"."""

    def says(self, *wanted, **sections):
        with Server(sections) as server:
            for text in wanted:
                self.assertEqual(
                    [text in line for line in server.lines].count(True), 1,
                    server.lines)
            return server.lines

    def test_require_acks(self):
        for acks, promise in (
                (-1, "publishing is idempotent and ordered; a receipt means "
                     "that all in-sync replicas have the record"),
                (1, "publishing is ordered, a retry may duplicate; a receipt "
                    "means that the leader has the record (requireAcks: 1)"),
                (0, "publishing promises neither order nor arrival "
                    "(requireAcks: 0)")):
            with self.subTest(acks=acks):
                lines = self.says(
                    promise, producer_config={"requireAcks": acks})
                self.assertEqual(
                    [line for line in lines if "publishing" in line],
                    [promise])

    def test_auto_commit(self):
        never = "only acks commit offsets (autoCommit: false)"
        lines = self.says(never, consumer_config={"autoCommit": False})
        self.assertNotIn("at least once", "\n".join(lines))
        lines = self.says("delivery is at least once per group",
                          consumer_config={"autoCommit": True})
        self.assertNotIn(never, "\n".join(lines))

    def test_every_origin_is_a_warning(self):
        warning = "every Origin may connect"
        self.says(warning)
        lines = self.says(
            websocket_config={"allowed_origins": ["https://example.org"]})
        self.assertNotIn(warning, "\n".join(lines))


class Broker(unittest.TestCase):
    """A broker that cannot be reached: answers, never silence."""

    def answers_in_time(self, host):
        config = {"kafka_config": {"requestTimeout": 1500},
                  "producer_config": {"publish_timeout": 1500}}
        with Server(config, kafka_host=host) as server:
            self.assertRegex("\n".join(server.lines),
                             f"(?m)^Kafka at {host} is not reached yet")
            asyncio.run(self.ask(server))
            self.assertEqual(server.stop(), 0, server.output())

    async def ask(self, server):
        """All at once, each from a connection of its own."""
        await asyncio.gather(*(self.fails(server, message) for message in (
            {"t": "topic", "a": "list"},
            {"t": "topic", "a": "create", "p": ["x"]},
            {"t": "topic", "a": "subscribe", "p": {"t": ["x"]}},
            {"t": "notif", "p": {"t": "x", "m": "y"}})))

    async def fails(self, server, message):
        client = await Client.open(server.url)
        begun = time.monotonic()
        reply = await client.request(id=7, **message)
        # Theirs is 1.5 s: not one of librdkafka's own deadlines.
        self.assertLess(time.monotonic() - begun, 15)
        self.assertEqual((reply["refid"], reply["s"]), (7, 1))
        self.assertIn(reply["p"]["code"], ("TIMEOUT", "BROKER_UNAVAILABLE"))
        await client.close()

    def test_refused(self):
        self.answers_in_time("127.0.0.1:1")

    def test_a_black_hole(self):
        # Takes the connection and never says a word.
        with socket.create_server(("127.0.0.1", 0)) as hole:
            self.answers_in_time(f"127.0.0.1:{hole.getsockname()[1]}")

    def test_an_unknown_host(self):
        self.answers_in_time("no-such-host.invalid:9092")


async def connection_state(asker, wanted, what):
    """Asks until some connection's actor state is as wanted."""
    async def found():
        reply = await asker.request(id=0, t="health", p={"detail": True})
        return any(actor.get("kind") == "connection" and wanted(actor)
                   for actor in reply["p"]["actors"])
    await until(found, what)


class Stop(unittest.TestCase):
    def end(self, number):
        """Stops a server that has an undelivered record in its buffer."""
        config = {"producer_config": {"mq_interval": None},
                  "consumer_config": {"mq_limit": 100, "mq_interval": 60000}}
        with Server(config) as server:
            asyncio.run(self.end_gracefully(server, number))
            self.assertEqual(server.process.wait(30), 0, server.output())

    async def end_gracefully(self, server, number):
        reader = await Client.open(server.url)
        reply = await reader.request(id=1, t="topic", a="subscribe",
                                     p={"t": ["x"], "consumer_group": "g"})
        self.assertEqual(reply["s"], 0)
        writer = await Client.open(server.url)
        await writer.send(json.dumps(
            {"t": "notif", "p": {"t": "x", "m": "last words"}}))
        await connection_state(
            writer, lambda actor: actor["buffered"]["messages"] == 1,
            "a record in the delivery buffer")
        server.signal(number)
        [record] = json.loads(await reader.receive())
        self.assertEqual(record["p"], "last words")
        for client in (reader, writer):
            with self.assertRaises(Closed) as closed:
                await client.receive()
            self.assertEqual(closed.exception.code, 1012)

    def test_sigterm(self):
        self.end(signal.SIGTERM)

    def test_sigint(self):
        self.end(signal.SIGINT)

    def test_new_requests_are_refused_while_it_stops(self):
        """A peer that confirms nothing holds the stop open meanwhile."""
        with Server() as server:
            asyncio.run(self.ask_while_stopping(server))
            # When that peer is gone nothing is left to wait for.
            self.assertEqual(server.ended(), 0, server.output())

    async def ask_while_stopping(self, server):
        silent = await Client.open(server.url)
        await silent.request(id=1, t="topic", a="subscribe",
                             p={"t": ["x"], "consumer_group": "g"})
        silent.socket.transport.pause_reading()
        client = await Client.open(server.url)
        await client.send(json.dumps(
            [{"t": "notif", "p": {"t": "x", "m": str(i)}}
             for i in range(100)]))
        await connection_state(
            client, lambda actor: actor["unconfirmed_frames"] > 0,
            "records that were not confirmed")
        server.signal(signal.SIGTERM)

        async def refused():
            reply = await client.request(id=2, t="topic", a="unsubscribe")
            return reply["s"] == 1 and reply
        reply = await until(refused, "a refusal while stopping")
        self.assertEqual(reply["p"]["code"], "SHUTTING_DOWN")
        self.assertTrue(reply["p"]["retriable"])
        silent.drop()
        await client.close()

    def test_a_second_signal_ends_it_at_once_with_a_failure(self):
        with Server({"websocket_config": {"stop_timeout": 60000}}) as server:
            asyncio.run(self.interrupt_twice(server))
            server.process.wait(30)
            self.assertNotEqual(server.process.returncode, 0)

    async def interrupt_twice(self, server):
        silent = await Client.open(server.url)
        await silent.request(id=1, t="topic", a="subscribe",
                             p={"t": ["x"], "consumer_group": "g"})
        silent.socket.transport.pause_reading()
        client = await Client.open(server.url)
        await client.send(json.dumps(
            {"t": "notif", "p": {"t": "x", "m": "never confirmed"}}))
        server.signal(signal.SIGTERM)

        async def stopping():
            return "stopping" in server.log()
        await until(stopping, "the log line of the stop")
        server.signal(signal.SIGTERM)
        silent.drop()
        client.drop()


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The load tool against the gateway, and against what is none."""
import contextlib
import json
import os
import pathlib
import pty
import resource
import socket
import subprocess
import tempfile
import threading
import unittest

from support import run
from support.load_tool import load, load_binary
from support.server import Server

SHORT = ("--rate", "1000", "--warmup", "0.2", "--duration", "0.8")
ALL = 1000


class AgainstTheGateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(
            {"kafka_config": {"embedded_partitions": 1}}))

    def load(self, command, *args, code=0):
        done = load(command, "--url", self.server.url, *args)
        self.assertEqual(done.code, code, done.out + done.err)
        return done

    def test_roundtrip_counts_each_record_and_writes_every_report(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.html"
            text = pathlib.Path(folder) / "times.hgrm"
            done = self.load("roundtrip", *SHORT, "--html", str(page),
                             "--hgrm", str(text), "--fail-if", "lost>0",
                             "--fail-if", "out_of_order>0", "--fail-if",
                             "p99>60s")
            self.assertEqual(page.read_text().count("<svg"), 3)
            self.assertIn("#[Max", text.read_text())
        ledger = done.result["ledger"]
        self.assertEqual((ledger["sent"], ledger["delivered"], ledger["lost"],
                          ledger["repeated"], ledger["out_of_order"]),
                         (ALL, ALL, 0, 0, 0))
        self.assertEqual(ledger["order"], "checked")
        server = done.result["server"]
        self.assertEqual(server["pids"], [self.server.process.pid])
        self.assertGreater(server["cpu_us_per_message"], 0)
        self.assertGreater(server["rss_most"], 1000)
        self.assertEqual(len(done.result["generator"]["busy"]), 1)

    def test_each_kind_of_run_has_all_plots_and_percentiles(self):
        for command, *args in (("connect", "--duration", "1"),
                               ("publish", *SHORT, "--settle", "0")):
            with self.subTest(command=command), \
                    tempfile.TemporaryDirectory() as folder:
                page = pathlib.Path(folder) / "page.html"
                text = pathlib.Path(folder) / "times.hgrm"
                done = self.load(command, *args, "--html", str(page), "--hgrm",
                                 str(text))
                self.assertEqual(page.read_text().count("<svg"), 3)
                self.assertNotRegex(text.read_text(), "Total count += +0]")
                self.assertIn("p50", done.err)

    def test_publish_counts_receipts_where_it_asks_for_them(self):
        done = self.load("publish", *SHORT, "--ack", "--topics", "3",
                         "--fail-if", "unanswered>0", "--fail-if",
                         f"receipted<{ALL}")
        self.assertEqual((done.result["ledger"]["sent"],
                          done.result["ledger"]["receipted"],
                          done.result["ledger"]["failed"]), (ALL, ALL, 0))
        self.assertIn("1,000 sent, 1,000 receipted, 0 failed", done.out)
        # Timed until the receipt.
        response = done.result["latency_us"]["response"]
        self.assertGreater(response["count"], 0)
        self.assertGreater(response["p50"],
                           done.result["latency_us"]["sent_late"]["p50"])
        silent = self.load("publish", *SHORT)
        self.assertIsNone(silent.result["latency_us"]["response"])
        self.assertIsNone(silent.result["ledger"]["receipted"])

    def test_a_refused_topic_is_told_in_words(self):
        done = self.load("publish", "--topics", "not a name", code=1)
        self.assertIn("refused topic create with INVALID_TOPIC_EXCEPTION: \"",
                      done.err)

    def test_fanout_gives_each_client_each_record(self):
        done = self.load("fanout", *SHORT, "--subscribers", "20",
                         "--fail-if", "lost>0", "--fail-if", "out_of_order>0")
        ledger = done.result["ledger"]
        self.assertEqual((ledger["sent"], ledger["delivered"], ledger["lost"],
                          ledger["repeated"], ledger["out_of_order"]),
                         (ALL, 20 * ALL, 0, 0, 0))
        self.assertIn("20 clients  20,000 delivered of 20,000, 0 lost",
                      done.out)
        self.assertEqual(done.result["plan"]["subscribers"], 20)

    def test_who_reads_nothing_is_no_loss(self):
        done = self.load("fanout", *SHORT, "--subscribers", "5", "--stalled",
                         "3", "--fail-if", "lost>0")
        self.assertEqual(done.result["ledger"]["delivered"], 5 * ALL)
        self.assertEqual(done.result["connections"]["opened"], 9)
        self.assertEqual((done.result["connections"]["stalled"],
                          done.result["connections"]["stalled_closed"]),
                         (3, 0))
        self.assertIn("3, 0 closed by the gateway", done.out)

    def test_a_window_too_wide_is_refused_by_the_gateway(self):
        done = self.load("roundtrip", *SHORT, "--window", "1000001", code=1)
        self.assertIn("p.window", done.out + done.err)

    def test_a_window_flows_by_acks(self):
        for commit in ("ack", "sent"):
            done = self.load("roundtrip", *SHORT, "--commit", commit,
                             "--window", "10", "--fail-if", "lost>0",
                             "--fail-if", "repeated>0")
            self.assertEqual(done.result["ledger"]["delivered"], ALL)
            plan = done.result["plan"]
            self.assertEqual((plan["commit"], plan["window"]), (commit, 10))

    def test_mixed_gives_each_group_each_record(self):
        done = self.load("mixed", *SHORT, "--connections", "5", "--topics",
                         "2", "--groups", "2", "--subscribers", "2",
                         "--threads", "2")
        ledger = done.result["ledger"]
        self.assertEqual(ledger["sent"], ALL)
        for group in ledger["groups"]:
            self.assertEqual((group["delivered"], group["lost"],
                              group["repeated"]), (ALL, 0, 0))

    def test_publish_and_subscribe_are_two_programs(self):
        with subprocess.Popen(
                [load_binary(), "subscribe", "--url", self.server.url,
                 "--topics", "shared", "--count", str(ALL), "--json", "-"],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True) as reader:
            for line in reader.stderr:
                if "1 connections are ready" in line:
                    break
            self.load("publish", *SHORT, "--topics", "shared", "--settle",
                      "0.1", "--frames-per-write", "10")
            out, err = reader.communicate(timeout=60)
        self.assertEqual(reader.returncode, 0, err)
        result = json.loads(out)
        self.assertEqual(result["ledger"]["delivered"], ALL)
        self.assertEqual(result["ledger"]["holes"], 0)
        self.assertEqual(result["ledger"]["out_of_order"], 0)
        self.assertEqual(result["latency_us"]["response"]["count"], ALL)

    def test_publish_floods(self):
        done = self.load("publish", "--closed-loop", "--duration", "0.3",
                         "--warmup", "0", "--settle", "0.1", "--connections",
                         "3", "--frames-per-write", "32")
        self.assertGreater(done.result["ledger"]["sent"], 1000)
        self.assertEqual(done.result["ledger"]["failed"], 0)
        self.assertEqual(done.result["cpu_messages"],
                         done.result["ledger"]["sent"])

    def test_connect_opens_holds_and_closes(self):
        for end in ([], ["--drop"]):
            done = self.load("connect", "--connections", "300",
                             "--connect-rate", "3000", "--duration", "0.2",
                             *end)
            self.assertEqual(done.result["connections"],
                             {"opened": 300, "failed": 0, "lost": 0, "stalled": 0,
                          "stalled_closed": 0})
            self.assertEqual(done.result["latency_us"]["handshake"]["count"],
                             300)
            # The last is due after 299 gaps.
            self.assertGreaterEqual(done.result["connect"]["ramp_s"],
                                    299 / 3000)
            self.assertIsNotNone(
                done.result["connect"]["server_ramp_cpu_s"])

    def test_a_threshold_that_is_met_exits_with_3(self):
        done = self.load("publish", *SHORT, "--settle", "0", "--fail-if",
                         "rate<1000000", code=3)
        self.assertIn("FAIL rate<1000000", done.out)

    def test_two_results_are_compared(self):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for rate in ("500", "1000"):
                done = self.load("publish", "--rate", rate, "--warmup", "0",
                                 "--duration", "0.2", "--settle", "0")
                files.append(os.path.join(folder, rate))
                pathlib.Path(files[-1]).write_text(json.dumps(done.result))
            done = load("compare", *files)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("rate: 500.0 | 1000.0", done.out)
        self.assertRegex(done.out, r"\nsent +100 +200 +2\.000\n")

    def test_ctrl_c_ends_it_with_what_was_found(self):
        with subprocess.Popen(
                [load_binary(), "publish", "--url", self.server.url,
                 "--duration", "600"], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True) as tool:
            for line in tool.stderr:
                if "sent" in line:
                    break
            tool.terminate()
            out, _ = tool.communicate(timeout=60)
        self.assertEqual(tool.returncode, 1)
        self.assertIn("the run was interrupted", out)
        self.assertIn("ledger", out)

    def on_terminal(self, **environment):
        """What a run writes to a terminal."""
        master, slave = pty.openpty()
        written = []

        def read():
            with contextlib.suppress(OSError):  # the other end has closed
                while data := os.read(master, 65536):
                    written.append(data)
        reader = threading.Thread(target=read)
        reader.start()
        try:
            subprocess.run(
                [load_binary(), "publish", "--url", self.server.url, *SHORT,
                 "--settle", "0"], stdout=slave, stderr=slave, check=True,
                timeout=60,
                env={**os.environ, "TERM": "xterm", **environment})
        finally:
            os.close(slave)
            reader.join()
            os.close(master)
        return b"".join(written).decode()

    def test_a_bar_is_drawn_on_a_terminal_only(self):
        coloured = self.on_terminal(NO_COLOR="")
        self.assertIn("\033[32m###", coloured)
        plain = self.on_terminal(NO_COLOR="1")
        self.assertIn("\r\033[K###", plain)
        self.assertNotIn("\033[32m", plain)
        done = self.load("publish", *SHORT, "--settle", "0")
        self.assertNotIn("\033", done.err + done.out)
        self.assertIn("sent", done.err)
        quiet = self.load("publish", *SHORT, "--settle", "0", "-q")
        self.assertEqual(quiet.err, "")


class SeveralPartitions(unittest.TestCase):
    def test_order_is_judged_for_each_where_deliveries_name_theirs(self):
        with Server({"kafka_config": {"embedded_partitions": 3}}) as server:
            by_acks, silent = (
                load("roundtrip", "--url", server.url, *SHORT, "--commit", how)
                for how in ("ack", "sent"))
        self.assertEqual(by_acks.code, 0, by_acks.out + by_acks.err)
        ledger = by_acks.result["ledger"]
        self.assertEqual((ledger["order"], ledger["out_of_order"],
                          ledger["delivered"]), ("checked", 0, ALL))
        self.assertIn("3 partitions", silent.result["ledger"]["order"])


class WhoReadsNothing(unittest.TestCase):
    def test_is_closed_and_only_counted(self):
        """10 MB are more than sockets and gateway keep for one client."""
        with Server({"websocket_config": {
                "connection_out_bytes": 1 << 20}}) as server:
            done = load("fanout", "--url", server.url, *SHORT, "--payload",
                        "10000", "--subscribers", "2", "--stalled", "3",
                        "--fail-if", "lost>0")
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(done.result["connections"]["stalled_closed"], 3)
        self.assertEqual(done.result["connections"]["lost"], 0)
        self.assertEqual(done.result["ledger"]["delivered"], 2 * ALL)


class AgainstNone(unittest.TestCase):
    def refused(self, *args, **options):
        done = load(*args, **options)
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual(done.out, "")
        return done.err

    def test_a_server_that_is_not_there(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # and does not listen
            url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn("Start one with tools/run",
                          self.refused("roundtrip", "--url", url))

    def answering(self, answer):
        """The tool's complaint about a server that answers so; None is not at
        all."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            def serve():
                client, _ = server.accept()
                with client:
                    client.recv(65536)
                    if answer:
                        client.sendall(answer)
                    if answer is not None:
                        client.shutdown(socket.SHUT_WR)
                    client.recv(65536)
            thread = threading.Thread(target=serve)
            thread.start()
            url = f"ws://127.0.0.1:{server.getsockname()[1]}"
            complaint = self.refused("publish", "--url", url, "--timeout",
                                     "0.3")
            thread.join()
            return complaint

    def test_a_report_that_cannot_be_written_is_told_before_the_run(self):
        with tempfile.TemporaryDirectory() as folder:
            name = pathlib.Path(folder) / "none" / "a.json"
            complaint = self.refused("publish", "--json", str(name),
                                     "--duration", "1000")
        self.assertIn(f"{name} cannot be written: No such file", complaint)

    def test_a_server_of_another_kind(self):
        self.assertIn("404 Not Found", self.answering(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
        self.assertIn("no WebSocket server", self.answering(b"220 smtp\r\n"))
        self.assertIn("ended the connection instead", self.answering(b""))
        self.assertIn("no answer to the handshake within 0.3 s",
                      self.answering(None))

    def test_too_few_file_descriptors(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        with Server() as server:
            error = self.refused("connect", "--url", server.url,
                                 "--connections", "500", preexec_fn=limit)
        self.assertIn("ulimit -n", error)

    def test_the_gateway_takes_no_more_connections(self):
        config = {"websocket_config": {"max_connections": 20}}
        with Server(config) as server:
            done = load("connect", "--url", server.url, "--connections", "30",
                        "--duration", "0")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.result["connections"],
                         {"opened": 20, "failed": 10, "lost": 0,
                          "stalled": 0, "stalled_closed": 0})
        self.assertIn("max_connections", done.out)

    def test_a_mistake_in_the_command_line(self):
        for args in ((), ("roundtrip", "--rte", "5"), ("subscribe",),
                     ("roundtrip", "--fail-if", "p98>5ms")):
            self.assertEqual(load(*args).code, 2)


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""The load tool's ledger against a gateway whose mistakes are known."""
import unittest

from support.fake_gateway import FakeGateway, Faults, Plan
from support.load_tool import load

# 600 records: 100 while it warms up, 500 that are measured.
SHORT = ("--rate", "500", "--warmup", "0.2", "--duration", "1", "--drain",
         "0.5")
ALL = 600


class Against(unittest.TestCase):
    """What the tests of this file share."""

    gateway = None

    def run_against(self, plan, *args, command="roundtrip", options=SHORT):
        with FakeGateway(plan) as gateway:
            done = load(command, "--url", gateway.url, *options, *args)
        self.gateway = gateway
        return done

    def ledger(self, done, code=0):
        self.assertEqual(done.code, code, done.out + done.err)
        return done.result["ledger"]


class Ledger(Against):
    def test_all_is_well(self):
        ledger = self.ledger(self.run_against(Plan(fragments=True)))
        self.assertEqual(ledger["sent"], ALL)
        self.assertEqual(self.gateway.received, ALL)
        self.assertIsNone(ledger["receipted"])
        for what, count in (("delivered", ALL), ("lost", 0), ("repeated", 0),
                            ("out_of_order", 0), ("failed", 0),
                            ("foreign", 0), ("unexpected", 0), ("unsent", 0)):
            self.assertEqual(ledger[what], count, what)

    def test_dropped_repeated_and_reordered_records_are_counted(self):
        plan = Plan(groups={
            "a": Faults(drop=frozenset({10, 20, 599}), repeat=(40, 50, 50),
                        hold=frozenset({60, 70, 300, 597})),
            "b": Faults(drop=frozenset({0}))})
        done = self.run_against(plan, "--groups", "a,b,c")
        a, b, c = self.ledger(done)["groups"]
        self.assertEqual(
            [a[what] for what in ("expected", "delivered", "lost", "repeated",
                                  "out_of_order", "foreign")],
            [ALL, ALL - 3, 3, 3, 4, 0])
        self.assertEqual((b["delivered"], b["lost"]), (ALL - 1, 1))
        self.assertEqual((c["delivered"], c["lost"]), (ALL, 0))
        self.assertEqual(done.result["ledger"]["lost"], 4)
        self.assertIn("3 lost, 3 repeated, 4 out of order", done.out)

    def test_a_threshold_on_losses_fails_the_run(self):
        plan = Plan(groups={"a": Faults(drop=frozenset({10}))})
        done = self.run_against(plan, "--groups", "a", "--fail-if", "lost>0",
                                "--fail-if", "repeated>0")
        self.assertEqual(done.code, 3)
        self.assertIn("FAIL lost>0: lost is 1", done.out)
        self.assertIn("ok   repeated>0", done.out)

    def test_refusals_are_not_owed_and_told_by_code(self):
        plan = Plan(refuse={7: ("QUEUE_FULL", "no", False),
                            8: ("QUEUE_FULL", "no", False),
                            9: ("TIMEOUT", "maybe", True),
                            10: ("TIMEOUT", "maybe", False)})
        done = self.run_against(plan)
        ledger = self.ledger(done)
        self.assertEqual(ledger["failed"], 4)
        self.assertEqual(ledger["failed_by_code"],
                         {"QUEUE_FULL": 2, "TIMEOUT": 2})
        self.assertEqual(ledger["persisted_maybe"], 2)
        self.assertEqual(ledger["groups"][0]["expected"], ALL - 4)
        times = done.result["latency_us"]["response"]
        self.assertEqual(times["never_came"], 4)
        self.assertIsNone(times["max"])
        self.assertEqual(ledger["lost"], 0)
        self.assertEqual(ledger["unexpected"], 0)

    def test_a_refused_record_that_comes_is_told(self):
        plan = Plan(refuse={7: ("QUEUE_FULL", "no", True)})
        ledger = self.ledger(self.run_against(plan))
        self.assertEqual(ledger["unexpected"], 1)
        self.assertEqual(ledger["lost"], 0)

    def test_publish_waits_for_refusals(self):
        plan = Plan(refuse={3: ("QUEUE_FULL", "no", False)}, refuse_late=0.1)
        done = self.run_against(plan, "--connections", "3", "--settle", "0.5",
                                command="publish")
        ledger = self.ledger(done)
        self.assertEqual((ledger["sent"], ledger["failed"]), (ALL, 1))
        self.assertEqual(self.gateway.received, ALL)
        self.assertIsNone(ledger["lost"])

    def test_a_damaged_record_is_lost_and_somebody_elses(self):
        plan = Plan(groups={"a": Faults(damage=frozenset({5}))})
        ledger = self.ledger(self.run_against(plan, "--groups", "a"))
        self.assertEqual((ledger["lost"], ledger["foreign"]), (1, 1))

    def test_order_is_not_judged_across_partitions(self):
        plan = Plan(partitions=3, groups={"a": Faults(hold=frozenset({5}))})
        done = self.run_against(plan, "--groups", "a", "--fail-if",
                                "out_of_order>0")
        ledger = self.ledger(done, code=3)
        self.assertIsNone(ledger["out_of_order"])
        self.assertIn("not checked: 3 partitions", ledger["order"])
        self.assertIn("not checked: 3 partitions", done.out)

    def test_publishers_topics_and_threads_share_the_work(self):
        done = self.run_against(
            Plan(), "--connections", "7", "--topics", "3", "--groups", "2",
            "--threads", "2", "--frames-per-write", "4", "--payload", "300",
            command="mixed")
        ledger = self.ledger(done)
        self.assertEqual(ledger["sent"], ALL)
        self.assertEqual(ledger["delivered"], 2 * ALL)
        self.assertEqual(ledger["lost"], 0)
        self.assertEqual(len(done.result["plan"]["topics"]), 3)

    def test_more_topics_than_one_subscribe_may_name(self):
        done = self.run_against(Plan(), "--topics", "250")
        self.assertEqual(self.ledger(done)["lost"], 0)
        self.assertEqual(self.gateway.subscribes, [100, 100, 50])


class Time(Against):
    def test_warming_up_is_in_the_ledger_and_not_in_the_statistics(self):
        done = self.run_against(Plan())
        self.assertEqual(self.ledger(done)["sent"], ALL)
        latency = done.result["latency_us"]["response"]
        self.assertEqual(latency["count"], 500)
        self.assertGreater(latency["min"], 0)
        self.assertAlmostEqual(done.result["rates"]["sent"], 500, delta=100)

    def test_a_stall_is_seen_by_all_that_were_due_in_it(self):
        # A closed loop would send one message into it, and be delighted.
        done = self.run_against(Plan(stall={300: 0.4}))
        latency = done.result["latency_us"]["response"]
        self.assertGreater(latency["max"], 390_000)
        # 200 of 500 were due meanwhile, half of them with 200 ms to go.
        self.assertGreater(latency["p90"], 200_000)
        self.assertEqual(self.ledger(done)["lost"], 0)

    def test_what_the_socket_does_not_take_is_late_not_forgotten(self):
        done = self.run_against(
            Plan(stall={100: 0.5}, small_buffers=True), "--payload", "131072",
            options=("--rate", "250", "--warmup", "0.2", "--duration", "1"))
        self.assertEqual(self.ledger(done)["lost"], 0)
        times = done.result["latency_us"]
        # Half of the messages were due in the stall: 250 ms early on average.
        self.assertGreater(times["response"]["mean"], 100_000)
        self.assertGreater(times["sent_late"]["max"], 200_000)
        self.assertEqual(done.result["ledger"]["unsent"], 0)

    def test_what_was_never_sent_is_in_no_percentile(self):
        # Longer than the tool owes what was due.
        done = self.run_against(
            Plan(stall={100: 4}, small_buffers=True), "--payload", "131072",
            "--fail-if", "p99>10s",
            options=("--rate", "250", "--warmup", "0.2", "--duration", "1",
                     "--drain", "5"))
        ledger = self.ledger(done, code=3)
        self.assertGreater(ledger["unsent"], 0)
        self.assertIn("FAIL p99>10s: p99 is not known", done.out)
        self.assertIn("messages were due and not sent", done.out)

    def closed_loop(self, batch, *args):
        return self.run_against(
            Plan(batch=batch), "--closed-loop", "--in-flight", "5", *args,
            options=("--warmup", "0.1", "--duration", "0.4", "--drain", "0.3"))

    def test_a_closed_loop_keeps_so_many_in_flight_and_warns(self):
        # In one write, so that its end leaves no half batch.
        done = self.closed_loop(5, "--frames-per-write", "5")
        self.assertEqual(self.ledger(done)["lost"], 0)
        self.assertGreater(self.gateway.received, 10)
        self.assertIn("coordinated omission", done.err)
        self.assertIn("coordinated omission", done.out)

    def test_a_closed_loop_sends_no_more_than_that(self):
        done = self.closed_loop(6)
        self.assertEqual(self.gateway.received, 5)
        self.assertEqual(self.ledger(done)["lost"], 5)


class Ends(unittest.TestCase):
    def test_pings_are_answered(self):
        with FakeGateway(Plan(ping=0.2)) as gateway:
            done = load("roundtrip", "--url", gateway.url, *SHORT)
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(done.result["connections"]["lost"], 0)

    def test_a_connection_that_ends_early_is_told(self):
        plan = Plan(close_after=(100, 1012))
        with FakeGateway(plan) as gateway:
            done = load("publish", "--url", gateway.url, *SHORT, "--settle",
                        "0.1", "--connections", "1")
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertEqual(done.result["connections"]["lost"], 1)
        self.assertIn("closed the connection with 1012 'as planned'", done.out)
        self.assertLess(done.result["ledger"]["sent"], ALL)

    def test_a_threshold_on_it_comes_first(self):
        plan = Plan(close_after=(100, 1012))
        with FakeGateway(plan) as gateway:
            done = load("publish", "--url", gateway.url, *SHORT, "--settle",
                        "0.1", "--fail-if", "connections_lost>0")
        self.assertEqual(done.code, 3, done.out + done.err)

    def test_a_text_cut_within_a_character_is_reported(self):
        with FakeGateway(Plan(greeting="x" + "\u00e4" * 300)) as gateway:
            done = load("publish", "--url", gateway.url, *SHORT, "--settle",
                        "0.1")
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertTrue(any("\u00e4" in what for what in
                            done.result["problems"]), done.result)

    def test_a_refused_subscribe_ends_the_run(self):
        with FakeGateway(Plan(refuse_subscribe=True)) as gateway:
            done = load("roundtrip", "--url", gateway.url, *SHORT)
        self.assertEqual(done.code, 1)
        self.assertIn("LIMIT_REACHED: too many groups", done.err)

    def test_connections_that_are_never_tried_have_failed(self):
        # The first is the one that asks before the run.
        with FakeGateway(Plan(accept=11)) as gateway:
            done = load("connect", "--url", gateway.url, "--connections",
                        "100", "--threads", "1", "--timeout", "3",
                        "--duration", "0")
        self.assertEqual(done.code, 1, done.out + done.err)
        self.assertEqual(done.result["connections"]["opened"], 10)
        self.assertEqual(done.result["connections"]["failed"], 90)
        self.assertEqual(sum(done.result["problems"].values()), 90)
        self.assertIn("26 times: never tried", done.out)

    def test_a_slow_ramp_is_no_silence(self):
        with FakeGateway() as gateway:
            done = load("connect", "--url", gateway.url, "--connections", "2",
                        "--connect-rate", "0.25", "--timeout", "2",
                        "--duration", "0")
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual(done.result["connections"]["opened"], 2)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""The arithmetic of tools/bench: medians, pairs, verdicts, reading of JSON."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
import unittest.mock
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] /
                       "tools/lib"))
from bench import arguments, broker, delivering, fanning  # noqa: E402
from bench import figures, judging, ledger, machine, micro  # noqa: E402
from bench import pairing, peers, plot, publishing, reading  # noqa: E402
from bench import suite, table, workloads  # noqa: E402
from bench.reading import Run  # noqa: E402
from bench.workload import Check, Workload  # noqa: E402


class Figures(unittest.TestCase):
    def test_a_spread_is_of_what_is_known(self):
        self.assertEqual(figures.spread([3, None, 1, 2, 10]),
                         {"median": 2.5, "min": 1, "max": 10, "count": 4})
        self.assertIsNone(figures.spread([None]))

    def test_ratios_are_of_whole_pairs(self):
        self.assertEqual(figures.ratios([2, 9, None, 5], [1, 0, 3, None]), [2])

    def test_a_claim_needs_all_pairs_on_one_side(self):
        self.assertTrue(figures.one_sided([1.1, 1.3]))
        self.assertTrue(figures.one_sided([0.5, 0.99]))
        self.assertFalse(figures.one_sided([0.99, 1.3]))
        self.assertFalse(figures.one_sided([]))

    def test_the_share_of_a_roof_is_below_one_for_costs_and_for_rates(self):
        cost = figures.share_of_roof([10, 20], [5, 5], False)
        self.assertEqual((cost["min"], cost["max"]), (0.25, 0.5))
        rate = figures.share_of_roof([50], [100], True)
        self.assertEqual(rate["median"], 0.5)

    def test_verdicts(self):
        self.assertEqual(figures.verdict(5.5, 5.5), "pass")
        self.assertEqual(figures.verdict(5.6, 5.5), "miss")
        self.assertEqual(figures.verdict(9, 10, True), "miss")
        self.assertEqual(figures.verdict(9, None), "-")

    def test_the_slope_is_the_exponent(self):
        self.assertAlmostEqual(
            figures.slope([(n, 3 * n ** 2) for n in (1, 10, 100)]), 2)
        self.assertAlmostEqual(figures.slope([(1, 7), (50, 7)]), 0)
        self.assertIsNone(figures.slope([(5, 1), (5, 2)]))

    def test_a_busy_generator_and_a_slow_machine_void(self):
        self.assertIn("85 %", figures.busy_generator(0.85))
        self.assertIsNone(figures.busy_generator(0.84))
        self.assertIsNone(figures.busy_generator(None))
        self.assertIn("1.6 times", figures.slow_machine(1.6, 1))
        self.assertIsNone(figures.slow_machine(1.5, 1))
        self.assertIsNone(figures.slow_machine(None, None))


class Pairing(unittest.TestCase):
    def setUp(self):
        self.order = []

    def side(self, name, busy=0.1, **more):
        def make():
            self.order.append(name)
            return Run({"cpu": 1}, generator_busy=busy, **more)
        return make

    def run_pairs(self, sides, wanted, paces=(), spare=2):
        paces = iter(paces)
        return pairing.run_pairs(sides, wanted, lambda: next(paces, 1),
                                 lambda _: None, spare)

    def test_sides_take_turns(self):
        self.run_pairs({"gateway": self.side("A"), "roof": self.side("B")}, 3)
        self.assertEqual("".join(self.order), "ABABAB")

    def test_a_void_pair_is_run_again(self):
        pairs = self.run_pairs({"gateway": self.side("A")}, 2, [1, 2, 1])
        self.assertEqual([pair.void is None for pair in pairs],
                         [True, False, True])
        self.assertEqual(len(pairing.good(pairs)), 2)

    def test_a_later_best_voids_an_earlier_pair(self):
        pairs = self.run_pairs({"gateway": self.side("A")}, 2, [2, 1, 1])
        self.assertIn("machine", pairs[0].void)
        self.assertEqual(len(pairs), 3)

    def test_the_best_of_the_session_counts_not_of_the_workload(self):
        pairs = pairing.run_pairs({"gateway": self.side("A")}, 1, lambda: 2,
                                  lambda _: None, best=1)
        self.assertIn("2.0 times slower", pairs[0].void)

    def test_it_gives_up_when_its_spare_pairs_are_void_too(self):
        pairs = self.run_pairs({"gateway": self.side("A", busy=1)}, 2)
        self.assertEqual(len(pairs), 4)
        self.assertEqual(len(pairing.good(pairs)), 4)
        self.assertTrue(all(pair.void for pair in pairs))

    def test_a_roof_may_be_busy_and_a_slow_writer_voids(self):
        pairs = self.run_pairs({"gateway": self.side("A"),
                                "roof": self.side("B", busy=1)}, 1)
        self.assertIsNone(pairs[0].void)
        pairs = self.run_pairs({"gateway": self.side("A", limit="slow")}, 1)
        self.assertEqual(pairs[0].void, "gateway: slow")


class Reading(unittest.TestCase):
    def test_the_load_tools_result(self):
        run = reading.from_load({
            "measured_s": 2, "rates": {"sent": 500, "delivered": None},
            "latency_us": {"response": {"p50": 7, "p99": 9, "max": 11}},
            "server": {"known": True, "cpu_us_per_message": 5, "cpu_s": 1,
                       "wall_s": 2, "rss_most": 70, "rss_start": 50,
                       "rss_end": 60, "threads": 12},
            "generator": {"cpu_s": 0.5, "busy": [0.2, 0.6]},
            "ledger": {"sent": 1000, "failed": 1, "persisted_maybe": 0},
            "connections": {"opened": 5, "lost": 0}, "warnings": ["w"]})
        self.assertEqual((run.figures["cpu"], run.figures["p99"],
                          run.figures["rate"], run.figures["rss_grown"],
                          run.figures["server_cores"]), (5, 9, 500, 10, 0.5))
        self.assertEqual((run.generator_busy, run.warnings), (0.6, ["w"]))
        self.assertEqual(run.counts["failed"], 1)

    def test_a_connection_costs_its_opening_and_its_end(self):
        run = reading.from_load({
            "measured_s": 1, "connections": {"opened": 100, "lost": 0},
            "connect": {"ramp_s": 0.5, "hold_s": 10, "server_ramp_cpu_s": 0.01,
                        "server_close_cpu_s": 0.005, "server_rss_each": 9,
                        "server_hold_cpu_s": 0.1}})
        self.assertAlmostEqual(run.figures["cpu"], 150)
        self.assertAlmostEqual(run.figures["per_core_s"], 10_000)
        self.assertAlmostEqual(run.figures["idle_cores"], 0.01)

    def test_what_is_unknown_is_none(self):
        run = reading.from_load({"server": {"known": False, "why": "far"}})
        self.assertIsNone(run.figures["cpu"])
        self.assertIsNone(run.generator_busy)

    def test_the_roofs_result(self):
        run = reading.from_roof({"cpu_us_per_message": 2, "stored": 9,
                                 "busy": 0.3, "latency_us": {"p50": 4}})
        self.assertEqual(run.figures, {"cpu": 2, "p50": 4})
        self.assertEqual((run.counts["stored"], run.generator_busy), (9, 0.3))

    def test_google_benchmarks_result(self):
        found = micro.read({"benchmarks": [
            {"name": "a", "cpu_time": 2, "time_unit": "us"},
            {"name": "a_mean", "run_type": "aggregate", "cpu_time": 2,
             "time_unit": "us"},
            {"name": "b", "cpu_time": 2, "time_unit": "ns",
             "error_occurred": True}]})
        self.assertEqual(found, {"a": 2000})

    def test_micro_benchmarks_are_gated_when_all_pairs_agree(self):
        slower = micro.compare([{"a": 13}, {"a": 14}], [{"a": 10}, {"a": 10}])
        self.assertEqual(slower[0]["verdict"], "miss")
        noise = micro.compare([{"a": 9}, {"a": 20}], [{"a": 10}, {"a": 10}])
        self.assertEqual(noise[0]["verdict"], "pass")
        self.assertNotIn("verdict", micro.compare([{"a": 1}], [])[0])

    def test_kcats_offsets(self):
        self.assertEqual(broker.sum_of_offsets(
            "t [0] offset 5\nt [1] offset 7\n"), 12)

    def test_idle_is_idle_and_waiting(self):
        self.assertEqual(machine.idle_share([0] * 8, [1, 0, 1, 5, 3, 0, 0, 0]),
                         0.8)


class Counts(unittest.TestCase):
    def test_all_right(self):
        self.assertEqual(ledger.problems(
            {"sent": 10, "failed": 2, "stored": 8, "lost": 0}), [])

    def test_a_refusal_that_may_be_stored_is_either(self):
        counts = {"sent": 10, "failed": 2, "persisted_maybe": 1}
        for stored, fine in ((7, False), (8, True), (9, True), (10, False)):
            with self.subTest(stored=stored):
                self.assertEqual(
                    not ledger.problems({**counts, "stored": stored}), fine)

    def test_what_does_not_add_up(self):
        self.assertEqual(len(ledger.problems(
            {"lost": 1, "repeated": 2, "out_of_order": 3, "wanted": 5,
             "delivered": 4})), 4)
        self.assertEqual(ledger.problems({"repeated": 2}, True), [])


class Results(unittest.TestCase):
    def pairs(self, *runs):
        return [pairing.Pair(one) for one in runs]

    def test_a_workload_is_summed_up_and_shown(self):
        shown = Workload("X", "title", None, (
            Check("cpu", "CPU", "us/msg", 5, roof="cpu"),
            Check("none", "nothing", "us")))
        made = judging.summary(shown, self.pairs(*(
            {"gateway": Run({"cpu": ours}, {"lost": 0}, 0.5),
             "roof": Run({"cpu": 2}), "before": Run({"cpu": 2 * ours})}
            for ours in (4, 8, 6))))
        cpu = made["figures"][0]
        self.assertEqual(cpu["value"]["median"], 6)
        self.assertEqual(cpu["verdict"], "miss")
        self.assertAlmostEqual(cpu["share_of_roof"]["median"], 2 / 6)
        self.assertEqual(cpu["against"]["before"]["ratio"]["median"], 0.5)
        self.assertTrue(cpu["against"]["before"]["all_pairs_agree"])
        text = "\n".join(table.lines(json.loads(json.dumps(made))))
        for part in ("3 pairs, generator 50 %", "6 us/msg", "(4 to 8)",
                     "share of roof 0.33", "MISS (<= 5 us/msg)",
                     "ours is 0.50 of it", "not measured"):
            self.assertIn(part, text)

    def test_a_figure_may_be_judged_by_another_side(self):
        shown = Workload("X", "title", None, (
            Check("p99", "p99", "us", beside=("calm", 1.2)),))
        for calm, verdict in ((10, "pass"), (9, "miss")):
            pairs = self.pairs({"gateway": Run({"p99": 12}),
                                "calm": Run({"p99": calm})})
            one = judging.summary(shown, pairs)["figures"][0]["against"]
            self.assertEqual(one["calm"]["verdict"], verdict)
            text = "\n".join(table.lines(judging.summary(shown, pairs)))
            self.assertIn(f"{verdict.upper()} (<= 1.2 of it)", text)
            few = judging.summary(shown, pairs, wanted=2)["figures"][0]
            self.assertEqual(few["against"]["calm"]["verdict"], "void")

    def test_growth_is_fitted_over_the_sizes(self):
        shown = Workload("X", "title", None, (Check("cpu", "CPU", "us/msg"),),
                         growth="connections", most_growth=1.2)
        made = judging.summary(shown, self.pairs(
            {"1": Run({"cpu": 4}), "10": Run({"cpu": 5}),
             "100": Run({"cpu": 6})}))
        row = made["growth"][0]
        self.assertEqual(row["most_over_least"], 1.5)
        self.assertEqual(row["verdict"], "miss")
        self.assertGreater(row["slope"], 0)
        self.assertIn("MISS (<= 1.2)", "\n".join(table.lines(made)))

    def test_threads_may_not_grow_where_a_target_says_so(self):
        shown = Workload("X", "title", None, (
            Check("threads", "threads", "", 1),), growth="connections")
        for most, verdict in ((20, "pass"), (21, "miss")):
            made = judging.summary(shown, self.pairs(
                {"1": Run({"threads": 20}), "10": Run({"threads": most})}))
            self.assertEqual(made["growth"][0]["verdict"], verdict)
        constant = [check.target for one in workloads.WORKLOADS
                    if one.id == "IG" for check in one.checks
                    if check.figure == "threads"]
        self.assertEqual(constant, [1])

    def test_micro_benchmarks_are_shown(self):
        text = "\n".join(table.lines({"id": "P1", "title": "micro", "rows":
                                      micro.compare([{"a": 7}], [{"a": 14}])}))
        self.assertIn("7 ns", text)
        self.assertIn("0.50 of before PASS", text)

    def test_wrong_counts_and_void_pairs_stand_out(self):
        pairs = self.pairs({"gateway": Run({}, {"lost": 3})})
        pairs[0].void = "the generator"
        text = "\n".join(table.lines(judging.summary(Workload(
            "X", "title", None, (Check("cpu", "CPU", "us", 5),)), pairs)))
        self.assertIn("WRONG COUNTS gateway: lost: 3", text)
        self.assertIn("0 good pairs of 1; 1 void, such as: the generator",
                      text)

    def test_too_few_good_pairs_give_no_verdict(self):
        pairs = self.pairs({"gateway": Run({"cpu": 1})})
        made = judging.summary(Workload(
            "X", "title", None, (Check("cpu", "CPU", "us", 5),)), pairs, 5)
        self.assertEqual(made["figures"][0]["verdict"], "void")


class Floods(unittest.TestCase):
    def test_a_flood_has_two_threads_that_one_is_not_the_limit(self):
        ctx = unittest.mock.Mock(**{"timing.return_value": ()})
        with unittest.mock.patch.object(publishing, "run") as run:
            publishing.publish(ctx, rate=None)
            publishing.publish(ctx, rate=5)
        flood, paced = (call[0] for call in run.call_args_list)
        self.assertEqual(flood[flood.index("--threads") + 1], 2)
        self.assertNotIn("--threads", paced)


class FanOut(unittest.TestCase):
    def test_its_roof_reads_once_and_sends_to_all(self):
        ctx = unittest.mock.Mock(seconds=8)
        ctx.programs.roof.return_value = Run({"send": 0.5}, commands=["send"])
        with unittest.mock.patch.object(
                delivering, "deliver_roof",
                return_value=Run({"cpu": 30, "p99": 7}, commands=["read"])):
            made = fanning.fan_out_roof(ctx, rate=500, clients=100,
                                        interval=10)
        self.assertEqual(made.figures["cpu"], 30 / 100 + 0.5)
        self.assertEqual(made.figures["p99"], 7)
        self.assertEqual(made.commands, ["read", "send"])
        words = ctx.programs.roof.call_args[0]
        # Of 500 a second five come within 10 ms of the first.
        for word, value in (("--frames-per-write", 6), ("--rate", 50_000),
                            ("--connections", 100), ("--together", 100)):
            self.assertEqual(words[words.index(word) + 1], value)


class Session(unittest.TestCase):
    def suite(self, *words):
        return suite.Suite(arguments.parse(words), [])

    def finished(self, made):
        with contextlib.redirect_stdout(io.StringIO()) as said:
            return made.finish(), said.getvalue()

    def test_wrong_counts_and_failures_end_with_1_and_a_miss_does_not(self):
        for workload, failed, code in (
                ({"problems": ["gateway: lost: 1"]}, {}, 1),
                ({"problems": []}, {"I1": "ended with 1"}, 1),
                ({"problems": [], "figures": [{"verdict": "miss"}]}, {}, 0)):
            with self.subTest(workload=workload, failed=failed):
                made = self.suite()
                made.result["workloads"] = [{"id": "X", **workload}]
                made.result["failed"] = failed
                self.assertEqual(self.finished(made)[0], code)

    def test_the_result_is_json_and_says_what_was_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "result.json"
            _, said = self.finished(self.suite("--json", str(file)))
            result = json.loads(file.read_text())
        self.assertEqual(result["plan"]["pairs"], 5)
        self.assertIn("F3 broker fetches/s", result["not_run"])
        self.assertIn("not run: F3 broker fetches/s", said)

    def test_it_keeps_the_best_calibration(self):
        made = self.suite()
        made.ours = unittest.mock.Mock()
        for pace in (3, 2, 5):
            made.ours.roof.return_value = Run({"send": pace})
            with unittest.mock.patch.object(machine, "wait_until_idle",
                                            return_value=1):
                made.calibrate()
        self.assertEqual(made.best_pace, 2)


class Peers(unittest.TestCase):
    def find(self, asked):
        not_run = {}
        return [one.name for one in peers.find(asked, not_run)], not_run

    def test_those_that_are_not_there_are_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            found, not_run = self.find(folder)
        self.assertEqual(found, [])
        self.assertIn("there is no ", not_run["peer centrifugo"])
        self.assertIn("no registry has it", not_run["peer seed"])
        self.assertEqual(self.find(None),
                         ([], {"peers": "not asked for (--peers)"}))

    def test_those_that_are_there_run_what_they_can(self):
        with tempfile.TemporaryDirectory() as folder, \
                unittest.mock.patch("shutil.which", return_value="node"):
            for file in ("centrifugo/centrifugo", "seed/package.json"):
                place = pathlib.Path(folder, file)
                place.parent.mkdir()
                place.touch()
            self.assertEqual(self.find(folder), (["centrifugo", "seed"], {}))
            centrifugo, seed = peers.find(folder, {})
        self.assertTrue(centrifugo.side("D1.20k", None))
        self.assertIsNone(centrifugo.side("I1", None))
        self.assertTrue(seed.side("I1.50k", None))
        self.assertIsNone(seed.side("D1.20k", None))

    def test_they_do_the_same_work_as_ours(self):
        titles = {one.id: one.title for one in workloads.WORKLOADS}
        for id, (rate, payload, frames) in peers.seed.SHAPES.items():
            with self.subTest(id):
                self.assertIn(f"{rate:,}/s", titles[id])
                self.assertIn(f" {payload} B", titles[id])
                self.assertIn(f" {frames} frame", titles[id])
        for id, (rate, clients, _) in peers.centrifugo.SHAPES.items():
            with self.subTest(id):
                self.assertIn(f" {rate:,}/s", titles[id])
                self.assertIn(f"to {clients:,} client", titles[id])


class Plot(unittest.TestCase):
    def workload(self, id, rate, cpu, roof):
        return {"id": id, "figures": [
            {"figure": "cpu", "value": {"median": cpu},
             "roof": {"median": roof}}],
            "runs": [{"void": "busy", "sides": {
                "gateway": {"figures": {"rate": 1}}}},
                {"void": None, "sides": {
                    "gateway": {"figures": {"rate": rate}}}}]}

    def test_it_shows_what_ran_and_its_roof(self):
        result = {"machine": {"cpu": "A & B", "cores": 2}, "workloads": [
            self.workload("D1.20k", 20_000, 4, 2),
            self.workload("D1.flat", 1_000_000, 0.5, 0.3)]}
        picture = xml.etree.ElementTree.fromstring(plot.draw(result))
        said = {one.text for one in picture.iter() if one.text}
        self.assertIn("20,000/s: 4 us", said)
        self.assertIn("1,000,000/s: 0.5 us", said)
        circles = [one for one in picture.iter() if "cx" in one.attrib]
        self.assertEqual(len(circles), 2)
        # More to the right, and less is further down.
        first, last = circles
        self.assertLess(float(first.get("cx")), float(last.get("cx")))
        self.assertLess(float(first.get("cy")), float(last.get("cy")))
        dotted = [one for one in picture.iter()
                  if "stroke-dasharray" in one.attrib]
        self.assertEqual(len(dotted), 1)

    def test_one_point_is_no_picture(self):
        self.assertIsNone(plot.draw({"machine": {"cpu": "", "cores": 1},
                                     "workloads": []}))


class CommandLine(unittest.TestCase):
    def chosen(self, only, quick=False):
        some, unknown = arguments.chosen(workloads.WORKLOADS, only, quick)
        return [one.id for one in some], unknown

    def test_ids_are_unique_and_stand_for_their_families(self):
        every = self.chosen(None)[0]
        self.assertEqual(len(every), len(set(every)))
        self.assertEqual(self.chosen("C1,I1"),
                         (["I1", "I1.1k", "I1.50k", "C1"], []))
        self.assertEqual(self.chosen("I1.1k,P1,Z"), (["I1.1k"], ["Z"]))
        quick = self.chosen(None, True)[0]
        self.assertTrue(quick and len(quick) < len(every))

    def test_quick_is_shorter_and_has_as_many_pairs(self):
        quick, full = arguments.parse(["--quick"]), arguments.parse([])
        self.assertLess(quick.seconds, full.seconds)
        self.assertEqual((quick.pairs, full.pairs), (5, 5))

    def test_only_its_own_kafka_works_before_the_first_workload(self):
        warm = [arguments.parse(words).warm_kafka
                for words in ([], ["--quick"], ["--kafka", "host:9092"])]
        self.assertEqual(warm, [True, False, False])

    def test_each_workload_of_the_design_has_five_pairs(self):
        fewer = [one.id for one in workloads.WORKLOADS if one.pairs]
        self.assertEqual(fewer, ["IF"])

    def test_no_pairs_is_a_mistake(self):
        with self.assertRaises(SystemExit), \
                contextlib.redirect_stderr(io.StringIO()):
            arguments.parse(["--pairs", "0"])


if __name__ == "__main__":
    unittest.main()

"""The run of the suite from the command line to the exit code."""
import contextlib
import json
import pathlib
import subprocess
import sys
import time

from . import arguments, judging, machine, micro, pairing, peers, plot
from . import programs, table, warming, workloads
from .broker import Broker
from .context import Context

ROOT = pathlib.Path(__file__).resolve().parents[3]


def main(words=None):
    """0: all ran and every count was right; 1: not so; 2: usage. A target
    that is missed is a finding and no failure."""
    asked = arguments.parse(words)
    if asked.list:
        for one in workloads.WORKLOADS:
            print(f"{one.id:8} {'quick ' if one.quick else '      '}"
                  f"{one.title}")
        print(f"{'P1':8} quick micro benchmarks")
        return 0
    some, unknown = arguments.chosen(workloads.WORKLOADS, asked.only,
                                     asked.quick)
    if unknown:
        print(f"tools/bench: no workload {', '.join(unknown)}; --list names "
              "all", file=sys.stderr)
        return 2
    try:
        return Suite(asked, some).run()
    except programs.Failed as error:
        print(f"tools/bench: {error}", file=sys.stderr)
        return 1


class Suite:
    def __init__(self, asked, some):
        self.asked, self.some = asked, some
        self.micro = not asked.only or "P1" in asked.only.split(",")
        self.started = time.monotonic()
        self.best_pace = None
        self.result = {
            "tool": "tools/bench", "machine": machine.describe(ROOT),
            "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "plan": {"quick": asked.quick, "pairs": asked.pairs,
                     "seconds": asked.seconds, "warmup": asked.warmup,
                     "scale": asked.scale, "warm_kafka": asked.warm_kafka},
            "kafka": None, "calibrations": [], "workloads": [], "failed": {},
            "not_run": dict(workloads.NOT_RUN)}

    def run(self):
        asked = self.asked
        programs.build(ROOT, asked.build, programs.TARGETS[
            :None if self.micro else -1])
        build = asked.build or ROOT / "build/release"
        self.ours = programs.Programs(build)
        self.base = asked.against and programs.Programs(build, asked.against)
        if self.base and not self.base.has("wskafka"):
            raise programs.Failed(f"there is no {asked.against}/bin/wskafka")
        self.say_head()
        with contextlib.ExitStack() as stack:
            kafka = self.start_kafka(stack)
            self.found_peers = peers.find(asked.peers, self.result["not_run"])
            for workload in self.some:
                self.guarded(workload.id,
                             lambda: self.measure(workload, kafka))
        if self.micro:
            self.guarded("P1", self.measure_micro)
        return self.finish()

    def start_kafka(self, stack):
        """Only if a workload needs it; else gateways use the embedded one."""
        if not any(one.needs_kafka for one in self.some):
            return None
        kafka = stack.enter_context(
            Broker(ROOT, self.asked.kafka_version, self.asked.kafka))
        self.result["kafka"] = {"address": kafka.address,
                                "version": None if self.asked.kafka
                                else kafka.version}
        if self.asked.warm_kafka:
            self.note("the new Kafka works for most of a minute before the "
                      "first workload")
            self.guarded("warm-up", lambda: warming.warm(
                Context(self.ours, kafka.address)))
        return kafka.address

    def guarded(self, name, work):
        """One workload that fails does not take the others with it."""
        try:
            work()
        except (programs.Failed, OSError,
                subprocess.SubprocessError) as error:
            self.result["failed"][name] = str(error)
            print(f"{name}  FAILED: {error}", flush=True)

    def measure(self, workload, kafka):
        ctx = Context(self.ours, kafka, self.asked.seconds, self.asked.warmup,
                      self.asked.scale, settle=min(1, self.asked.seconds / 4))
        pairs_wanted = min(workload.pairs or self.asked.pairs,
                           self.asked.pairs)
        with contextlib.ExitStack() as stack:
            sides = dict(workload.sides(ctx, stack))
            if self.base and "gateway" in sides:
                other = Context(self.base, kafka, ctx.seconds, ctx.warmup,
                                ctx.scale, ctx.settle)
                sides["before"] = workload.sides(other, stack)["gateway"]
            for peer in self.found_peers:
                if run := peer.side(workload.id, ctx):
                    sides[peer.name] = run
            pairs = pairing.run_pairs(
                sides, pairs_wanted, self.calibrate, self.note,
                spare=1 if self.asked.quick else pairs_wanted,
                best=self.best_pace)
        self.show(judging.summary(workload, pairs, pairs_wanted))

    def measure_micro(self):
        base = self.asked.against and programs.Programs(self.asked.against)
        if base and not base.has("wskafka-micro"):
            self.result["not_run"]["P1 against"] = (
                f"there is no {base.path('wskafka-micro')}")
            base = None
        self.show(micro.measure(self.ours, base, self.asked.pairs,
                                0.02 if self.asked.quick else 0.2))

    def calibrate(self):
        """Microseconds of a send now, when the machine is as quiet as it gets
        in time."""
        idle = machine.wait_until_idle(self.asked.patience)
        found = self.ours.roof("calibrate", "--duration",
                               min(1, self.asked.seconds / 4))
        pace = found.figures["send"]
        self.best_pace = min(self.best_pace or pace, pace)
        self.result["calibrations"].append(
            {"idle": idle, "send_us": pace,
             "at_s": time.monotonic() - self.started})
        return pace

    def note(self, text):
        print(f"    ({text})", file=sys.stderr, flush=True)

    def say_head(self):
        m = self.result["machine"]
        print(f"wskafka {m['commit']} on {m['cores']} x {m['cpu']}, "
              f"{m['memory_bytes'] >> 30} GiB, Linux {m['kernel']}\n"
              f"medians of {self.asked.pairs} pairs (least to most), "
              f"{self.asked.seconds:g} s each" +
              ("" if self.asked.scale == 1 else
               f"; connections and full topics times {self.asked.scale:g}") +
              "\n", flush=True)

    def plot(self):
        picture = plot.draw(self.result)
        if picture:
            pathlib.Path(self.asked.plot).write_text(picture, "utf-8")
        else:
            print("no plot: it takes two workloads of I or D1 at least")

    def show(self, summary):
        self.result["workloads"].append(summary)
        for line in table.lines(summary):
            print(line)
        if self.asked.commands:
            commands = summary["commands"]
            flat = commands if isinstance(commands, list) else [
                f"{side}: {text}" for side, all_of in commands.items()
                for text in all_of]
            for text in flat:
                print(f"    $ {text}")
        print(flush=True)

    def finish(self):
        self.result["took_s"] = time.monotonic() - self.started
        for name, why in self.result["not_run"].items():
            print(f"not run: {name}: {why}")
        paces = [one["send_us"] for one in self.result["calibrations"]]
        if paces:
            print(f"calibration: a send took {min(paces):.2f} to "
                  f"{max(paces):.2f} us")
        quiet = [one["idle"] for one in self.result["calibrations"]]
        busy = sum(share < machine.IDLE_WANTED for share in quiet)
        if busy:
            print(f"warning: the machine was busy with other things before "
                  f"{busy} of {len(quiet)} pairs; these figures are rough")
        print(f"took {self.result['took_s']:.0f} s")
        if self.asked.json:
            with open(self.asked.json, "w", encoding="utf-8") as file:
                json.dump(self.result, file, indent=1)
                file.write("\n")
        if self.asked.plot:
            self.plot()
        wrong = [one["id"] for one in self.result["workloads"]
                 if one.get("problems")]
        return 1 if wrong or self.result["failed"] else 0

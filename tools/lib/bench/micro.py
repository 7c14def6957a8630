"""P1: the micro benchmarks, and whether another build's were faster."""
import json
import os
import subprocess
import tempfile

from . import figures
from .programs import Failed, typed

GATE = 1.25  # so much slower than before, in every pair, is a miss


def run(programs, seconds, only=None):
    """Nanoseconds of CPU by benchmark."""
    command = [programs.path("wskafka-micro"),
               f"--benchmark_min_time={seconds}"]
    if only:
        command.append(f"--benchmark_filter={only}")
    with tempfile.TemporaryDirectory(prefix="wskafka-bench-") as folder:
        file = os.path.join(folder, "micro.json")
        done = subprocess.run(
            [*command, f"--benchmark_out={file}"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"{typed(command)} failed:\n{done.stderr[-2000:]}")
        with open(file, encoding="utf-8") as text:
            return read(json.load(text)), typed(command)


def read(result):
    """Google Benchmark's JSON; single runs only, each for itself."""
    scale = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    return {one["name"]: one["cpu_time"] * scale[one["time_unit"]]
            for one in result["benchmarks"]
            if one.get("run_type", "iteration") == "iteration" and
            not one.get("error_occurred")}


def compare(now, base):
    """A row for each benchmark; `now` and `base` are lists of runs in which
    the same index is a pair."""
    rows = []
    for name in now[0]:
        mine = [one.get(name) for one in now]
        row = {"name": name, "ns": figures.spread(mine)}
        theirs = [one.get(name) for one in base]
        if base and all(one is not None for one in theirs):
            ratios = figures.ratios(mine, theirs)
            row["base_ns"] = figures.spread(theirs)
            row["ratio"] = figures.spread(ratios)
            slower = row["ratio"]["median"] > GATE and figures.one_sided(ratios)
            row["verdict"] = "miss" if slower else "pass"
        rows.append(row)
    return rows


def measure(programs, base, pairs, seconds):
    now, before, command = [], [], None
    for _ in range(pairs):
        found, command = run(programs, seconds)
        now.append(found)
        if base:
            before.append(run(base, seconds)[0])
    return {"id": "P1", "title": "micro benchmarks, CPU",
            "commands": [command], "rows": compare(now, before)}

"""The command line of tools/bench."""
import argparse
import pathlib

ABOUT = """Measures the gateway beside the roofs of this machine, in pairs.

  tools/bench --quick                  under three minutes
  tools/bench                          everything, about an hour
  tools/bench --only I1,D1 --pairs 7   some workloads (D1: all that start so)
  tools/bench --against DIR            in pairs with another build, too
  tools/bench --peers [DIR]            beside other gateways found in DIR

tools/lib/bench/README.md says how to read the output."""


def parse(words=None):
    parser = argparse.ArgumentParser(
        prog="tools/bench", description=ABOUT, allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--quick", action="store_true",
        help="the most telling workloads, one second each")
    add("--only", metavar="ID,...", help="workloads by their ids")
    add("--list", action="store_true", help="name all workloads, run none")
    add("--pairs", type=int, metavar="N", help="good pairs of each (default 5)")
    add("--seconds", type=float, metavar="S",
        help="measured in each run (default 8, after 2 of warm-up)")
    add("--scale", type=float, metavar="X",
        help="of the counts of connections (C, F1) and of full topics (default "
             "1)")
    add("--json", metavar="FILE", help="the results, all runs included")
    add("--plot", metavar="FILE", help="a picture of the cost of a message")
    add("--commands", action="store_true",
        help="show the command behind each figure")
    add("--kafka", metavar="HOST:PORT",
        help="use this broker as it is, start none")
    add("--kafka-version", default="3.9.1", metavar="V")
    add("--build", type=pathlib.Path, metavar="DIR",
        help="a build folder instead of build/release")
    add("--against", type=pathlib.Path, metavar="DIR",
        help="the build folder of another commit, run in the same pairs")
    add("--peers", nargs="?", const="", metavar="DIR",
        help="other gateways, from DIR or fetched into the cache")
    made = parser.parse_args(words)
    if made.pairs is not None and made.pairs < 1:
        parser.error("--pairs is at least 1")
    quick = made.quick
    made.pairs = made.pairs or 5
    made.seconds = made.seconds or (1 if quick else 8)
    # Whoever names a broker knows its state.
    made.warm_kafka = not quick and not made.kafka
    made.warmup = min(2, made.seconds / 2)
    made.scale = made.scale or (0.2 if quick else 1)
    # A pair waits for a quiet machine, but not for ever.
    made.patience = min(made.seconds, 20) if not quick else 1
    return made


def chosen(workloads, only, quick):
    """Those that were asked for, in the table's order; unknown ids."""
    if not only:
        return [one for one in workloads if one.quick or not quick], []
    ids = [word.strip() for word in only.split(",") if word.strip()]

    def fits(workload, word):
        return workload.id == word or workload.id.startswith(word + ".")
    unknown = [word for word in ids if word != "P1" and
               not any(fits(one, word) for one in workloads)]
    return [one for one in workloads
            if any(fits(one, word) for word in ids)], unknown

"""Interleaved pairs: A B A B, so that a slow moment hits both sides."""
import dataclasses

from . import figures


@dataclasses.dataclass
class Pair:
    """One run of each side under one calibration."""
    runs: dict
    calibration: float = None
    void: str = None


def run_pairs(sides, wanted, calibrate, warn=print, spare=0, best=None):
    """`sides` maps a name to a function that makes a Run. Runs each in turn
    until `wanted` pairs are good; at most `spare` void ones are made up for.
    `best` is the best calibration before them.
    """
    pairs = []
    while (sum(pair.void is None for pair in pairs) < wanted and
           len(pairs) < wanted + spare):
        pace = calibrate()
        if pace is not None:
            best = min(best or pace, pace)
        pair = Pair({name: make() for name, make in sides.items()}, pace)
        pairs.append(pair)
        # A later best may void an earlier pair.
        for one in pairs:
            one.void = void_reason(one, best)
        if pair.void:
            warn(f"void: {pair.void}")
    return pairs


def void_reason(pair, best):
    """The first reason there is: the machine's, or a side's."""
    found = figures.slow_machine(pair.calibration, best)
    for name, run in pair.runs.items():
        # A roof is meant to be the limit itself.
        busy = None if name == "roof" else run.generator_busy
        why = run.limit or figures.busy_generator(busy)
        if why and not found:
            found = f"{name}: {why}"
    return found


def good(pairs):
    """Those that count; all of them when none does (and then say so)."""
    kept = [pair for pair in pairs if pair.void is None]
    return kept or pairs


def values(pairs, side, figure):
    """One figure or count of one side, pair by pair."""
    def of(run):
        return run.figures.get(figure, run.counts.get(figure))
    return [of(pair.runs[side]) if side in pair.runs else None
            for pair in pairs]

"""Medians, spreads and verdicts: the suite's arithmetic, and nothing else."""
import math
import statistics

BUSY_LIMIT = 0.85  # of a core: from there on a generator may be the limit
VOID_FACTOR = 1.5  # a machine so much slower than at its best measures nothing


def spread(values):
    """Median, least and most of the values that are known; None without."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"median": statistics.median(known), "min": min(known),
            "max": max(known), "count": len(known)}


def ratios(upper, lower):
    """upper[i] / lower[i] for each pair of which both sides are known."""
    return [a / b for a, b in zip(upper, lower)
            if a is not None and b not in (None, 0)]


def one_sided(values):
    """Whether all pairs agree: each ratio above 1, or each below."""
    return bool(values) and (min(values) > 1 or max(values) < 1)


def share_of_roof(values, roofs, more_is_better):
    """How near each pair came to its roof, 1 being there, as a spread."""
    return spread(ratios(values, roofs) if more_is_better
                  else ratios(roofs, values))


def verdict(median, target, more_is_better=False):
    """pass or miss; - without a target."""
    if target is None:
        return "-"
    good = median >= target if more_is_better else median <= target
    return "pass" if good else "miss"


def slope(points):
    """How a cost grows: the exponent of a power law through (n, cost). 0 is
    constant, 1 linear. None for less than two different n."""
    logs = [(math.log(n), math.log(cost)) for n, cost in points
            if n > 0 and cost and cost > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x = statistics.fmean(x for x, _ in logs)
    mean_y = statistics.fmean(y for _, y in logs)
    return (sum((x - mean_x) * (y - mean_y) for x, y in logs) /
            sum((x - mean_x) ** 2 for x, _ in logs))


def busy_generator(share):
    """Why a run measured the generator and not the gateway, or None."""
    if share is None or share < BUSY_LIMIT:
        return None
    return f"the generator was the limit: {100 * share:.0f} % of its core"


def slow_machine(calibration, best):
    """Why a pair measured the machine's troubles, or None."""
    if not calibration or not best or calibration <= VOID_FACTOR * best:
        return None
    return (f"the machine was {calibration / best:.1f} times slower than at "
            "its best")

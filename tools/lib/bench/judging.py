"""From pairs of runs to what is reported of a workload."""
from . import figures, ledger, pairing


def summary(workload, pairs, wanted=1):
    """A tree that JSON can hold; the table is made from it. With fewer good
    pairs than `wanted` no verdict is given."""
    sides = list(pairs[0].runs)
    kept = pairing.good(pairs)
    measured = [name for name in sides if name != "roof"]
    made = {
        "id": workload.id, "title": workload.title, "sides": sides,
        "pairs": len(kept),
        "void": [pair.void for pair in pairs if pair.void],
        "good_pairs": sum(pair.void is None for pair in pairs),
        "wanted_pairs": wanted,
        "problems": problems(workload, pairs),
        "warnings": sorted({text for pair in pairs
                            for run in pair.runs.values()
                            for text in run.warnings}),
        "generator_busy": figures.spread(
            [run.generator_busy for pair in kept
             for name, run in pair.runs.items() if name != "roof"]),
        "commands": {name: pairs[-1].runs[name].commands for name in sides},
        "runs": [as_json(pair) for pair in pairs],
    }
    if workload.growth:
        made["growth"] = growth(workload, kept, measured)
    else:
        made["figures"] = [figure(check, kept, sides)
                           for check in workload.checks]
    if made["good_pairs"] < wanted:
        for one in made.get("figures") or made.get("growth") or []:
            for judged in (one, *one.get("against", {}).values()):
                if judged.get("verdict", "-") != "-":
                    judged["verdict"] = "void"
    return made


def problems(workload, pairs):
    return sorted({f"{name}: {text}" for pair in pairs
                   for name, run in pair.runs.items()
                   for text in ledger.problems(run.counts,
                                               workload.repeats_allowed)})


def as_json(pair):
    return {"calibration_us": pair.calibration, "void": pair.void,
            "sides": {name: {"figures": run.figures, "counts": run.counts,
                             "generator_busy": run.generator_busy}
                      for name, run in pair.runs.items()}}


def figure(check, pairs, sides):
    mine = pairing.values(pairs, "gateway", check.figure)
    made = {"figure": check.figure, "label": check.label, "unit": check.unit,
            "target": check.target, "more_is_better": check.more_is_better,
            "value": figures.spread(mine), "verdict": "-"}
    if made["value"]:
        made["verdict"] = figures.verdict(made["value"]["median"],
                                          check.target, check.more_is_better)
    if check.roof and "roof" in sides:
        roof = pairing.values(pairs, "roof", check.roof)
        made["roof"] = figures.spread(roof)
        made["share_of_roof"] = figures.share_of_roof(mine, roof,
                                                      check.more_is_better)
    for other in sides:
        if other in ("gateway", "roof"):
            continue
        theirs = pairing.values(pairs, other, check.figure)
        against = figures.ratios(mine, theirs)
        one = made.setdefault("against", {})[other] = {
            "value": figures.spread(theirs), "ratio": figures.spread(against),
            "all_pairs_agree": figures.one_sided(against)}
        if check.beside and check.beside[0] == other and one["ratio"]:
            one["target"] = check.beside[1]
            one["verdict"] = figures.verdict(one["ratio"]["median"],
                                             one["target"])
    return made


def growth(workload, pairs, sizes):
    rows = []
    for check in workload.checks:
        values = {size: figures.spread(
            pairing.values(pairs, size, check.figure)) for size in sizes}
        known = [(int(size), one["median"])
                 for size, one in values.items() if one]
        costs = [cost for _, cost in known]
        row = {"figure": check.figure, "label": check.label,
               "unit": check.unit, "of": workload.growth, "values": values,
               "slope": figures.slope(known),
               "most_over_least": max(costs) / min(costs)
               if costs and min(costs) > 0 else None, "verdict": "-"}
        limit = (workload.most_growth if check.figure == "cpu"
                 else check.target)
        if limit and row["most_over_least"]:
            row["target"] = limit
            row["verdict"] = figures.verdict(row["most_over_least"], limit)
        rows.append(row)
    return rows

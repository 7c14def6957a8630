"""The results as text for people; everything in it is in the JSON, too."""


def number(value):
    """Three digits that matter, thousands apart."""
    if value is None:
        return "-"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def quantity(value, unit):
    if unit == "us" and value is not None and abs(value) >= 1000:
        return f"{value / 1000:.3g} ms"
    if unit == "KiB" and value is not None and abs(value) >= 10_000:
        return f"{value / 1024:,.0f} MiB"
    return f"{number(value)} {unit}".rstrip()


def lines(result):
    """Of one workload."""
    if "rows" in result:
        yield from micro_lines(result)
        return
    busy = result["generator_busy"]
    head = f"{result['id']}  {result['title']}"
    yield head + f"  [{result['pairs']} pairs" + (
        f", generator {100 * busy['median']:.0f} % of its core" if busy
        else "") + "]"
    if "growth" in result:
        yield from growth_lines(result["growth"])
    else:
        yield from figure_lines(result)
    for text in result["problems"]:
        yield f"    WRONG COUNTS {text}"
    if result["void"]:
        yield (f"    {result['good_pairs']} good pairs of "
               f"{result['wanted_pairs']}; {len(result['void'])} void, such "
               f"as: {result['void'][-1]}")
    for text in result["warnings"]:
        yield f"    warning: {text}"


def figure_lines(result):
    for one in result["figures"]:
        value, unit = one["value"], one["unit"]
        if not value:
            yield f"    {one['label']:14} not measured"
            continue
        text = (f"    {one['label']:14} {quantity(value['median'], unit):>16}"
                f"  ({number(value['min'])} to {number(value['max'])})")
        if one.get("roof"):
            text += f"  roof {quantity(one['roof']['median'], unit)}"
        if one.get("share_of_roof"):
            share = one["share_of_roof"]
            text += (f", share of roof {share['median']:.2f}"
                     f" ({share['min']:.2f} to {share['max']:.2f})")
        if one["target"] is not None:
            sign = ">=" if one["more_is_better"] else "<="
            text += (f"  {one['verdict'].upper()}"
                     f" ({sign} {quantity(one['target'], unit)})")
        yield text
        for name, other in one.get("against", {}).items():
            if other["ratio"]:
                same = other["ratio"]["min"] == other["ratio"]["max"]
                sure = ("" if same or other["all_pairs_agree"]
                        else ", pairs disagree")
                if other.get("target"):
                    sure += (f"  {other['verdict'].upper()}"
                             f" (<= {other['target']} of it)")
                yield (f"      {name:12} "
                       f"{quantity(other['value']['median'], unit):>16}  ours "
                       f"is {other['ratio']['median']:.2f} of it{sure}")


def growth_lines(rows):
    for one in rows:
        yield f"    {one['label']} ({one['unit']})".replace(" ()", "") + \
            f" by {one['of']}: " + ", ".join(
                f"{size}: {number(value['median'] if value else None)}"
                for size, value in one["values"].items())
        if one["slope"] is not None:
            text = (f"      exponent {one['slope']:+.2f}, most over least "
                    f"{one['most_over_least']:.2f}")
            if one.get("target"):
                text += f"  {one['verdict'].upper()} (<= {one['target']})"
            yield text


def micro_lines(result):
    yield f"{result['id']}  {result['title']}"
    for one in result["rows"]:
        spread = one["ns"]
        text = (f"    {one['name']:44} {number(spread['median']):>9} ns"
                f"  ({number(spread['min'])} to {number(spread['max'])})")
        if "ratio" in one:
            text += (f"  {one['ratio']['median']:.2f} of before "
                     f"{one['verdict'].upper()}")
        yield text

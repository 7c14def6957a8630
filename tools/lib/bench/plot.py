"""One picture of a run: what a message costs as more of them come."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 430
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 40, 60

# What is drawn: a name, a colour, the workloads whose ids start so.
LINES = (
    ("publish, buffers off", "#5f8f2f", ("I3.1k", "I3.10k", "I3.50k")),
    ("publish, 1 frame a write", "#0b6e99", ("I1.50k", "I1")),
    ("publish, 32 frames a write", "#8a4fbf", ("I2.200k", "I2")),
    ("Kafka to one client", "#c2571a",
     ("D1.1k", "D1.20k", "D1.50k", "D1.200k", "D1.flat")),
)


def points(workloads, ids, side):
    """(messages a second, us of CPU for each) of those that ran, by rate."""
    found = []
    for one in workloads:
        if one["id"] not in ids:
            continue
        runs = [run["sides"] for run in one["runs"] if not run["void"]] or [
            run["sides"] for run in one["runs"]]
        rates = sorted(run["gateway"]["figures"]["rate"] for run in runs)
        cpu = next(each for each in one["figures"] if each["figure"] == "cpu")
        value = cpu["value"] if side == "gateway" else cpu.get("roof")
        if value and rates[len(rates) // 2]:
            found.append((rates[len(rates) // 2], value["median"]))
    return sorted(found)


def draw(result):
    """SVG; None when there are fewer than two points in all."""
    drawn = [(name, colour, points(result["workloads"], ids, "gateway"),
              points(result["workloads"], ids, "roof"))
             for name, colour, ids in LINES]
    every = [point for *_, ours, roof in drawn for point in ours + roof]
    if len(every) < 2:
        return None
    x = scale([rate for rate, _ in every], LEFT, WIDTH - RIGHT)
    y = scale([cost for _, cost in every], HEIGHT - BOTTOM, TOP)
    parts = [frame(x, y, result)]
    for row, (name, colour, ours, roof) in enumerate(drawn):
        parts.append(line(roof, x, y, colour, ' stroke-dasharray="3 4"'))
        parts.append(line(ours, x, y, colour, ""))
        parts += [f'<circle cx="{x(rate):.1f}" cy="{y(cost):.1f}" r="4" '
                  f'fill="{colour}"><title>{rate:,.0f}/s: {cost:.3g} us'
                  '</title></circle>' for rate, cost in ours]
        parts.append(text(WIDTH - RIGHT + 16, TOP + 20 + 22 * row, name,
                          f' fill="{colour}"'))
    parts.append(text(WIDTH - RIGHT + 16, TOP + 32 + 22 * len(drawn),
                      "dotted: the same work", ' fill="#555"'))
    parts.append(text(WIDTH - RIGHT + 16, TOP + 50 + 22 * len(drawn),
                      "without a gateway", ' fill="#555"'))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *parts, "</svg>", ""])


def scale(values, begin, end):
    """From a value to its place on a logarithmic axis of whole decades."""
    low = math.floor(math.log10(min(values)))
    high = max(math.ceil(math.log10(max(values))), low + 1)

    def place(value):
        return begin + (end - begin) * (math.log10(value) - low) / (high - low)
    place.decades = [10.0 ** power for power in range(low, high + 1)]
    return place


def frame(x, y, result):
    made = [text(LEFT, 22, "CPU of the gateway for each message",
                 ' font-weight="bold"'),
            text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12,
                 "messages a second; " + result["machine"]["cpu"] +
                 f", {result['machine']['cores']} cores",
                 ' text-anchor="middle"')]
    for value in x.decades:
        made.append(grid(x(value), TOP, x(value), HEIGHT - BOTTOM))
        made.append(text(x(value), HEIGHT - BOTTOM + 20, f"{value:,.0f}",
                         ' text-anchor="middle"'))
    for value in y.decades:
        made.append(grid(LEFT, y(value), WIDTH - RIGHT, y(value)))
        made.append(text(LEFT - 8, y(value) + 4, f"{value:g} us",
                         ' text-anchor="end"'))
    return "\n".join(made)


def grid(x1, y1, x2, y2):
    return (f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" '
            'stroke="#ddd"/>')


def line(found, x, y, colour, more):
    way = "L".join(f"{x(rate):.1f} {y(cost):.1f}" for rate, cost in found)
    return (f'<path d="M{way}" fill="none" stroke="{colour}" '
            f'stroke-width="2"{more}/>') if len(found) > 1 else ""


def text(x, y, words, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(words)}</text>'

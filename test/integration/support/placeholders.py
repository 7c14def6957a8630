"""`${...}` in transcripts: names of the run, generated text, matchers."""

# What may stand for a value in an expectation; match.py knows what each
# accepts. `...` stands for any number of elements or members.
MATCHERS = ("id", "number", "text", "any", "...")
MARK = "\ue000"


class Names:
    """`${topic1}`, `${group1}`, ...: the same name within one scenario, and
    another one in each scenario and run."""

    def __init__(self, prefix):
        self._prefix = prefix

    def __getitem__(self, name):
        return f"{self._prefix}-{name}"


def _inside(text, start):
    """The end of the `${...}` that starts at `start`, braces counted."""
    depth = 0
    for at in range(start, len(text)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
    raise ValueError(f"unclosed ${{ in: {text[:80]}")


def _generated(name, names):
    kind, _, rest = name.partition(":")
    if kind in ("repeat", "list"):
        count, _, piece = rest.partition(":")
        if kind == "repeat":
            return fill(piece, names) * int(count)
        return ",".join(fill(piece, names).replace("#", str(i))
                        for i in range(int(count)))
    if name and name.isalnum():
        return names[name]
    raise ValueError(f"unknown placeholder ${{{name}}}")


def is_matcher(name):
    return name in MATCHERS or name.startswith("one:")


def fill(text, names, matcher=None):
    """The text with every placeholder replaced. A matcher becomes what
    `matcher(name, text before it)` returns; None: none is allowed."""
    out, at = [], 0
    while True:
        start = text.find("${", at)
        if start < 0:
            out.append(text[at:])
            return "".join(out)
        out.append(text[at:start])
        end = _inside(text, start)
        name = text[start + 2:end]
        if is_matcher(name):
            if matcher is None:
                raise ValueError(f"${{{name}}} has no value here")
            out.append(matcher(name, text[:start]))
        else:
            out.append(_generated(name, names))
        at = end + 1

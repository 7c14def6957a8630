"""Whether a frame is the one that a transcript expects."""
import json
import re

from support.placeholders import MARK, fill


class Number(str):
    """A number as it is written: 1e400 and 2^64 are not 1e4000 and 0."""


def parse(text):
    """JSON with the order of keys (objects as tuples of pairs) and the
    spelling of numbers kept."""
    return json.loads(text, object_pairs_hook=tuple, parse_int=Number,
                      parse_float=Number, parse_constant=_no_constant)


def _no_constant(name):
    raise ValueError(f"{name} is no JSON")


def expectation(text, names):
    """What `mismatch` compares with; a matcher is a marked string."""
    def marked(name, before):
        quoted = json.dumps(MARK + name)
        # In an object the rest of the members takes the place of a key.
        in_object = name == "..." and _innermost(before) == "{"
        return quoted + ":0" if in_object else quoted
    return parse(fill(text, names, marked))


def _innermost(text):
    """The bracket that is open at the end of the text."""
    open_ones, in_string, escaped = [], False, False
    for c in text:
        if in_string:
            if escaped:
                escaped = False
            elif c == "\\":
                escaped = True
            elif c == '"':
                in_string = False
        elif c == '"':
            in_string = True
        elif c in "[{":
            open_ones.append(c)
        elif c in "]}":
            open_ones.pop()
    return open_ones[-1] if open_ones else ""


def is_rest(value):
    return value == MARK + "..."


def _matcher_refuses(name, value):
    if name == "any":
        return False
    if name in ("id", "number"):
        return not (isinstance(value, Number) and
                    (name == "number" or value.isdigit()))
    if isinstance(value, Number) or not isinstance(value, str):
        return True
    if name == "text":
        return not value
    return value not in name.partition(":")[2].split("|")


def mismatch(want, got, path="$"):
    """None, or where and how the value differs from the expectation."""
    if isinstance(want, str) and want.startswith(MARK):
        if _matcher_refuses(want[1:], got):
            return f"{path}: {show(got)} is no {want[1:]}"
        return None
    if isinstance(want, tuple) and isinstance(got, tuple):
        return _members(want, got, path)
    if isinstance(want, list) and isinstance(got, list):
        return _elements(want, got, path)
    if type(want) is type(got) and want == got:
        return None
    return f"{path}: {show(got)} instead of {show(want)}"


def _members(want, got, path):
    """Objects: the same keys in the same order, with gaps where a rest
    stands."""
    open_end = bool(want) and is_rest(want[-1][0])
    if any(is_rest(key) for key, _ in want[:-1]):
        return None if _fits(want, got, _same_member) else (
            f"{path}: members do not fit")
    if open_end:
        want = want[:-1]
    for i, (key, value) in enumerate(want):
        if i >= len(got):
            return f"{path}: {key} is missing"
        if got[i][0] != key:
            return f"{path}: key {got[i][0]} where {key} should be"
        why = mismatch(value, got[i][1], f"{path}.{key}")
        if why:
            return why
    if len(got) > len(want) and not open_end:
        return f"{path}: key {got[len(want)][0]} too many"
    return None


def _same_member(want, got):
    return want[0] == got[0] and mismatch(want[1], got[1]) is None


def _same_element(want, got):
    return mismatch(want, got) is None


def _elements(want, got, path):
    """Arrays: in order, with gaps where a rest stands."""
    if not any(is_rest(one) for one in want):
        for i, (one, other) in enumerate(zip(want, got)):
            why = mismatch(one, other, f"{path}[{i}]")
            if why:
                return why
        if len(want) != len(got):
            return f"{path}: {len(got)} elements instead of {len(want)}"
        return None
    return None if _fits(want, got, _same_element) else (
        f"{path}: elements do not fit")


def _fits(want, got, same):
    """`ends` holds how much of `got` the expectations so far may have taken;
    no recursion, as lists are long."""
    ends = {0}
    for one in want:
        # A member is a pair of its key and its value.
        if is_rest(one) or isinstance(one, tuple) and one and \
                is_rest(one[0]):
            ends = set(range(min(ends), len(got) + 1)) if ends else ends
        else:
            ends = {end + 1 for end in ends
                    if end < len(got) and same(one, got[end])}
    return len(got) in ends


def exact(text, names):
    """A regular expression for the very bytes of a frame."""
    forms = {"id": r"\d+", "number": r"-?\d[\d.eE+-]*",
             "text": r'"(?:[^"\\]|\\.)+"', "any": ".*?", "...": ".*?"}
    found = []

    def placed(name, _):
        found.append(forms[name])
        return MARK
    plain = fill(text, names, placed).split(MARK)
    pattern = "".join(re.escape(a) + b for a, b in zip(plain, [*found, ""]))
    return re.compile(pattern, re.DOTALL)


def show(value):
    """A parsed value as JSON again, cut when long."""
    text = json.dumps(_plain(value), ensure_ascii=False)
    text = text.replace(MARK, "$")
    return text if len(text) <= 300 else text[:300] + "..."


def _plain(value):
    if isinstance(value, tuple):
        return {key: _plain(inner) for key, inner in value}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, Number) else value

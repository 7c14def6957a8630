"""The protocol's AsyncAPI document: its messages, and what fits them."""
import json
import re

import jsonschema
import yaml

from support.server import ROOT

DOCUMENT = ROOT / "protocol/asyncapi.yaml"
# Their parts hold for a part of the values only.
CONDITIONS = ("if", "then", "else", "not")


class Document:
    """`messages` by name, all references resolved; `operations` with the names
    of their messages. May be changed, to see what becomes of it."""

    def __init__(self, path=DOCUMENT):
        self._files = {}
        root = self._file(path)
        self.version = root["info"]["version"]
        [channel] = root["channels"].values()
        self.closes = set(map(int, channel["x-close-codes"]))
        self.messages = {name: self._resolved(ref, path)
                         for name, ref in channel["messages"].items()}
        self.operations = {}
        for name, one in root["operations"].items():
            told = one.get("reply", {}).get("messages", [])
            self.operations[name] = {
                "action": one["action"],
                "messages": [last_of(ref) for ref in one["messages"]],
                "reply": [last_of(ref) for ref in told]}
        schemas = self._file(path.parent / "asyncapi/schemas.yaml")
        self.codes = schemas["ownCode"]["enum"]

    def _file(self, path):
        path = path.resolve()
        if path not in self._files:
            self._files[path] = yaml.safe_load(path.read_text())
        return self._files[path]

    def _resolved(self, node, path):
        if isinstance(node, list):
            return [self._resolved(one, path) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" not in node:
            return {key: self._resolved(one, path)
                    for key, one in node.items()}
        file, _, pointer = node["$ref"].partition("#/")
        where = path.parent / file if file else path
        found = self._file(where)
        for key in pointer.split("/"):
            found = found[key]
        return self._resolved(found, where)

    def payload(self, name):
        return self.messages[name]["payload"]

    def requests(self):
        """(operation, message) of each that the server receives."""
        return [(name, message) for name, one in self.operations.items()
                if one["action"] == "receive" for message in one["messages"]]

    def sent(self):
        """The messages that come by themselves, and what answers nonsense."""
        return [message for one in self.operations.values()
                if one["action"] == "send" for message in one["messages"]]

    def request_of(self, message):
        """The operation and the message that this one says it is, or None."""
        for name, one in self.requests():
            t, a = self.type_and_actions(one)
            if isinstance(message, dict) and message.get("t") == t and (
                    a is None or message.get("a") in a):
                return name, one
        return None

    def type_and_actions(self, name):
        """`t`, and the values of `a` (None: absent); None: any."""
        payload = self.payload(name)
        keys = payload["properties"]
        if "a" not in keys or "type" in keys["a"]:
            return keys["t"]["const"], None
        named = keys["a"].get("enum") or [keys["a"]["const"]]
        if "a" not in payload["required"]:
            named = [*named, None]
        return keys["t"]["const"], named

    def misfit(self, name, value):
        """None, or why the value is not this message."""
        checker = jsonschema.Draft7Validator(closed(self.payload(name)))
        wrong = jsonschema.exceptions.best_match(checker.iter_errors(value))
        if wrong is None:
            return None
        where = "".join(f"[{one!r}]" for one in wrong.absolute_path)
        return f"{name}{where}: {wrong.message[:300]}"

    def fitting(self, names, value):
        """The first of these messages that the value fits; None and why."""
        reasons = []
        for name in names:
            why = self.misfit(name, value)
            if why is None:
                return name, None
            reasons.append(why)
        return None, "; ".join(reasons)


def last_of(ref):
    return ref["$ref"].rsplit("/", 1)[1]


def closed(schema):
    """For the test no key may come that is not listed; clients are told to
    expect new ones."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: one if key in CONDITIONS else closed(one)
           for key, one in schema.items()}
    # The map of properties may itself have a member of that name.
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        out.setdefault("additionalProperties", False)
    return out


def parts(schema):
    """The schema and those that it is put together from."""
    if not isinstance(schema, dict):
        return
    yield schema
    for key in ("allOf", "oneOf", "anyOf"):
        for one in schema.get(key, []):
            yield from parts(one)


def members(schema, value, path=""):
    """(path, schema, value) of every key that the schema lists; with a value,
    of those that are in it. Without: None instead."""
    for part in parts(schema):
        for key, inner in part.get("properties", {}).items():
            if value is None:
                yield f"{path}.{key}", inner
                yield from members(inner, None, f"{path}.{key}")
            elif isinstance(value, dict) and key in value:
                yield f"{path}.{key}", inner
                if value[key] is not None:
                    yield from members(inner, value[key], f"{path}.{key}")
        items = part.get("items")
        if isinstance(items, dict):
            for one in [None] if value is None else (
                    value if isinstance(value, list) else []):
                yield from members(items, one, f"{path}[]")


def difference(schema, want, got, path="$"):
    """None, or where the value differs from the example although the schema
    does not let it vary. `…` in the example's texts is any text."""
    some = list(parts(schema))
    if any(part.get("x-varies") for part in some):
        return None
    if isinstance(want, str) and isinstance(got, str) and "…" in want:
        pattern = ".*".join(map(re.escape, want.split("…")))
        if re.fullmatch(pattern, got, re.DOTALL):
            return None
    elif isinstance(want, dict) and isinstance(got, dict):
        if list(want) != list(got):
            return f"{path}: keys {list(got)}, not {list(want)}"
        for key in want:
            why = difference(member_of(some, key), want[key], got[key],
                             f"{path}.{key}")
            if why:
                return why
        return None
    elif isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{path}: {len(got)} elements, not {len(want)}"
        items = next((part["items"] for part in some if "items" in part), {})
        for i, (one, other) in enumerate(zip(want, got)):
            inner = items if isinstance(items, dict) else items[i]
            why = difference(inner, one, other, f"{path}[{i}]")
            if why:
                return why
        return None
    elif json.dumps(want) == json.dumps(got):
        return None
    return f"{path}: {json.dumps(got)[:300]}, not {json.dumps(want)[:300]}"


def member_of(some, key):
    for part in some:
        if key in part.get("properties", {}):
            return part["properties"][key]
    for part in some:
        if isinstance(part.get("additionalProperties"), dict):
            return part["additionalProperties"]
    return {}

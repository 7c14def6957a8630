"""What the server knows, by its own words."""
import re

from support.raw import Raw
from support.server import Server

# No request has it, nor one that is near.
NO_KEY = "?????????????????"


def quoted_behind(text, words):
    """The names in quotes behind the words."""
    return re.findall(r'"([a-z_]+)"', text.partition(words)[2])


class Told:
    """Its hello, the requests that it names when it refuses one, and the keys
    that it names when it refuses one of those."""

    def __init__(self):
        # With all that is off where nobody asks for it.
        with Server({"kafka_config": {
                "allow_delete_topics": True}}) as server:
            client = Raw(server.url)
            self._client = client
            try:
                self.hello = client.request(id=1, t="hello")["p"]
                self.requests = self._requests()
                # By (t, a); None when `p` is no object with keys.
                self.keys = {one: self._keys(*one) for one in self.requests}
            finally:
                client.reset()

    def _message(self, **request):
        reply = self._client.request(id=2, **request)
        return reply["p"].get("message", "") if reply["s"] else ""

    def _requests(self):
        known = set()
        for t in quoted_behind(self._message(t="?"), "t must be"):
            actions = quoted_behind(self._message(t=t, a="?"), ";")
            known |= {(t, a) for a in actions or [None]}
        return known

    def _keys(self, t, a):
        request = {"t": t, "p": {NO_KEY: 0}}
        text = self._message(**(request if a is None else {**request, "a": a}))
        if "this request has no keys" in text:
            return []
        return quoted_behind(text, "it may have") or None


def told_faults(document, told):
    if document.version != told.hello["version"]:
        yield f"the version is {told.hello['version']}"
    documented = {}
    for _, name in document.requests():
        t, actions = document.type_and_actions(name)
        documented[(t, actions[0] if actions else None)] = name
    for one in documented.keys() ^ told.requests:
        yield f"{one} is in one of document and server only"
    for one in documented.keys() & told.requests:
        p = document.payload(documented[one])["properties"].get("p", {})
        keys = list(p.get("properties", {}))
        # A payload that is a list has no keys to ask for.
        if set(keys) != set(told.keys[one] or []):
            yield f"the keys of {one} are {told.keys[one]}, not {keys}"
        if keys and p.get("additionalProperties") is not False:
            yield f"{documented[one]} allows other keys"
    p = document.payload("helloTold")["properties"]["p"]["properties"]
    features = p["features"]["items"]["enum"]
    if features != told.hello["features"]:
        yield f"the features are {told.hello['features']}, not {features}"

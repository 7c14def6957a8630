"""The transcripts, which the server keeps to, as talks without a server: what
they send and expect is in the document, too, and what is refused there is not."""
import json

from support import transcript
from support.placeholders import Names, fill
from support.reference import SHAPE, asked, message_of, sent_of
from support.server import ROOT
from support.talks import Line, Talk

FOLDER = ROOT / "test/data/transcripts"
# What stands for a value that is not told.
SAMPLES = {"id": 1, "number": 1, "text": "…"}
# Requests that are refused for what no schema says, or allowed by a setting.
BEYOND = {
    "control: a broadcast's topic is paused as a whole",
    "control: what is refused",
    "control: without a subscription there is nothing to control",
    "create: what Kafka itself refuses carries Kafka's name",
    "create: names that start with __ may be used with allow_internal_topics",
    "delete: what is no list of names is refused",
    "describe: Kafka's own may be described with allow_internal_topics",
    "describe: what is no list of names is refused",
    "envelope: duplicate keys are refused in the envelope and in p",
    "envelope: a lone surrogate is refused where the string is used",
    "limits: 101 topics in a create are refused, and none is made",
    "limits: 101 topics in a subscribe are refused",
    "offsets: what is no question for offsets is refused",
    "patterns: what is refused",
    "publishing: where the brokers acknowledge nothing a receipt is refused",
    "resume: what from must be",
    "shapes: the same topic twice counts once, and two ways it is refused",
    "shapes: what no shape is is refused as a whole",
}


class Open(ValueError):
    """Part of the frame is left open."""


def sample(name, _):
    if name in ("any", "..."):
        raise Open(name)
    if name.startswith("one:"):
        return json.dumps(name[4:].split("|")[0])
    return json.dumps(SAMPLES[name])


def talks_of(scenario):
    """One for each of its connections; `got` is what is expected, None where
    that is left open."""
    names = Names("corpus")
    lines = {}
    for step in scenario.steps:
        mine = lines.setdefault(step.who, [])
        if step.what in (">", ">binary", "until"):
            mine.append(Line(">", fill(step.text, names), step.line))
        elif step.what == ">fragments":
            whole = "".join(json.loads(fill(step.text, names)))
            mine.append(Line(">", whole, step.line))
        elif step.what in ("<", "<?", "="):
            try:
                got = json.loads(fill(step.text, names, sample))
            except Open:
                got = None
            mine.append(Line("<", step.text, step.line, got))
    return [Talk({}, some) for some in lines.values() if some]


def pruned(schema, message):
    """Without the keys that are ignored, as far as there was no hello."""
    known = schema["properties"]
    out = {key: value for key, value in message.items() if key in known}
    inner = known.get("p", {}).get("properties")
    if inner is not None and isinstance(out.get("p"), dict):
        out["p"] = {key: value for key, value in out["p"].items()
                    if key in inner}
    return out


def talk_faults(document, talk, scenario):
    where = f"{scenario.file}.txt"
    refused, answered = [], []
    for line in talk.lines:
        if line.who != "<" or line.got is None:
            continue
        name, why = message_of(document, talk, line.got)
        if name is None:
            yield f"{where}:{line.number}: no message of the document: {why}"
        if isinstance(line.got, dict) and "refid" in line.got:
            request = asked(talk, line.got)
            answered.append(request)
            if line.got["s"] == 1 and line.got["p"]["code"] in SHAPE:
                refused.append(request)
    for line, message in sent_of(talk):
        found = document.request_of(message)
        if (message not in answered or not found or
                scenario.name in BEYOND):
            continue
        why = document.misfit(found[1], message)
        if message in refused and not why:
            yield f"{where}:{line.number}: refused, but a {found[1]}"
        if message not in refused and why:
            known = pruned(document.payload(found[1]), message)
            why = document.misfit(found[1], known)
            if why:
                yield f"{where}:{line.number}: {why}"


def faults(document):
    return [why for scenario in transcript.read_folder(FOLDER)
            for talk in talks_of(scenario)
            for why in talk_faults(document, talk, scenario)]

"""Whether the reference (protocol/README.md, asyncapi.yaml) is what the server
did: sentences of what is wrong."""
import json

from support.asyncapi import difference, members
from support.reference_tables import code_faults, table_faults
from support.told import told_faults

# A request that gets one of these does not fit its schema either.
SHAPE = ("INVALID_JSON", "INVALID_REQUEST", "INVALID_TOPIC_EXCEPTION",
         "UNKNOWN_TYPE", "UNKNOWN_ACTION")
# What no talk shows: it takes 1,001 connections.
UNSEEN = {"healthTold.p.total"}


def sent_of(talk):
    """(line, message) of what the client sends; arrays are several."""
    for line in talk.lines:
        if line.who == ">":
            for message in line.messages():
                yield line, message


def asked(talk, answer):
    """The message that it answers, or None: the one with its id, or else the
    first that has none and is of its kind."""
    for _, one in sent_of(talk):
        if isinstance(one, dict) and all(
                one.get(ours) == answer.get(theirs) for ours, theirs in
                (("id", "refid"), ("t", "t"), ("a", "a"))):
            return one
    return None


def message_of(document, talk, got):
    """The message's name that came, or None and why it is none."""
    unasked = document.sent()
    if isinstance(got, dict) and "s" in got:
        found = document.request_of(asked(talk, got))
        if found:
            return document.fitting(
                document.operations[found[0]]["reply"], got)
    return document.fitting(unasked, got)


def talk_faults(document, talk):
    refused = []
    for line in talk.lines:
        if line.who != "<":
            continue
        name, why = message_of(document, talk, line.got)
        if name is None:
            yield f"line {line.number}: no message of the document: {why}"
            continue
        if line.value() is None:
            yield f"line {line.number}: no JSON"
            continue
        why = difference(document.payload(name), line.value(), line.got)
        if why:
            yield f"line {line.number}, {name}: {why}"
        if isinstance(line.got, dict) and line.got.get("s") == 1 and (
                line.got["p"]["code"] in SHAPE):
            refused.append(asked(talk, line.got))
    for line, message in sent_of(talk):
        found = document.request_of(message)
        why = document.misfit(found[1], message) if found else "no request"
        if message in refused and not why:
            yield f"line {line.number}: refused, but a {found[1]} of the document"
        if message not in refused and why and isinstance(message, dict):
            yield f"line {line.number}: {why}"


def shown(document, talks):
    """The paths of all keys that the talks show."""
    seen = set()
    for talk in talks:
        for _, message in sent_of(talk):
            found = document.request_of(message)
            if found and not document.misfit(found[1], message):
                payload = document.payload(found[1])
                seen |= {found[1] + path
                         for path, _ in members(payload, message)}
        for line in talk.lines:
            if line.who == "<":
                name, _ = message_of(document, talk, line.got)
                if name:
                    seen |= {name + path for path, _ in members(
                        document.payload(name), line.got)}
    return seen


def example_faults(document, talks):
    """Each message has an example, and each example is a line of a talk."""
    texts = {">": set(), "<": set()}
    for talk in talks:
        texts[">"] |= {json.dumps(message) for _, message in sent_of(talk)}
        texts["<"] |= {json.dumps(line.value()) for line in talk.lines
                       if line.who == "<"}
    requests = {message for _, message in document.requests()}
    for name, message in document.messages.items():
        if not message.get("examples"):
            yield f"{name} has no example"
        for one in message.get("examples", []):
            why = document.misfit(name, one["payload"])
            if why:
                yield f"example {one['name']} of {why}"
            who = ">" if name in requests else "<"
            if json.dumps(one["payload"]) not in texts[who]:
                yield f"example {one['name']} of {name} is no line of a talk"
    seen = shown(document, talks) | UNSEEN
    for name in document.messages:
        for path, _ in members(document.payload(name), None):
            if name + path not in seen:
                yield f"{name}{path} is in no talk"


def faults(document, talks, told, readme):
    """All of them."""
    found = [why for talk in talks for why in talk_faults(document, talk)]
    found += example_faults(document, talks)
    found += told_faults(document, told)
    found += code_faults(document, readme)
    found += table_faults(document, readme)
    return found

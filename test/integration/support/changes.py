"""Mistakes that somebody could make in the reference, each with a word of what
must then be found."""


def keys(document, name, *path):
    """The properties of a message, or of a key of it."""
    schema = document.payload(name)
    for key in path:
        schema = schema["properties"][key]
        schema = schema["items"] if "items" in schema else schema
    return schema["properties"]


def rename(properties, old, new):
    properties[new] = properties.pop(old)


def without(document, message):
    for one in document.operations.values():
        for kind in ("messages", "reply"):
            one[kind] = [each for each in one[kind] if each != message]
    del document.messages[message]


DOCUMENT = {
    "a key of a request is misspelt": (
        lambda d: rename(keys(d, "publish", "p"), "partition", "partitions"),
        "the keys of ('notif', 'create')"),
    "a key of a request is missing": (
        lambda d: keys(d, "subscribe", "p").pop("window"),
        "the keys of ('topic', 'subscribe')"),
    "a key of a request is made up": (
        lambda d: keys(d, "health", "p").update(colour={}),
        "the keys of ('health', None)"),
    "a request without keys has one": (
        lambda d: keys(d, "unsubscribe").update(
            p={"type": "object", "properties": {"all": {}}}),
        "the keys of ('topic', 'unsubscribe')"),
    "a request allows any key": (
        lambda d: d.payload("publish")["properties"]["p"].pop(
            "additionalProperties"),
        "publish allows other keys"),
    "a key of a reply is misspelt": (
        lambda d: rename(keys(d, "receipt", "p"), "offset", "offsets"),
        "offset"),
    "a key of a reply is missing": (
        lambda d: keys(d, "subscribed").pop("recovered"), "recovered"),
    "a key of a reply is made up": (
        lambda d: keys(d, "pong", "p").update(zone={"type": "string"}),
        "pong.p.zone is in no talk"),
    "a key of a delivery is missing": (
        lambda d: d.payload("delivery")["items"]["properties"]["meta"][
            "properties"].pop("headers"), "headers"),
    "a reply must have what it need not": (
        lambda d: d.payload("subscribed")["required"].append("pos"), "'pos'"),
    "a value is of another type": (
        lambda d: keys(d, "pong", "p").update(time={"type": "string"}),
        "is not of type 'string'"),
    "a limit is too strict": (
        lambda d: keys(d, "subscribe", "p")["window"].update(maximum=99),
        "100 is greater than the maximum of 99"),
    "what is refused is allowed": (
        lambda d: d.payload("subscribe")["properties"]["p"].pop("then"),
        "refused, but a subscribe of the document"),
    "an event is missing": (lambda d: without(d, "gap"), "no message"),
    "a reply is missing": (lambda d: without(d, "subscribed"), "no message"),
    "a request is missing": (
        lambda d: (d.operations.pop("ping"), without(d, "pong")),
        "('ping', None) is in one of document and server only"),
    "a request is made up": (
        lambda d: keys(d, "list").update(a={"const": "listen"}),
        "('topic', 'listen') is in one of document and server only"),
    "a feature is missing": (
        lambda d: keys(d, "helloTold", "p")["features"]["items"][
            "enum"].remove("flush"), "the features are"),
    "a feature is made up": (
        lambda d: keys(d, "helloTold", "p")["features"]["items"][
            "enum"].append("zip"), "the features are"),
    "a code is missing": (
        lambda d: d.codes.remove("SUPERSEDED"), "SUPERSEDED is in one of"),
    "a code is made up": (
        lambda d: d.codes.append("TIRED"), "TIRED is in one of"),
    "a close code is made up": (
        lambda d: d.closes.add(4444), "4444 is not in all of"),
    "a message has no example": (
        lambda d: d.messages["gap"].pop("examples"), "gap has no example"),
    "an example is of a talk that is not held": (
        lambda d: d.messages["ping"]["examples"][0]["payload"].update(id=99),
        "of ping is no line of a talk"),
    "an example does not fit": (
        lambda d: d.messages["ping"]["examples"][0]["payload"].update(t=1),
        "'ping' was expected"),
    "the version is another one": (
        lambda d: setattr(d, "version", "9.9.9"), "the version is"),
}

# (what stands in the README, what instead, what is found)
README = {
    "another value comes": ('"t":"notif","p":"hello"', '"t":"notif","p":"bye"',
                            '"hello", not "bye"'),
    "another sentence comes": ("did you mean", "you did mean", "did you mean"),
    "a key comes that is not shown": (',"headers":[]}}]', "}}]", "keys"),
    "keys come in another order": (
        '"partition":0,"offset":0,"timestamp":1700000000123}}',
        '"offset":0,"partition":0,"timestamp":1700000000123}}', "keys"),
    "a code is misspelt": ("| `SUPERSEDED` |", "| `SUPERSEEDED` |",
                           "SUPERSEEDED is in one of"),
    "a code of Kafka's is another kind": (
        "| the gateway itself may not | no |",
        "| the gateway itself may not | yes |",
        "TOPIC_AUTHORIZATION_FAILED is final"),
    "a feature is left out": ("| `detail` |", "| `details` |",
                              "detail is in one of"),
    "a close code is left out": ("| 4012 |", "| no pong |",
                                 "4012 is not in all of"),
    "a limit is left out": ("| `max_id` |", "| max_id |",
                            "max_id is in one of"),
}

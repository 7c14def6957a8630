"""Whole records of a log, as kcat reads them."""
import asyncio
import dataclasses
import json
import typing

from support import kcat


@dataclasses.dataclass
class Record:
    """Bytes, or None where Kafka has a null."""
    key: typing.Optional[bytes]
    value: typing.Optional[bytes]
    timestamp: int
    headers: list  # of (name, bytes or None)


def _bytes(text):
    return None if text is None else text.encode("latin-1")


def read(bootstrap, topic):
    """All records of the topic by (partition, offset)."""
    # kcat's JSON holds the bytes as they are, whether they are UTF-8 or not:
    # read as Latin-1 each byte is a character.
    out = asyncio.run(kcat.run(
        "-C", "-q", "-e", "-J", "-b", bootstrap, "-t", topic,
        "-o", "beginning", "-X", "fetch.wait.max.ms=10")).decode("latin-1")
    records = {}
    for line in out.split("\n")[:-1]:
        one = json.loads(line)
        # Names and values take turns.
        flat = [_bytes(each) for each in one.get("headers", [])]
        records[one["partition"], one["offset"]] = Record(
            _bytes(one["key"]), _bytes(one["payload"]), one["ts"],
            [(name.decode(), value)
             for name, value in zip(flat[::2], flat[1::2])])
    return records

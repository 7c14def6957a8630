"""Conversations in a README, as protocol/README.md describes them."""
import concurrent.futures
import contextlib
import dataclasses
import json
import re
import signal

from support.broker import broker
from support.client import Closed
from support.raw import Raw
from support.server import Server

BLOCK = re.compile(
    r"^(?:<!-- (?P<kafka>kafka )?config (?P<config>[^\n]*) -->\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
# Who sends or gets it, and what; or what happens, in brackets.
LINE = re.compile(r"^(\d?)([<>(]) ?(.*)$")
DELETED = re.compile(r"the topic (\S+) is deleted\)$")
TOGETHER = 4


def blocks(text):
    """(language, text) of the fenced blocks."""
    return [(one["language"], one["text"]) for one in BLOCK.finditer(text)]


def is_talk(text):
    return re.match(r"\d?[<>] ", text) and all(
        line.startswith("  ") or LINE.match(line)
        for line in text.splitlines())


@dataclasses.dataclass
class Line:
    """A frame that is sent (`>`) or comes (`<`), or something that happens
    (`(`). `got` is what came there."""
    who: str
    text: str
    number: int
    got: object = None
    client: str = ""

    def value(self):
        """None when it is no JSON, or too deep for Python."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    def messages(self):
        """What it carries: an array several."""
        value = self.value()
        return value if isinstance(value, list) else [value]


@dataclasses.dataclass
class Talk:
    """`config` is what its server needs; `kafka` tells that the embedded broker
    is not enough. No two requests have the same id."""
    config: dict
    lines: list
    kafka: bool = False


def read_talks(text):
    """The talks of a README; an indented line goes on with the one above."""
    found = []
    for one in BLOCK.finditer(text):
        if not is_talk(one["text"]):
            continue
        at = text.count("\n", 0, one.start("text")) + 1
        lines = []
        for number, line in enumerate(one["text"].splitlines(), at):
            if line.startswith("  "):
                lines[-1].text += line.strip()
            else:
                client, who, rest = LINE.match(line).groups()
                lines.append(Line(who, rest, number, client=client))
        found.append(Talk(json.loads(one["config"] or "{}"), lines,
                          bool(one["kafka"])))
    return found


class Stage:
    """Holds one talk with a server of its own. What came is left for others to
    judge; how much came is not."""

    def __init__(self, talk, kafka):
        self._talk = talk
        self._clients = {}
        self._closed = set()
        self._kafka = kafka if talk.kafka else None
        self._server = None

    def play(self):
        with contextlib.ExitStack() as stack:
            self._server = stack.enter_context(Server(
                self._talk.config, self._kafka and self._kafka.bootstrap))
            for line in self._talk.lines:
                try:
                    self._do(line)
                except (TimeoutError, Closed) as error:
                    raise AssertionError(
                        f"line {line.number}: {error!r}") from None
            for name, client in self._clients.items():
                if name not in self._closed:
                    self._silent(client)
                client.reset()

    def _do(self, line):
        if line.who == "(":
            self._happens(line)
            return
        if line.client not in self._clients:
            self._clients[line.client] = Raw(self._server.url)
        client = self._clients[line.client]
        if line.who == ">":
            client.say(line.text)
        else:
            line.got = client.receive()

    def _happens(self, line):
        deleted = DELETED.match(line.text)
        if deleted:
            self._kafka.tool("topics", "--delete", "--topic", deleted[1])
        elif line.text == "the server is told to stop)":
            self._server.signal(signal.SIGTERM)
        else:
            self._is_closed(line)

    def _is_closed(self, line):
        code = int(re.fullmatch(r"closed with (\d+)\)", line.text)[1])
        try:
            came = self._clients[line.client].receive()
        except Closed as closed:
            if closed.code != code:
                raise
            self._closed.add(line.client)
        else:
            raise AssertionError(
                f"line {line.number}: not closed, but {json.dumps(came)}")

    def _silent(self, client):
        """What is answered at once is answered next."""
        end = client.request(id="end", t="end of the talk")
        if not isinstance(end, dict) or end.get("refid") != "end":
            raise AssertionError(f"line {self._talk.lines[-1].number}: then "
                                 f"comes {json.dumps(end)}")


def play_all(talks):
    """On one broker those that need a real one: no two name the same topic."""
    with broker() as kafka, \
            concurrent.futures.ThreadPoolExecutor(TOGETHER) as pool:
        for one in [pool.submit(Stage(talk, kafka).play) for talk in talks]:
            one.result()

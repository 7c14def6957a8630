"""Transcripts as files: README.md in test/data/transcripts has the format."""
import dataclasses
import json
import pathlib
import re

CONNECTION = re.compile(
    r"^([a-z]\w*)(>binary|>bytes|>fragments|>|<<=|<<|<\?|<|=)(?: (.*))?$",
    re.DOTALL)
STATEMENT = re.compile(
    r"^(open|until|silent|close|drop|closed) ([a-z]\w*)(?: (.*))?$",
    re.DOTALL)
KCAT = re.compile(
    r"^kcat (\S+)(?: partition (\d+))? (holds|gets) (.*)$", re.DOTALL)
TARGETS = ("embedded", "3.9.1", "4.1.0")


@dataclasses.dataclass
class Step:
    """One line: what is done, with which connection or topic, and the rest."""
    what: str
    who: str
    text: str
    line: int
    source: str
    partition: str = ""


@dataclasses.dataclass
class Scenario:
    """One conversation; needs nothing of the others."""
    file: str
    title: str
    line: int
    steps: list = dataclasses.field(default_factory=list)
    # Target -> reason for leaving it out there.
    without: dict = dataclasses.field(default_factory=dict)
    # The server's configuration, as JSON text; scenarios with the same one
    # share a server.
    config: str = "{}"
    # The address of a broker that is not there, instead of the target's; or
    # `mute`: one that takes connections and never answers.
    broker: str = ""

    @property
    def name(self):
        return f"{self.file}: {self.title}"


class Malformed(Exception):
    """A transcript that cannot be read."""


def _lines(path):
    """(number, text) of each logical line; an indented one continues the one
    before it, and neither blank lines nor comments count."""
    whole, number = None, 0
    for at, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0].isspace():
            if whole is None:
                raise Malformed(f"{path.name}:{at}: continues nothing")
            whole += line.strip()
            continue
        if whole is not None:
            yield number, whole
        whole, number = line.rstrip(), at
    if whole is not None:
        yield number, whole


def _option(scenario, text):
    """@without TARGET...: REASON, @config JSON, @broker ADDRESS."""
    name, _, rest = text.partition(" ")
    if name == "@without":
        targets, _, reason = rest.partition(": ")
        if not reason or not set(targets.split()) <= set(TARGETS):
            raise ValueError("@without TARGET...: REASON")
        scenario.without.update(dict.fromkeys(targets.split(), reason))
    elif name == "@config":
        scenario.config = json.dumps(json.loads(rest), sort_keys=True)
    elif name == "@broker":
        scenario.broker = rest
    else:
        raise ValueError(f"unknown option {name}")


def _step(number, line):
    found = CONNECTION.match(line)
    if found:
        who, what, text = found.groups()
        return Step(what, who, text or "", number, line)
    found = STATEMENT.match(line)
    if found:
        what, who, text = found.groups()
        return Step(what, who, text or "", number, line)
    found = KCAT.match(line)
    if found:
        topic, partition, what, text = found.groups()
        return Step(what, topic, text, number, line, partition or "")
    raise ValueError("no such line")


def read_file(path):
    """The scenarios of one file."""
    scenarios = []
    for number, line in _lines(path):
        try:
            if line.startswith("== "):
                scenarios.append(Scenario(path.stem, line[3:], number))
            elif not scenarios:
                raise ValueError("a scenario starts with == and its title")
            elif line.startswith("@"):
                _option(scenarios[-1], line)
            else:
                scenarios[-1].steps.append(_step(number, line))
        except ValueError as wrong:
            raise Malformed(f"{path.name}:{number}: {wrong}") from None
    for scenario in scenarios:
        if not scenario.steps:
            raise Malformed(f"{path.name}:{scenario.line}: nothing happens")
    return scenarios


def read_folder(folder):
    """All scenarios of the folder; titles are unique in a file."""
    scenarios = []
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        scenarios += read_file(path)
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise Malformed(f"two scenarios are named {name}")
    return scenarios

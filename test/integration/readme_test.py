#!/usr/bin/python3
"""README.md says what is true: its commands run, its conversation is held.

What a newcomer's machine has and a test's may not (free ports 3000 and 3001,
a Kafka on localhost:9092) is replaced; nothing else is.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

from install_test import PROJECT
from support import run
from support.load_tool import load_binary
from support.raw import Raw
from support.server import ROOT, Server, default_binary
from support.talks import blocks as blocks_of
from support.talks import is_talk

sys.path.insert(0, str(ROOT / "tools/lib"))
from bench import arguments, workloads  # noqa: E402

# Blocks that hold commands; one without a word may be a talk or a drawing.
SHELLS = ("", "sh", "bash", "shell", "console")
DRAWING = "publish:  socket ->"
# How its commands begin, in its order. Each is run below but tools/test: this
# is run by it. A command that is new in the README needs a test here; one of
# tools/bench only has its options tried, since it would take too long.
COMMANDS = [
    "tools/run",
    "tools/run --kafka-host localhost:9092",
    "tools/test",
    "/usr/bin/python3 -m websockets",
    "build/release/bin/wskafka check-config",
    "WSKAFKA_PRODUCER_CONFIG_MQ_LIMIT=",
    "build/release/bin/wskafka-load roundtrip",
    "build/release/bin/wskafka-example",
]
EXAMPLE = os.environ.get("EXAMPLE_UNDER_TEST") or str(
    ROOT / "build/release/bin/wskafka-example")


def blocks():
    """(language, text) of the README's fenced blocks."""
    return blocks_of((ROOT / "README.md").read_text())


def sections(page):
    """The names by which links find its headings."""
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", page.read_text(),
                                      re.MULTILINE)]


def command_lines():
    """Every line of a block that is neither a talk nor the drawing."""
    return [line for language, text in blocks() if language in SHELLS
            if not is_talk(text) and not text.startswith(DRAWING)
            for line in text.splitlines()]


def commands():
    return [line for line in command_lines()
            if not line.startswith("tools/bench")]


class Program:
    """A command of the README, run as its reader would; `with` ends it."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", f"exec env {command}"], cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def lines_until(self, wanted):
        """Its output up to a line that is, or begins, like this."""
        lines = []
        for line in self.process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1].startswith(wanted):
                return lines
        raise AssertionError(f"no line {wanted!r} in {lines}:\n"
                             f"{self.process.stderr.read()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=60)


class Readme(unittest.TestCase):
    def setUp(self):
        """A folder where the programs stand as in a clone that is built."""
        folder = tempfile.TemporaryDirectory(prefix="wskafka-readme-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        bin_folder = self.folder / "build/release/bin"
        bin_folder.mkdir(parents=True)
        (bin_folder / "wskafka").symlink_to(
            pathlib.Path(default_binary()).resolve())
        (bin_folder / "wskafka-example").symlink_to(
            pathlib.Path(EXAMPLE).resolve())

    def command(self, start):
        """The command that begins like this."""
        return commands()[COMMANDS.index(start)]

    def ends_well(self, program):
        program.process.terminate()
        _, errors = program.process.communicate(timeout=60)
        self.assertEqual(program.process.returncode, 0, errors)

    def test_each_command_is_known_here(self):
        found = commands()
        self.assertEqual(len(found), len(COMMANDS), found)
        for command, start in zip(found, COMMANDS):
            self.assertTrue(command.startswith(start), command)

    def test_each_block_is_known_here(self):
        kinds = [language for language, _ in blocks()
                 if language not in SHELLS]
        # The first is checked below, the second built by install_test.py.
        self.assertEqual(kinds, ["json", "cmake"])
        [cmake] = [text for language, text in blocks() if language == "cmake"]
        for line in cmake.splitlines():
            self.assertIn(line.replace("your-program", "another"),
                          PROJECT.splitlines())
        fences = (ROOT / "README.md").read_text().count("```")
        self.assertEqual(fences, 2 * len(blocks()), "a fence that is no line")

    def test_options_of_the_benchmark(self):
        for line in command_lines():
            if not line.startswith("tools/bench"):
                continue
            # Ends the program for what it does not know.
            asked = arguments.parse(shlex.split(line, comments=True)[1:])
            _, unknown = arguments.chosen(workloads.WORKLOADS, asked.only,
                                          asked.quick)
            self.assertEqual(unknown, [], line)

    def test_tools_run(self):
        # The release build stands in tools/test; here it is brought up to
        # date, as it is for a reader.
        self.assertTrue((ROOT / "build/release/build.ninja").exists(),
                        "there is no release build: tools/build release")
        command = self.command("tools/run")
        with Program(command + " --port 0 --host 127.0.0.1", ROOT) as program:
            lines = program.lines_until("ready")
            self.assertTrue(any("embedded broker" in one for one in lines))
            self.ends_well(program)
        command = self.command("tools/run --kafka-host localhost:9092")
        with Program(command + " --port 0 --host 127.0.0.1",
                     ROOT) as program:
            lines = program.lines_until("ready")
            self.assertRegex("\n".join(lines), "(?m)^Kafka at localhost:9092 is")
            self.ends_well(program)

    def test_the_first_conversation(self):
        command = self.command("/usr/bin/python3 -m websockets")
        [talk] = [text for _, text in blocks() if text.startswith("> {")]
        with Server() as server:
            client = subprocess.Popen(
                shlex.split(command.replace("ws://localhost:3000",
                                            server.url)),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
            try:
                said = self.converse(client, talk)
            finally:
                client.stdin.close()
                client.wait()
                client.stdout.close()
        wanted = [line[2:] for line in talk.splitlines()
                  if line.startswith("< ")]
        self.assertEqual(len(said), len(wanted))
        for got, expected in zip(said, wanted):
            self.assertRegex(got, self.pattern(expected))

    @staticmethod
    def pattern(expected):
        """The server's own ids are free, and so is what `…` stands for."""
        text = re.escape(expected)
        text = re.sub(r'^((?:\\\[)?\\\{"id":)\d+', r"\1\\d+", text)
        return f"^{text.replace('…', '.+')}$"

    def converse(self, client, talk):
        """Sends each `>` line when the answers before it have come."""
        said, data = [], b""
        for line in talk.splitlines():
            if line.startswith("> "):
                client.stdin.write(line[2:].encode() + b"\n")
                client.stdin.flush()
                continue
            while True:
                # The client moves the cursor about between its lines.
                found = re.findall(rb"< ([^\n\x1b]+)\n", data)
                if len(found) > len(said):
                    said.append(found[len(said)].decode())
                    break
                more = os.read(client.stdout.fileno(), 1 << 16)
                self.assertTrue(more, data)
                data += more
        return said

    def test_the_configuration(self):
        [sample] = [text for language, text in blocks() if language == "json"]
        (self.folder / "server.json").write_text(sample)
        command = self.command("build/release/bin/wskafka check-config")
        done = subprocess.run(["/bin/bash", "-c", command], cwd=self.folder,
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        command = self.command("WSKAFKA_PRODUCER_CONFIG_MQ_LIMIT=")
        self.assertTrue(command.endswith(" --port 3001"))
        with Program(command.replace("--port 3001", "--port 0"),
                     self.folder) as program:
            lines = program.lines_until("ready")
            text = "\n".join(lines)
            self.assertRegex(text, r"(?m)^configuration: server\.json \(\d+\), "
                             r"environment \(1\), command line \(1\)$")
            self.assertRegex(text, "(?m)^Kafka at localhost:9092 is")
            self.ends_well(program)

    def test_the_load_tool(self):
        command = self.command("build/release/bin/wskafka-load roundtrip")
        (self.folder / "build/release/bin/wskafka-load").symlink_to(
            pathlib.Path(load_binary()).resolve())
        with Server({}) as server:
            done = subprocess.run(
                ["/bin/bash", "-c", f"{command} --url {server.url} "
                 "--duration 0.5 --warmup 0"], cwd=self.folder,
                capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("ok   lost>0: lost is 0", done.stdout)

    def test_the_example(self):
        command = self.command("build/release/bin/wskafka-example")
        self.assertTrue(os.path.exists(EXAMPLE),
                        f"{EXAMPLE} is not built: tools/build release")
        with Program(command, self.folder) as program:
            program.lines_until("listening on ws://")
            program.process.stdin.close()
            program.process.stdin = None
            self.assertEqual(program.process.wait(60), 0)

    def test_what_it_and_the_folders_link_to_is_there(self):
        """Files, and the sections of pages."""
        pages = [page for folder in ROOT.iterdir()
                 if folder.is_dir() and folder.name not in (".git", "build")
                 for page in folder.rglob("README.md")]
        self.assertIn(ROOT / "protocol/README.md", pages)
        pages.append(ROOT / "README.md")
        for page in pages:
            links = re.findall(r"\]\(([^)#\s]*)(?:#([^)]+))?\)",
                               page.read_text())
            for file, section in links:
                with self.subTest(page=page, link=file, section=section):
                    target = page.parent / file if file else page
                    self.assertTrue(target.exists())
                    if section:
                        self.assertIn(section, sections(target))

    def test_the_table_of_the_protocol(self):
        """Each request of the table is answered as its row says."""
        rows = re.findall(r"^\| `(\{\"id\".*?\})` \|",
                          (ROOT / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(len(rows), 19)
        with Server() as server:
            client = Raw(server.url)
            self.addCleanup(client.socket.close)
            for row in map(json.loads, rows):
                if row["t"] == "notif" and "ack" not in row["p"]:
                    client.send(row)
                    continue
                reply = client.request(**row)
                # An earlier row's subscription is told events.
                while "refid" not in reply:
                    reply = client.receive()
                self.assertEqual((reply["refid"], reply["s"]),
                                 (row["id"], 0), reply)
            client.reset()


if __name__ == "__main__":
    run.main()

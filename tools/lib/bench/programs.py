"""Runs our programs: each call is a command that a user can type."""
import json
import os
import pathlib
import resource
import shlex
import subprocess
import tempfile
import threading

from . import reading

PATIENCE = 600
TARGETS = ["wskafka", "wskafka-load", "wskafka-echo", "wskafka-roof",
           "wskafka-micro"]


def allow_descriptors():
    """Thousands of connections need more than a shell gives."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Failed(Exception):
    """A program did not do what it should; the text says which and why."""


class Programs:
    """The programs of one build folder; with `server` the gateway of another,
    so that only what is compared differs."""

    def __init__(self, build, server=None):
        self.bin = pathlib.Path(build) / "bin"
        self._server = pathlib.Path(server or build) / "bin/wskafka"

    def path(self, name):
        return str(self._server if name == "wskafka" else self.bin / name)

    def has(self, name):
        return os.access(self.path(name), os.X_OK)

    def load(self, *args):
        """wskafka-load to its end; a Run."""
        return self.start_load(*args).run()

    def start_load(self, *args):
        folder = tempfile.TemporaryDirectory(prefix="wskafka-bench-")
        file = pathlib.Path(folder.name) / "result.json"
        return Running([self.path("wskafka-load"), *map(str, args)],
                       reading.from_load, ["--json", str(file)], file, folder)

    def roof(self, *args):
        """wskafka-roof to its end; a Run."""
        return self.start_roof(*args).run()

    def start_roof(self, *args):
        return Running([self.path("wskafka-roof"), *map(str, args)],
                       reading.from_roof)


class Running:
    """A program under way; stderr is kept, and can be waited for."""

    def __init__(self, command, read, more=(), file=None, folder=None):
        self.command = command
        self._read, self._file, self._folder = read, file, folder
        self._said, self._more = [], threading.Condition()
        self.process = subprocess.Popen(
            [*command, *more], stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=allow_descriptors)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self):
        for line in self.process.stderr:
            with self._more:
                self._said.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._said.append(None)
            self._more.notify_all()

    def wait_for(self, word, seconds=120):
        """Until a line of stderr has the word in it."""
        def heard():
            return any(line is None or word in line for line in self._said)
        with self._more:
            self._more.wait_for(heard, seconds)
            said = [line for line in self._said if line is not None]
        if not any(word in line for line in said):
            self.kill()
            raise Failed(f"{shlex.join(self.command)} did not say '{word}':\n" +
                         "\n".join(said[-10:]))

    def run(self):
        # The listener reads stderr meanwhile, so neither pipe can fill up.
        out = self.process.stdout.read()
        code = self.process.wait(PATIENCE)
        self._listener.join()
        said = [line for line in self._said if line]
        text = out
        if self._file is not None:
            text = self._file.read_text() if self._file.exists() else ""
            self._folder.cleanup()
        self.process.stdout.close()
        self.process.stderr.close()
        if code or (not text and self._file is not None):
            raise Failed(f"{shlex.join(self.command)} ended with {code}:\n" +
                         "\n".join(said[-10:]))
        made = self._read(json.loads(text) if text.strip() else {})
        made.commands.append(typed(self.command))
        return made

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def typed(command, environment=None):
    """As somebody types it from the checkout."""
    shown = [os.path.relpath(command[0]) if os.sep in command[0]
             else command[0], *command[1:]]
    words = [f"{key}={value}" for key, value in (environment or {}).items()]
    return " ".join([*words, shlex.join(shown)])


def build(root, folder, targets):
    """Makes what is missing; the output only of what fails."""
    steps = [[root / "tools/install"],
             [root / "tools/build", "release", *targets]]
    if folder:
        steps = [["cmake", "--build", folder, "--target", *targets]]
    for command in steps:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise Failed(f"{command[0]} failed:\n{done.stdout[-4000:]}")

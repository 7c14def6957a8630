"""A real Kafka for the length of the suite, and what it holds."""
import contextlib
import itertools
import json
import os
import subprocess
import tempfile

from .programs import Failed

numbers = itertools.count()


class Broker:
    """Starts one in a temporary folder, or uses `address`; `with` ends it."""

    def __init__(self, root, version, address=None):
        self._tool, self._name = str(root / "tools/kafka"), None
        self.address, self.version = address, version
        if address:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="wskafka-bench-")
        self._name = f"bench-{os.getpid()}"
        done = self._run("start", version, "--name", self._name)
        if done.returncode:
            raise Failed(f"cannot start Kafka {version}:\n{done.stderr}")
        self.address = done.stdout.strip()

    def _run(self, *args):
        return subprocess.run(
            [self._tool, *args], stdin=subprocess.DEVNULL, text=True,
            capture_output=True, check=False,
            env={**os.environ, "TMPDIR": self._folder.name})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._name:
            self._run("stop", self._name)
            self._folder.cleanup()


@contextlib.contextmanager
def topic(programs, kafka, partitions):
    """A fresh one, deleted afterwards; its name."""
    name = f"bench-{os.getpid()}-{next(numbers)}"
    programs.roof("create-topic", "--kafka", kafka, "--topic", name,
                  "--partitions", partitions)
    try:
        yield name
    finally:
        with contextlib.suppress(Failed):
            programs.roof("delete-topic", "--kafka", kafka, "--topic", name)


def stored(kafka, name):
    """How many records the broker holds, by kcat: the sum of the partitions'
    ends less their beginnings. (No transactions: no markers between.)"""
    def kcat(*args):
        done = subprocess.run(["kcat", "-b", kafka, *args], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
        if done.returncode:
            raise Failed(f"kcat {' '.join(args)}: {done.stderr}")
        return done.stdout
    listed = json.loads(kcat("-L", "-J", "-t", name))
    places = [one["partition"] for one in listed["topics"][0]["partitions"]]

    def ends(which):
        asked = [word for place in places
                 for word in ("-t", f"{name}:{place}:{which}")]
        return sum_of_offsets(kcat("-Q", *asked))
    return ends(-1) - ends(-2)


def sum_of_offsets(text):
    """Of kcat's lines, as `topic [0] offset 17`."""
    return sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if " offset " in line)

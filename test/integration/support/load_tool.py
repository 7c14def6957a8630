"""Runs wskafka-load."""
import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

from support.server import ROOT

SECONDS = 90


def load_binary():
    """The tool named by LOAD_UNDER_TEST, or the release build's."""
    return os.environ.get("LOAD_UNDER_TEST") or str(
        ROOT / "build/release/bin/wskafka-load")


@dataclasses.dataclass
class Done:
    """How a run ended, and its result when it wrote one."""
    code: int
    out: str
    err: str
    result: dict


def load(*args, preexec_fn=None, **environment):
    """Runs the tool to its end, with --json if it measures."""
    with tempfile.TemporaryDirectory(prefix="wskafka-test-") as folder:
        file = pathlib.Path(folder) / "result.json"
        wanted = ["--json", str(file)] if "--url" in args else []
        done = subprocess.run(
            [load_binary(), *args, *wanted], timeout=SECONDS, text=True,
            stdin=subprocess.DEVNULL, capture_output=True,
            preexec_fn=preexec_fn, env={**os.environ, **environment})
        result = json.loads(file.read_text()) if file.exists() else {}
        return Done(done.returncode, done.stdout, done.stderr, result)

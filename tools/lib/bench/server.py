"""A server under load: the gateway, or another one, for one run."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from .programs import Failed, allow_descriptors, typed

LISTENING = re.compile(r"^listening on (ws://\S+)$", re.MULTILINE)
# What the environment calls the switch that the workloads need.
BUFFERS_OFF = {"WSKAFKA_PRODUCER_CONFIG_MQ_INTERVAL": "null",
               "WSKAFKA_CONSUMER_CONFIG_MQ_INTERVAL": "null"}


class Server:
    """Starts at once, `url` says where; `with` ends it. `find_url` tells from
    its stdout where it listens, or None as long as it does not."""

    def __init__(self, command, find_url, environment=None, patience=60):
        self.command, self.environment = command, environment or {}
        self._folder = tempfile.TemporaryDirectory(prefix="wskafka-bench-")
        self._out = pathlib.Path(self._folder.name) / "out"
        self._err = pathlib.Path(self._folder.name) / "err"
        with open(self._out, "wb") as out, open(self._err, "wb") as err:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                env={**os.environ, **self.environment},
                preexec_fn=allow_descriptors)
        end = time.monotonic() + patience
        self.url = None
        while not (self.url and find_url(self._out.read_text())):
            if self.process.poll() is not None or time.monotonic() > end:
                said = self.said()
                self.kill()
                raise Failed(f"{self.typed()} did not start:\n{said}")
            self.url = find_url(self._out.read_text())
            time.sleep(0.02)

    def memory(self):
        """Resident, in KiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB$", status,
                             re.MULTILINE).group(1))

    def typed(self):
        return typed(self.command, self.environment)

    def said(self):
        return (self._out.read_text() + self._err.read_text())[-2000:]

    def stop(self):
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        said = self.said()
        self._folder.cleanup()
        if code and kind is None:
            raise Failed(f"{self.typed()} ended with {code}:\n{said}")


def gateway(programs, kafka, environment=None):
    """Ours, on a free port; without `kafka` on its embedded broker."""
    command = [programs.path("wskafka"), "--host", "127.0.0.1", "--port", "0"]
    if kafka:
        command += ["--kafka-host", kafka]

    def find_url(out):
        found = LISTENING.search(out)
        return found and "\nready" in out and found.group(1)
    return Server(command, find_url, environment)


def echo(programs):
    """The WebSocket edge alone: what comes goes back."""
    return Server([programs.path("wskafka-echo"), "0"],
                  lambda out: out.strip() and f"ws://127.0.0.1:{out.strip()}")

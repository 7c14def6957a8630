"""One server process under test, on a free port."""
import contextlib
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading

from support.client import Closed
from support.process import listening_ports
from support.raw import Raw
from support.wait import until_blocking

ROOT = pathlib.Path(__file__).resolve().parents[3]
LISTENING = re.compile(r"^listening on (ws://\S+)$")


def default_binary():
    """The server named by SERVER_UNDER_TEST, or the release build's."""
    return os.environ.get("SERVER_UNDER_TEST") or str(
        ROOT / "build/release/bin/wskafka")


class Server:
    """Starts at once; `with` ends it. Made and used from one thread.

    `config` is the configuration file's content as a dict, `kafka_host` an
    address or None for the embedded broker.
    """

    def __init__(self, config=None, kafka_host=None, binary=None, args=(),
                 start_seconds=60):
        self._folder = tempfile.TemporaryDirectory(prefix="wskafka-test-")
        folder = pathlib.Path(self._folder.name)
        command = [binary or default_binary(), "--host", "127.0.0.1",
                   "--port", "0", *args]
        if config:
            (folder / "config.json").write_text(json.dumps(config))
            command += ["--config", str(folder / "config.json")]
        if kafka_host:
            command += ["--kafka-host", kafka_host]
        self._log = folder / "log"
        self.lines = []
        self.url = None
        self._told_to_end = False
        self._ready = threading.Event()
        with open(self._log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=log, text=True, bufsize=1)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._ready.wait(start_seconds)
        if not self.url or self.process.poll() is not None:
            output = self.output()
            self.kill()
            raise RuntimeError(f"the server did not start:\n{output}")

    def _read(self):
        for line in self.process.stdout:
            line = line.rstrip("\n")
            self.lines.append(line)
            found = LISTENING.match(line)
            if found and not self.url:
                self.url = found.group(1)
            if line == "ready":
                self._ready.set()
        self._ready.set()

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1].rstrip("/"))

    @property
    def bootstrap(self):
        """Where the embedded broker answers Kafka clients: what else the
        process listens on."""
        try:
            ports = listening_ports(self.process.pid) - {self.port}
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            # Linux keeps a dead child's number, but not what it had.
            if self.process.poll() is None:
                raise
            raise RuntimeError(self.death()) from None
        if not ports:
            raise RuntimeError("the server has no embedded broker")
        return f"127.0.0.1:{min(ports)}"

    def log(self):
        return self._log.read_text(errors="replace")

    def output(self):
        """The last lines of both outputs, for a failure's report."""
        lines = [*self.lines, *self.log().splitlines()]
        return "\n".join(lines[-60:])

    def death(self):
        """None while the process lives; else how it ended, for a report."""
        code = self.process.poll()
        if code is None:
            return None
        return f"the server ended by itself, exit code {code}\n{self.output()}"

    def signal(self, number):
        self._told_to_end |= number in (signal.SIGTERM, signal.SIGINT)
        self.process.send_signal(number)

    def rest(self):
        """Waits until nothing is charged any more: a clean server's end."""
        last = "not answered"

        def nothing_held():
            nonlocal last
            # Where connections are limited one may still have to go.
            with contextlib.suppress(ConnectionError, Closed):
                last = self._ledger()
                # What broadcasts keep for those who come back waits for
                # nobody.
                kept = last["out"]["history"]
                return last["in"]["held"] == last["out"]["held"] - kept == 0
            if self.process.poll() is not None:
                raise RuntimeError(self.death())
        try:
            until_blocking(nothing_held, "a ledger that holds nothing")
        except TimeoutError as late:
            raise AssertionError(f"{late}; last {last}") from None

    def _ledger(self):
        asker = Raw(self.url)
        try:
            reply = asker.request(id="ledger", t="health",
                                  p={"detail": True, "limit": 0})
        finally:
            asker.reset()
        return reply["p"]["ledger"]

    def stop(self, seconds=60):
        """SIGTERM to a server at rest; the exit code. Keeps the log until
        `close`."""
        if self.process.poll() is None and not self._told_to_end:
            self.rest()
        return self.end(seconds)

    def end(self, seconds=60):
        """The same, whatever it still holds."""
        if self.process.poll() is None and not self._told_to_end:
            self.signal(signal.SIGTERM)
        return self.ended(seconds)

    def ended(self, seconds=60):
        """Waits for the end that somebody asked for before; the exit code. (A
        second signal would make it a failure.)"""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self.close()

    def close(self):
        self.process.stdout.close()
        self._folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:  # which tells more than what it left behind
            self.kill()
            return
        try:
            self.stop()
        finally:
            self.kill()

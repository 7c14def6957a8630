#!/usr/bin/python3
"""Plays the transcripts of test/data/transcripts against a server.

transcripts.py [--target embedded|3.9.1|4.1.0|HOST:PORT] [--server PATH]
               [--filter TEXT] [--jobs N]

One server, and on the versions one broker, serves all scenarios; they run
side by side, each with topics and groups of its own. Ends with
"N passed, N failed"; exits 1 when one failed or none ran.
"""
import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time

from support import match, transcript
from support.kafka import VERSIONS, Kafka
from support.placeholders import Names, fill
from support.play import Failed, Player
from support.server import ROOT, Server, default_binary

FOLDER = ROOT / "test/data/transcripts"
# Here every scenario is played: one that is left out has failed.
COMPLETE = "3.9.1"


def check_texts(scenarios):
    """Finds a transcript that cannot be played before anything starts."""
    names = Names("check")
    for scenario in scenarios:
        for step in scenario.steps:
            try:
                if step.what in ("<", "<?", "<<", "<<="):
                    match.expectation(step.text, names)
                elif step.what == "=":
                    match.exact(step.text, names)
                else:
                    fill(step.text, names)
            except ValueError as wrong:
                raise transcript.Malformed(
                    f"{scenario.file}.txt:{step.line}: {wrong}") from None


class Run:
    """One target's run: counts and prints."""

    def __init__(self, target, binary, jobs):
        self._target = target
        self._binary = binary
        self._slots = asyncio.Semaphore(jobs)
        self._run = f"w{os.getpid()}"
        self.passed = 0
        self.failed = 0

    def tell(self, name, why=None, seconds=0.0):
        if why is None:
            self.passed += 1
            print(f"ok   {name} ({seconds:.1f} s)", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {name}\n  {why}", flush=True)

    async def scenario(self, number, one, server, bootstrap):
        async with self._slots:
            started = time.monotonic()
            try:
                await Player(one, server, bootstrap,
                             f"{self._run}-{number}").play()
            except Failed as failure:
                self.tell(one.name, failure)
            else:
                self.tell(one.name, None, time.monotonic() - started)

    async def server(self, config, broker, scenarios):
        """All scenarios that share a server; then it must be idle and end
        cleanly."""
        what = f"{self._target}, {config}" if config != "{}" else self._target
        loop = asyncio.get_running_loop()
        server = await loop.run_in_executor(
            None, Server, json.loads(config), broker, self._binary)
        try:
            await asyncio.gather(*(
                self.scenario(number, one, server,
                              lambda: broker or server.bootstrap)
                for number, one in scenarios))
            death = server.death()
            self.tell(f"the server lives ({what})", death)
            if death:
                return  # It has no ledger any more, and no clean end.
            try:
                await loop.run_in_executor(None, server.rest)
                self.tell(f"the ledger is empty ({what})")
            except Exception as error:  # also of a server that crashes now
                self.tell(f"the ledger is empty ({what})", repr(error))
            code = await loop.run_in_executor(None, server.end)
            why = None
            if code:
                why = f"exit code {code}\n{server.output()}"
            self.tell(f"the server ends cleanly ({what})", why)
        finally:
            server.kill()

    async def all(self, scenarios, kafka_host):
        """Scenarios with the same configuration share a server."""
        servers = {}
        for number, one in enumerate(scenarios):
            key = (one.config, one.broker or kafka_host)
            servers.setdefault(key, []).append((number, one))
        await asyncio.gather(*(
            self._guarded(config, broker, some)
            for (config, broker), some in servers.items()))

    async def _guarded(self, config, broker, scenarios):
        try:
            with reachable(broker) as address:
                await self.server(config, address, scenarios)
        except RuntimeError as error:
            self.tell(f"a server with {config}", error)


@contextlib.contextmanager
def reachable(broker):
    """The address, for the word `mute` that of a port which takes connections
    and never says a word."""
    if broker != "mute":
        yield broker
        return
    with socket.create_server(("127.0.0.1", 0)) as hole:
        yield f"127.0.0.1:{hole.getsockname()[1]}"


def kafka_for(target):
    """The broker's address, None for embedded, as a context."""
    if target in VERSIONS:
        return Kafka(target)
    return contextlib.nullcontext()


def main():
    # Ended from outside we still stop what we started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--target", default="embedded")
    arguments.add_argument("--server", default=default_binary())
    arguments.add_argument("--filter", default="")
    arguments.add_argument("--jobs", type=int, default=16)
    options = arguments.parse_args()
    scenarios = transcript.read_folder(FOLDER)
    check_texts(scenarios)
    run = Run(options.target, options.server, options.jobs)
    chosen = []
    for one in scenarios:
        reason = one.without.get(options.target)
        if options.filter not in one.name:
            continue
        if reason and options.target == COMPLETE:
            run.tell(one.name, f"left out on {COMPLETE}: {reason}")
        elif reason:
            print(f"left out on {options.target}: {one.name}: {reason}")
        else:
            chosen.append(one)
    with kafka_for(options.target) as kafka:
        host = kafka.bootstrap if kafka else (
            None if options.target == "embedded" else options.target)
        asyncio.run(run.all(chosen, host))
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed or not run.passed else 0


if __name__ == "__main__":
    sys.exit(main())

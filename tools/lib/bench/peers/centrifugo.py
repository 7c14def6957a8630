"""Centrifugo with its Kafka consumer, JSON, without history."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from .. import broker, delivering, server

NAME = "centrifugo"
MODULE = "github.com/centrifugal/centrifugo/v6@v6.9.1"
# Records a second, clients, and ms for which the writer gathers.
SHAPES = {"D1.1k": (1_000, 1, 0), "D1.20k": (20_000, 1, 0),
          "D1.50k": (50_000, 1, 0), "F2.100": (5_000, 100, 1),
          "F2.1000": (500, 1_000, 1)}
CHANNEL = "bench"


def find(folder, may_fetch):
    """A peer, or None and why."""
    program = folder / NAME / NAME
    if program.exists():
        return Centrifugo(program), None
    if not may_fetch:
        return None, f"there is no {program}"
    if not shutil.which("go"):
        return None, "it is fetched with Go, which is not installed"
    print(f"fetching and building {MODULE}; once, some minutes", flush=True)
    done = subprocess.run(
        ["go", "install", MODULE], stdin=subprocess.DEVNULL, text=True,
        capture_output=True, check=False, env={
            **os.environ, "GOBIN": str(program.parent)})
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        return None, f"go install {MODULE} failed: {said[-1]}"
    return Centrifugo(program), None


class Centrifugo:
    name = NAME

    def __init__(self, program):
        self._program = str(program)

    def side(self, workload, ctx):
        """A function that makes a Run, or None for what it cannot do: its
        clients do not publish to Kafka."""
        shape = SHAPES.get(workload)
        return shape and (lambda: self._deliver(ctx, *shape))

    def _deliver(self, ctx, rate, clients, linger):
        with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
                self._start(ctx.kafka, topic) as target:
            reader = ctx.programs.start_roof(
                "listen", "--url", target.url + "/connection/websocket",
                "--say", '{"id":1,"connect":{}}', "--say",
                json.dumps({"id": 2, "subscribe": {"channel": CHANNEL}}),
                "--ready", '"subscribe":{', "--clients", clients, "--count",
                delivering.records(ctx, rate) * clients, "--patience", 20)
            made = delivering.follow(
                ctx, reader, "ready", topic, rate, linger=linger, more=(
                    "--json-string", "--header", "centrifugo-channels",
                    "--header-value", CHANNEL))
            made.counts["wanted"] *= clients
            made.commands.insert(0, target.typed())
            return made

    def _start(self, kafka, topic):
        port = free_port()
        settings = json.loads(
            pathlib.Path(__file__).with_suffix(".json").read_text())
        settings["http_server"]["port"] = port
        settings["consumers"][0]["kafka"].update(
            brokers=[kafka], topics=[topic], consumer_group=topic)
        file = tempfile.NamedTemporaryFile("w", suffix=".json")
        json.dump(settings, file)
        file.flush()
        made = server.Server(
            [self._program, "--config", file.name],
            lambda _: answers(port) and f"ws://127.0.0.1:{port}")
        made.settings = file  # as long as the server
        return made


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def answers(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0

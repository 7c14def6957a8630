"""Centrifugo with its Kafka consumer, JSON, without history."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

from .. import broker, server

NAME = "centrifugo"
MODULE = "github.com/centrifugal/centrifugo/v6@v6.9.1"
RATES = {"D1.1k": 1_000, "D1.20k": 20_000, "D1.50k": 50_000}
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
        rate = RATES.get(workload)
        return rate and (lambda: self._deliver(ctx, rate))

    def _deliver(self, ctx, rate):
        with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
                self._start(ctx.kafka, topic) as target:
            reader = ctx.programs.start_roof(
                "listen", "--url", target.url + "/connection/websocket",
                "--say", '{"id":1,"connect":{}}', "--say",
                json.dumps({"id": 2, "subscribe": {"channel": CHANNEL}}),
                "--ready", '"subscribe":{', "--count",
                int(rate * ctx.seconds), "--patience", 20)
            try:
                reader.wait_for("ready")
                ctx.programs.roof(
                    "produce", "--kafka", ctx.kafka, "--topic", topic,
                    "--rate", rate, "--duration", ctx.seconds, "--linger", 0,
                    "--json-string", "--header", "centrifugo-channels",
                    "--header-value", CHANNEL)
                made = reader.run()
            except BaseException:
                reader.kill()
                raise
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

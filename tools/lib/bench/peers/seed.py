"""The Node server of the seed. It is in no registry, so it is never fetched:
DIR/seed holds it as a module, with its dependencies."""
import pathlib
import shutil

from .. import broker, server
from .centrifugo import answers, free_port

NAME = "seed"
# Those with a rate: as fast as each takes them is not the same work.
SHAPES = {"I1.50k": (50_000, 100, 1), "I2.200k": (200_000, 100, 32)}


def find(folder, may_fetch):
    module = folder / NAME
    if not (module / "package.json").exists():
        return None, (f"there is no {module}/package.json, and no registry "
                      "has it")
    if not shutil.which("node"):
        return None, "node is not installed"
    return Seed(module), None


class Seed:
    name = NAME

    def __init__(self, module):
        self._module = str(module)

    def side(self, workload, ctx):
        """Ingest alone; None for the rest."""
        shape = SHAPES.get(workload)
        return shape and (lambda: self._publish(ctx, *shape))

    def _publish(self, ctx, rate, payload, frames):
        port = free_port()
        with broker.topic(ctx.programs, ctx.kafka, 3) as topic, server.Server(
                ["node", str(pathlib.Path(__file__).with_suffix(".js")),
                 self._module, ctx.kafka, str(port)],
                lambda _: answers(port) and f"ws://127.0.0.1:{port}"
                ) as target:
            made = ctx.programs.load(
                "publish", "--url", target.url, "--topics", topic, "--settle",
                ctx.settle, "--rate", rate, "--connections", 50, "--payload",
                payload, "--frames-per-write", frames, *ctx.timing())
            made.commands.insert(0, target.typed())
            # What it loses is a finding about it, and none about our counts.
            kept = broker.stored(ctx.kafka, topic)
            made.figures["stored_share"] = kept / max(made.counts["sent"], 1)
            target.kill()
        return made

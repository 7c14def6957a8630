"""Clients to Kafka: the runs of the gateway, and the roof over them."""
from . import broker, server


def publish(ctx, *, rate, connections=50, payload=100, frames=1, buffers=True,
            receipts=False):
    """Against a gateway of its own; stored is counted at the broker, never at
    the sender. Without a rate as fast as the sockets take: every message stored,
    or refused aloud. One thread would be the limit of that."""
    loop = ("--rate", rate) if rate else ("--closed-loop", "--threads", 2,
                                          "--drain", 60)
    if receipts:
        loop += ("--ack",)
    return run(ctx, buffers, *loop, "--connections", connections,
               "--payload", payload, "--frames-per-write", frames,
               *ctx.timing())


def run(ctx, buffers, *args):
    environment = {} if buffers else server.BUFFERS_OFF
    with broker.topic(ctx.programs, ctx.kafka, 3) as topic, \
            server.gateway(ctx.programs, ctx.kafka, environment) as target:
        made = ctx.programs.load("publish", "--url", target.url, "--topics",
                                 topic, "--settle", ctx.settle, *args)
        made.commands.insert(0, target.typed())
        # It is about latencies, and none are taken here.
        made.warnings = [text for text in made.warnings
                         if not text.startswith("closed loop")]
        # Where nobody waits for receipts the gateway's end flushes.
        target.stop()
        made.counts["stored"] = broker.stored(ctx.kafka, topic)
        made.figures["stored_share"] = (made.counts["stored"] /
                                        max(made.counts["sent"], 1))
    return made


def roof(ctx, *, rate, connections=50, payload=100, frames=1, buffers=True):
    """Raw sockets that receive the values, without the JSON around them, and
    librdkafka alone that writes them: no gateway can cost less than both."""
    raw = ctx.programs.roof(
        "sockets", "--connections", connections, "--payload", payload,
        "--frames-per-write", frames, "--rate", rate or 0, "--duration",
        min(ctx.seconds, 3))
    with broker.topic(ctx.programs, ctx.kafka, 3) as topic:
        alone = ctx.programs.roof(
            "produce", "--kafka", ctx.kafka, "--topic", topic, "--rate", rate or 0,
            "--payload", payload, "--linger", 5 if buffers else 0,
            "--warmup", min(ctx.warmup, 1), "--duration", min(ctx.seconds, 3))
    alone.figures["receive"] = raw.figures["receive"]
    alone.figures["kafka_alone"] = alone.figures["cpu"]
    alone.figures["cpu"] += raw.figures["receive"]
    alone.commands += raw.commands
    return alone

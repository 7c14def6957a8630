"""Many connections: opening, dropping, and letting them be."""
from . import broker, server
from .programs import typed
from .reading import Run


def storm(ctx, *, connections):
    """All at once, dropped, and all again on the same gateway."""
    with server.gateway(ctx.programs, ctx.kafka) as target:
        args = ("connect", "--url", target.url, "--connections", connections,
                "--duration", 0.5, "--drop")
        made = ctx.programs.load(*args)
        again = ctx.programs.load(*args)
        made.commands.insert(0, target.typed())
    made.figures["cpu_again"] = again.figures.get("cpu")
    made.warnings += again.warnings
    made.counts["connections_lost"] += again.counts["connections_lost"]
    return made


def storm_roof(ctx, *, connections):
    """The WebSocket edge alone. It answers no list: hence the short wait."""
    with server.echo(ctx.programs) as target:
        made = ctx.programs.load(
            "connect", "--url", target.url, "--connections", connections,
            "--duration", 0.5, "--drop", "--timeout", 1)
        made.commands.insert(0, target.typed())
        return made


def idle(ctx, *, connections, hold):
    with server.gateway(ctx.programs, ctx.kafka) as target:
        made = ctx.programs.load("connect", "--url", target.url,
                                 "--connections", connections, "--duration",
                                 hold)
        made.commands.insert(0, target.typed())
        return made


def idle_subscribers(ctx, *, connections):
    """Each has a broadcast topic in which nothing happens."""
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
            server.gateway(ctx.programs, ctx.kafka) as target:
        before = target.memory()
        reader = ctx.programs.start_load(
            "subscribe", "--url", target.url, "--topics", topic, "--broadcast",
            "--subscribers", connections, "--duration", 600)
        try:
            reader.wait_for("connections are ready")
            each = (target.memory() - before) / connections
        finally:
            reader.kill()
    return Run({"rss_each": each},
               commands=[target.typed(), typed(reader.command)])


def idle_roof(ctx, *, connections, hold):
    with server.echo(ctx.programs) as target:
        made = ctx.programs.load(
            "connect", "--url", target.url, "--connections", connections,
            "--duration", hold, "--timeout", 1)
        made.commands.insert(0, target.typed())
        return made

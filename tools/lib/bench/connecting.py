"""Many connections: opening, dropping, and letting them be."""
from . import server


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


def idle_roof(ctx, *, connections, hold):
    with server.echo(ctx.programs) as target:
        made = ctx.programs.load(
            "connect", "--url", target.url, "--connections", connections,
            "--duration", hold, "--timeout", 1)
        made.commands.insert(0, target.typed())
        return made

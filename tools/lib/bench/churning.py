"""One group over four clients while its members change."""
import contextlib
import threading

from . import broker, programs, server

EVERY = 5.0  # seconds from one rebalance to the next
QUICK_LEAVE = {"WSKAFKA_CONSUMER_CONFIG_GROUP_LINGER": "0"}


def churn(ctx, *, rate, clients=4):
    """A member on a second gateway joins and leaves the group in turn: each
    is a rebalance at Kafka. It reads another topic, so that the ledger of the
    four stays whole."""
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        topic = enter(broker.topic(ctx.programs, ctx.kafka, clients))
        other = enter(broker.topic(ctx.programs, ctx.kafka, 1))
        target = enter(server.gateway(ctx.programs, ctx.kafka))
        second = enter(server.gateway(ctx.programs, ctx.kafka, QUICK_LEAVE))
        over = threading.Event()
        joined = []
        visitor = threading.Thread(target=visit, args=(
            ctx, second.url, other, topic, over, joined))
        run = ctx.programs.start_load(
            "mixed", "--url", target.url, "--topics", topic, "--groups", topic,
            "--subscribers", clients, "--connections", 1, "--rate", rate,
            "--drain", 15, *ctx.timing())
        run.wait_for("connections are ready")
        visitor.start()
        try:
            made = run.run()
        finally:
            over.set()
            visitor.join()
        made.commands.insert(0, target.typed())
        made.figures["rebalances"] = 2 * len(joined)
        return made


def visit(ctx, url, other, group, over, joined):
    while not over.wait(EVERY):
        with contextlib.suppress(programs.Failed):
            ctx.programs.load("subscribe", "--url", url, "--topics", other,
                              "--groups", group, "--warmup", 0, "--duration",
                              EVERY)
            joined.append(1)

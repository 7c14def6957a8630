"""Kafka to clients, and there and back."""
from . import broker, server

EARLIEST = {"WSKAFKA_CONSUMER_CONFIG_FROMOFFSET": "earliest"}


def deliver(ctx, *, rate, payload=100):
    """librdkafka writes on schedule, the gateway brings it to one client with
    buffers off. Latency counts from when a record was due."""
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
            server.gateway(ctx.programs, ctx.kafka,
                           server.BUFFERS_OFF) as target:
        reader = ctx.programs.start_load(
            "subscribe", "--url", target.url, "--topics", topic, "--count",
            records(ctx, rate), "--duration", 60 + ctx.seconds)
        made = follow(ctx, reader, "connections are ready", topic, rate,
                      payload)
        made.commands.insert(0, target.typed())
        return made


def deliver_roof(ctx, *, rate, payload=100, linger=0):
    """The same records, read by librdkafka alone."""
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic:
        reader = ctx.programs.start_roof(
            "consume", "--kafka", ctx.kafka, "--topic", topic, "--tail",
            "--count", records(ctx, rate))
        return follow(ctx, reader, "ready", topic, rate, payload, linger)


def follow(ctx, reader, word, topic, rate, payload=100, linger=0, more=()):
    """`linger`: milliseconds for which the writer gathers records; `more` is
    what else it is told."""
    try:
        reader.wait_for(word)
        writer = ctx.programs.roof(
            "produce", "--kafka", ctx.kafka, "--topic", topic, "--rate", rate,
            "--payload", payload, "--linger", linger, "--duration",
            ctx.seconds, *more)
        made = reader.run()
    except BaseException:
        reader.kill()
        raise
    made.commands += writer.commands
    made.counts["wanted"] = writer.counts["stored"]
    # Of a few records a second one more or less says nothing.
    if writer.figures["rate"] < 0.95 * rate - 1 / ctx.seconds:
        made.limit = (f"the writer was the limit: {writer.figures['rate']:.0f} "
                      f"of {rate} records a second")
    return made


def records(ctx, rate):
    return int(rate * ctx.seconds)


def flat_out(ctx, topic, count):
    """A topic that is full already, from its first record to one client."""
    with server.gateway(ctx.programs, ctx.kafka,
                        {**server.BUFFERS_OFF, **EARLIEST}) as target:
        made = ctx.programs.load(
            "subscribe", "--url", target.url, "--topics", topic, "--count",
            count, "--duration", 120)
        made.commands.insert(0, target.typed())
    made.counts["wanted"] = count
    return made


def windowed(ctx, topic, count, window, commit):
    """The same, with so many records under way at most."""
    with server.gateway(ctx.programs, ctx.kafka,
                        {**server.BUFFERS_OFF, **EARLIEST}) as target:
        made = ctx.programs.load(
            "subscribe", "--url", target.url, "--topics", topic, "--count",
            count, "--duration", 120, "--window", window, "--commit", commit)
        made.commands.insert(0, target.typed())
    made.counts["wanted"] = count
    return made


def flat_out_roof(ctx, topic, count):
    made = ctx.programs.roof("consume", "--kafka", ctx.kafka, "--topic", topic,
                             "--count", count, "--skip", 1)
    made.counts["wanted"] = count
    return made


def fill(ctx, stack, count, payload=100):
    """A topic with so many records, until `stack` ends."""
    topic = stack.enter_context(broker.topic(ctx.programs, ctx.kafka, 1))
    # Paced, so that the number is exact.
    ctx.programs.roof("produce", "--kafka", ctx.kafka, "--topic", topic,
                      "--payload", payload, "--rate", count, "--duration", 1)
    return topic


def round_trip(ctx, *, rate):
    """In and out through one gateway with buffers off."""
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
            server.gateway(ctx.programs, ctx.kafka,
                           server.BUFFERS_OFF) as target:
        made = ctx.programs.load("roundtrip", "--url", target.url, "--topics",
                                 topic, "--rate", rate, *ctx.timing())
        made.commands.insert(0, target.typed())
        return made


def groups(ctx, *, count, rate):
    """Each of so many groups gets every record of one topic."""
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
            server.gateway(ctx.programs, ctx.kafka) as target:
        made = ctx.programs.load(
            "mixed", "--url", target.url, "--topics", topic, "--connections",
            1, "--groups", count, "--subscribers", 1, "--rate", rate,
            "--timeout", 120, *ctx.timing())
        made.commands.insert(0, target.typed())
        return made

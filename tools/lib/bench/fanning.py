"""Kafka to many clients that each get everything."""
from . import broker, delivering, server


def fan_out(ctx, *, rate, clients, interval, payload=100, stalled=0, limit=None):
    """librdkafka writes on schedule, the gateway brings each record to all
    clients; a delivery is one record at one of them. Latency counts from when a
    record was due. The writer gathers for a millisecond: a request for each
    record has the broker collect garbage for 100 ms in some runs. `interval` None
    turns the buffers off, `limit` is how many records a frame may have, and
    `stalled` clients beside these read nothing."""
    settings = {"WSKAFKA_CONSUMER_CONFIG_MQ_INTERVAL":
                "null" if interval is None else str(interval)}
    if limit:
        settings["WSKAFKA_CONSUMER_CONFIG_MQ_LIMIT"] = str(limit)
    with broker.topic(ctx.programs, ctx.kafka, 1) as topic, \
            server.gateway(ctx.programs, ctx.kafka, settings) as target:
        reader = ctx.programs.start_load(
            "subscribe", "--url", target.url, "--topics", topic,
            "--broadcast", "--subscribers", clients, "--stalled", stalled,
            "--warmup", min(1, ctx.seconds / 4),
            "--count", delivering.records(ctx, rate), "--duration",
            60 + ctx.seconds)
        made = delivering.follow(ctx, reader, "connections are ready", topic,
                                 rate, payload, linger=1)
        made.counts["wanted"] *= clients
        made.commands.insert(0, target.typed())
        return made


def fan_out_roof(ctx, *, rate, clients, interval, payload=100):
    """librdkafka alone that reads the records once, and raw sockets that send
    them to all clients at once: in one write what comes within `interval` of its
    first record. No gateway that waits no longer can send less often."""
    raw = ctx.programs.roof(
        "sockets", "--connections", clients, "--payload", payload,
        "--frames-per-write", int(rate * interval / 1000) + 1, "--together",
        clients, "--rate", rate * clients, "--duration", min(ctx.seconds, 3))
    alone = delivering.deliver_roof(ctx, rate=rate, payload=payload, linger=1)
    alone.figures["kafka_alone"] = alone.figures["cpu"]
    alone.figures["send"] = raw.figures["send"]
    alone.figures["cpu"] = alone.figures["cpu"] / clients + raw.figures["send"]
    alone.commands += raw.commands
    return alone

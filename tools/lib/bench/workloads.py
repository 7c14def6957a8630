"""The table of workloads, with the figures to reach. Where the design is
silent the numbers are round ones: 50 connections, 100 bytes, three partitions
to write to, one to read from (so that order is judged)."""
import dataclasses

from . import churning, connecting, delivering, fanning, publishing
from .workload import Check, Workload


def ingest(id, rate, payload, frames, target, quick=False, buffers=True):
    shape = dict(rate=rate, payload=payload, frames=frames, buffers=buffers)
    each = f"{frames} frames a write" if frames > 1 else "1 frame a write"
    pace = f"{rate:,}/s" if rate else "as fast as the gateway takes them"
    return Workload(
        id, f"publish {payload} B, 50 connections, {each}, {pace}" +
        ("" if buffers else ", buffers off"),
        lambda ctx, stack: {
            "gateway": lambda: publishing.publish(ctx, **shape),
            "roof": lambda: publishing.roof(ctx, **shape)},
        (Check("cpu", "CPU", "us/msg", target, roof="cpu"),
         Check("stored_share", "stored", "of sent", 1, True)), quick)


def receipts(id, rate):
    return Workload(
        id, f"publish 100 B, 50 connections, {rate:,}/s, buffers off, each with "
        "its receipt",
        lambda ctx, stack: {"gateway": lambda: publishing.publish(
            ctx, rate=rate, buffers=False, receipts=True)},
        (Check("p50", "p50", "us"), Check("p99", "p99", "us"),
         Check("cpu", "CPU", "us/msg"),
         Check("stored_share", "stored", "of sent", 1, True)))


def delivery(id, rate, target, quick=False):
    return Workload(
        id, f"Kafka to 1 client, 100 B, {rate:,}/s, buffers off",
        lambda ctx, stack: {
            "gateway": lambda: delivering.deliver(ctx, rate=rate),
            "roof": lambda: delivering.deliver_roof(ctx, rate=rate)},
        (Check("cpu", "CPU", "us/msg", target, roof="cpu"),
         Check("p50", "p50", "us", roof="p50"),
         Check("p99", "p99", "us", roof="p99")), quick)


def fan_out(id, rate, clients, interval, target, p99):
    shape = dict(rate=rate, clients=clients, interval=interval)
    return Workload(
        id, f"broadcast {rate:,}/s to {clients:,} clients, 100 B, mq_interval "
        f"{interval}",
        lambda ctx, stack: {
            "gateway": lambda: fanning.fan_out(ctx, **shape),
            "roof": lambda: fanning.fan_out_roof(ctx, **shape)},
        (Check("cpu", "CPU", "us/delivery", target, roof="cpu"),
         Check("p50", "p50", "us"), Check("p99", "p99", "us", p99),
         Check("rss", "memory", "KiB"), Check("threads", "threads", "")))


def flat_fan_out(id, rate, clients, target):
    """At a rate that is more than the machine takes: what comes through."""
    return Workload(
        id, f"broadcast {rate:,}/s to {clients:,} clients, 100 B",
        lambda ctx, stack: {"gateway": lambda: fanning.fan_out(
            ctx, rate=rate, clients=clients, interval=5)},
        (Check("rate", "rate", "deliveries/s", target, True),
         Check("cpu", "CPU", "us/delivery"), Check("p99", "p99", "us")))


def stalled(id, rate, clients, interval):
    shape = dict(rate=rate, clients=clients, interval=interval)
    return Workload(
        id, f"broadcast {rate:,}/s to {clients:,} clients, beside "
        f"{clients // 100} that read nothing",
        lambda ctx, stack: {
            "gateway": lambda: fanning.fan_out(ctx, stalled=clients // 100,
                                               **shape),
            "none stalled": lambda: fanning.fan_out(ctx, **shape)},
        (Check("p99", "p99", "us", beside=("none stalled", 1.2)),
         Check("cpu", "CPU", "us/delivery"), Check("rss", "memory", "KiB")))


def window_of_one(id, commit, by):
    def sides(ctx, stack):
        count = ctx.count(20_000)
        topic = delivering.fill(ctx, stack, count)
        return {"gateway": lambda: delivering.windowed(ctx, topic, count, 1,
                                                       commit)}
    return Workload(
        id, f"Kafka to 1 client, 100 B, window 1, confirmed by {by}", sides,
        (Check("rate", "rate", "msg/s", 1_000, True),
         Check("cpu", "CPU", "us/msg")))


def flat_out_sides(ctx, stack):
    count = ctx.count(2_000_000)
    topic = delivering.fill(ctx, stack, count)
    return {"gateway": lambda: delivering.flat_out(ctx, topic, count),
            "roof": lambda: delivering.flat_out_roof(ctx, topic, count)}


def sized(make, sizes):
    """A side for each size, by its number."""
    return lambda ctx, stack: {
        str(size): (lambda size=size: make(ctx, size)) for size in sizes}


def round_trip_sides(ctx, stack):
    return {"gateway": lambda: delivering.round_trip(ctx, rate=1000),
            "roof": lambda: delivering.deliver_roof(ctx, rate=1000)}


def connection_sides(run, roof, full, **more):
    def sides(ctx, stack):
        shape = dict(connections=ctx.count(full), **more)
        return {"gateway": lambda: run(ctx, **shape),
                "roof": lambda: roof(ctx, **shape)}
    return sides


def longer(ctx, factor):
    return dataclasses.replace(ctx, seconds=ctx.seconds * factor)


WORKLOADS = (
    ingest("I1", None, 100, 1, 5.5, quick=True),
    ingest("I1.1k", None, 1024, 1, 7),
    ingest("I1.50k", 50_000, 100, 1, None),
    ingest("I2", None, 100, 32, 1.3, quick=True),
    ingest("I2.1k", None, 1024, 32, 4),
    ingest("I2.200k", 200_000, 100, 32, None),
    ingest("I3.1k", 1_000, 100, 1, None, buffers=False),
    ingest("I3.10k", 10_000, 100, 1, None, buffers=False),
    ingest("I3.50k", 50_000, 100, 1, None, buffers=False),
    receipts("I3.ack.1k", 1_000),
    receipts("I3.ack.10k", 10_000),
    Workload(
        "IF", "publish flood, 50 connections, as fast as the sockets take",
        lambda ctx, stack: {"gateway": lambda: publishing.publish(
            longer(ctx, 60 / 8), rate=None)},
        (Check("rate", "rate", "msg/s"), Check("cpu", "CPU", "us/msg"),
         Check("rss", "memory", "KiB"),
         Check("rss_grown", "memory grown", "KiB")), pairs=1),
    Workload(
        "IG", "publish 20,000/s from 1 to 1,000 connections",
        sized(lambda ctx, size: publishing.publish(
            ctx, rate=20_000, connections=size), (1, 10, 100, 1000)),
        (Check("cpu", "CPU", "us/msg"), Check("threads", "threads", "", 1)),
        growth="connections", most_growth=1.2),
    delivery("D1.1k", 1_000, 45),
    delivery("D1.20k", 20_000, 4, quick=True),
    delivery("D1.50k", 50_000, 2.4),
    delivery("D1.200k", 200_000, 1.2),
    Workload(
        "D1.flat", "Kafka to 1 client, 100 B, flat out", flat_out_sides,
        (Check("rate", "rate", "msg/s", 400_000, True, roof="rate"),
         Check("cpu", "CPU", "us/msg", 2.4, roof="cpu"))),
    Workload(
        "D2", "one group over 4 clients, a rebalance every 5 s, 5,000/s",
        lambda ctx, stack: {"gateway": lambda: churning.churn(
            longer(ctx, 3), rate=5000)},
        (Check("lost", "lost", "records", 0),
         Check("repeated", "repeated", "records"),
         Check("max", "longest stall", "us"),
         Check("rebalances", "rebalances", "")),
        repeats_allowed=True),
    Workload(
        "RT", "round trip 1,000/s, buffers off", round_trip_sides,
        (Check("p50", "p50", "us", 4_000, roof="p50"),
         Check("p99", "p99", "us", 15_000, roof="p99")), quick=True),
    window_of_one("W1", "sent", "the WebSocket"),
    window_of_one("W1.ack", "ack", "acks"),
    Workload(
        "F1", "broadcast 45,000 deliveries/s to 1 to 9,000 clients, each record "
        "a frame",
        sized(lambda ctx, size: fanning.fan_out(
            ctx, rate=45_000 / ctx.count(size), clients=ctx.count(size),
            interval=None, limit=1), (1, 100, 1000, 9000)),
        (Check("cpu", "CPU", "us/delivery"), Check("p99", "p99", "us"),
         Check("threads", "threads", "", 1)),
        growth="clients", most_growth=1.7),
    flat_fan_out("F1.flat", 48_000, 100, 4_000_000),
    fan_out("F2.100", 5_000, 100, 5, 0.7, 13_000),
    fan_out("F2.1000", 500, 1_000, 10, 1.2, 30_000),
    stalled("S1", 500, 1_000, 10),
    Workload(
        "F3", "1 to 200 groups on one topic, 100/s",
        sized(lambda ctx, size: delivering.groups(ctx, count=size, rate=100),
              (1, 10, 50, 200)),
        (Check("cpu", "CPU", "us/delivery"), Check("threads", "threads", "")),
        growth="groups", most_growth=None),
    Workload(
        "C1", "9,000 connections at once, dropped, and again",
        connection_sides(connecting.storm, connecting.storm_roof, 9000),
        (Check("cpu", "CPU", "us/conn", 60, roof="cpu"),
         Check("cpu_again", "CPU, again", "us/conn", 60, roof="cpu"),
         Check("per_core_s", "rate", "conn/s/core", 15_000, True,
               roof="per_core_s")), quick=True, needs_kafka=False),
    Workload(
        "C2", "15,000 idle connections, default ping, 30 s",
        connection_sides(connecting.idle, connecting.idle_roof, 15_000,
                         hold=30),
        (Check("rss_each", "memory", "KiB/conn", 14, roof="rss_each"),
         Check("idle_cores", "CPU", "cores", 0.015, roof="idle_cores")),
        needs_kafka=False),
    Workload(
        "C2.sub", "15,000 idle subscribers of a broadcast",
        lambda ctx, stack: {
            "gateway": lambda: connecting.idle_subscribers(
                ctx, connections=ctx.count(15_000)),
            "roof": lambda: connecting.idle_roof(
                ctx, connections=ctx.count(15_000), hold=1)},
        (Check("rss_each", "memory", "KiB/conn", 14, roof="rss_each"),)),
)

# What the design asks for and nothing here can measure yet.
NOT_RUN = {
    "I3 broker's ack latency": "the roof does not time delivery reports",
    "F3 broker fetches/s": "the broker tells them by JMX alone",
    "C2 loop lag": "the gateway does not tell it",
}

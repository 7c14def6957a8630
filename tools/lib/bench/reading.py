"""What the programs print as JSON, brought to one shape: a Run."""
import dataclasses


@dataclasses.dataclass
class Run:
    """One run of one side. Times in us, sizes in KiB; None is not known."""
    figures: dict
    counts: dict = dataclasses.field(default_factory=dict)
    generator_busy: float = None
    # Why another generator than the load tool was too slow, or None.
    limit: str = None
    warnings: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)


def dig(tree, *path):
    """The value at the path, or None where it ends early."""
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def from_load(result):
    """What wskafka-load wrote."""
    own_busy = dig(result, "generator", "busy") or [None]
    busy = max((one for one in own_busy if one is not None), default=None)
    if dig(result, "measured_s") in (None, 0):
        busy = None
    server_s = dig(result, "server", "wall_s")
    figures = {
        "cpu": dig(result, "server", "cpu_us_per_message"),
        "p50": dig(result, "latency_us", "response", "p50"),
        "p99": dig(result, "latency_us", "response", "p99"),
        "max": dig(result, "latency_us", "response", "max"),
        "rate": dig(result, "rates", "delivered") or
        dig(result, "rates", "sent"),
        "rss": dig(result, "server", "rss_most"),
        "rss_grown": difference(dig(result, "server", "rss_end"),
                                dig(result, "server", "rss_start")),
        "threads": dig(result, "server", "threads"),
        "server_cores": ratio(dig(result, "server", "cpu_s"), server_s),
        "generator_cores": ratio(dig(result, "generator", "cpu_s"), server_s),
    }
    add_connect(result, figures)
    ledger = result.get("ledger") or {}
    counts = {key: ledger.get(key) for key in (
        "sent", "unsent", "failed", "persisted_maybe", "delivered", "lost",
        "repeated", "out_of_order", "holes", "foreign")}
    counts["connections_lost"] = dig(result, "connections", "lost")
    return Run(figures, counts, busy,
               warnings=list(result.get("warnings") or []))


def add_connect(result, figures):
    """Costs of a connection, of `connect` alone."""
    opened = dig(result, "connections", "opened")
    ramp_cpu = dig(result, "connect", "server_ramp_cpu_s")
    close_cpu = dig(result, "connect", "server_close_cpu_s")
    if ramp_cpu is None or not opened:
        return
    figures["cpu"] = 1e6 * (ramp_cpu + (close_cpu or 0)) / opened
    figures["per_core_s"] = ratio(opened, ramp_cpu)
    figures["rate"] = ratio(opened, dig(result, "connect", "ramp_s"))
    figures["rss_each"] = dig(result, "connect", "server_rss_each")
    figures["idle_cores"] = ratio(dig(result, "connect", "server_hold_cpu_s"),
                                  dig(result, "connect", "hold_s"))
    figures["p99"] = dig(result, "latency_us", "handshake", "p99")


def from_roof(result):
    """What wskafka-roof printed, whatever its sub-command."""
    times = result.get("latency_us") or {}
    figures = {"cpu": result.get("cpu_us_per_message"),
               "send": result.get("send_us_per_message"),
               "receive": result.get("receive_us_per_message"),
               "rate": result.get("rate"), "p50": times.get("p50"),
               "p99": times.get("p99"), "max": times.get("max")}
    counts = {key: result.get(key) for key in ("sent", "stored", "delivered")}
    busy = result.get("busy")
    return Run({key: value for key, value in figures.items()
                if value is not None}, counts, busy or None)


def ratio(upper, lower):
    return upper / lower if upper is not None and lower else None


def difference(after, before):
    return None if after is None or before is None else after - before

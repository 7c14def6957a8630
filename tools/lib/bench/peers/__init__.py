"""Other gateways beside ours, in the same pairs: each with a configuration
that is committed here, each left out with its reason where it cannot be had."""
import os
import pathlib

from . import centrifugo, seed


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "wskafka/peers"


def find(asked, not_run):
    """Those that run here; why the others do not goes to `not_run`. `asked`
    is a folder, "" to fetch what can be fetched, or None."""
    if asked is None:
        not_run["peers"] = "not asked for (--peers)"
        return []
    folder = pathlib.Path(asked).resolve() if asked else cache()
    found = []
    for kind in (centrifugo, seed):
        peer, why = kind.find(folder, may_fetch=not asked)
        if peer:
            found.append(peer)
        else:
            not_run[f"peer {kind.NAME}"] = why
    return found

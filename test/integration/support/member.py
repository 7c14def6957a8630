#!/usr/bin/python3
"""A subscriber in a process of its own, which a test can freeze.

member.py URL TOPIC GROUP: prints "subscribed", then each value on a line,
until its input ends.
"""
import os
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.client import Closed  # noqa: E402
from support.raw import Raw  # noqa: E402


def until_input_ends():
    sys.stdin.read()
    os._exit(0)


def main():
    url, topic, group = sys.argv[1:]
    threading.Thread(target=until_input_ends, daemon=True).start()
    client = Raw(url, seconds=None)
    client.subscribe(topic, group)
    print("subscribed", flush=True)
    try:
        while True:
            print("\n".join(client.values(1)), flush=True)
    except Closed as closed:
        print(closed, flush=True)


if __name__ == "__main__":
    main()

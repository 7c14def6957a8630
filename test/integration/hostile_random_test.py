#!/usr/bin/python3
"""Clients that send frames at random, whole and broken, in pieces and in
heaps, read or do not, and go in every way, against a server with little room:
it stays, holds nothing of them at the end, and serves who behaves."""
import json
import os
import random
import socket
import struct
import threading
import unittest

from support import run
from support.raw import Raw, handshake
from support.server import Server

LIMIT = 2048
CONFIG = {"websocket_config": {
    "max_frame_in": LIMIT, "max_frame_out": LIMIT, "max_record_out": 4096,
    "connection_in_bytes": 4096, "connection_out_bytes": 8192,
    "message_timeout": 1000, "publish_stall": 150, "slow_timeout": 1500,
    "ping_interval": 2000}}
THREADS, CONNECTIONS = 20, 20


def frame(opcode, payload, final=True, masked=True, length=None, reserved=0):
    """`length`: what it claims to have, if not what it has."""
    size = len(payload) if length is None else length
    mask = 0x80 if masked else 0
    head = bytes([(0x80 if final else 0) | reserved | opcode])
    if size < 126:
        head += bytes([mask | size])
    elif size < 65536:
        head += struct.pack("!BH", mask | 126, size)
    else:
        head += struct.pack("!BQ", mask | 127, size)
    # A mask of zeros leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


def subscribe(dice, topic):
    how = dice.choice([
        {"consumer_group": f"g{dice.randrange(3)}"},
        {"consumer_group": "acks", "commit": "ack",
         "window": dice.randrange(1, 50)},
        {"broadcast": True}, {"broadcast": True, "from": "earliest"},
        {"broadcast": True, "slow": "drop", "meta": True},
        {"broadcast": True, "from": "latest", "events": True}])
    return {"id": 1, "t": "topic", "a": "subscribe", "p": {"t": [topic], **how}}


def request(dice):
    """A message as the protocol has it."""
    topic = dice.choice("abc")
    kind = dice.randrange(12)
    if kind < 5:
        value = "x" * dice.choice([1, 10, 100, 1000, 1800])
        return {"id": 2, "t": "notif",
                "p": {"t": topic, "m": value, "ack": dice.random() < 0.3}}
    if kind == 5:
        return [{"t": "notif", "p": {"t": topic, "m": number}}
                for number in range(dice.randrange(1, 40))]
    if kind < 8:
        return subscribe(dice, topic)
    if kind == 8:
        return {"id": 3, "t": "topic", "a": dice.choice(
            ["list", "unsubscribe", "pause", "resume", "position"])}
    if kind == 9:
        return {"id": 4, "t": "health", "p": {"detail": True, "limit": 1}}
    if kind == 10:
        return {"t": "notif", "a": "ack", "p": [
            {"topic": topic, "partition": 0, "offset": dice.randrange(99)}]}
    return {"id": 5, "t": "topic", "a": "create", "p": [topic]}


def text(dice):
    return frame(1, json.dumps(request(dice)).encode())


def cut(dice):
    """A message in two frames, perhaps with a ping between them."""
    whole = json.dumps(request(dice)).encode()
    at = dice.randrange(len(whole))
    between = dice.choice([b"", frame(9, b"between")])
    return frame(1, whole[:at], final=False) + between + frame(0, whole[at:])


BROKEN = [
    lambda dice: frame(1, b"y" * 99, length=dice.choice(
        [LIMIT + 1, 70_000, 1 << 40])),
    lambda dice: frame(8, dice.choice([b"", b"\x03", b"\x03\xe8", b"\x03\xed",
                                       b"\x0f\xa0bye", b"\x03\xe8\xff"])),
    lambda dice: dice.randbytes(dice.randrange(1, 50)),
    lambda dice: frame(dice.choice([2, 3, 11]), b"abc",
                       reserved=dice.choice([0, 0x40])),
    lambda dice: frame(1, b"\xff\xfe" + b"z" * 50),
    lambda dice: frame(0, b"stray", final=dice.random() < 0.5),
    lambda dice: frame(1, b"bare", masked=False),
    lambda dice: frame(1, b"a part", final=False),
    lambda dice: frame(9, b"x" * 126),
    lambda dice: (frame(1, b"", final=False) +
                  frame(0, b"", final=False) * dice.randrange(1, 30)),
]


def some(dice, care):
    """What is sent next: with more care, less of it is broken."""
    if dice.random() < care:
        return text(dice)
    return dice.choice([
        cut, lambda d: frame(9, b"ping"), lambda d: frame(10, b"pong"),
        *BROKEN])(dice)


def one_life(dice, host, port, begun):
    """`begun` gets an entry where the handshake succeeds."""
    with socket.create_connection((host, port), 5) as peer:
        care = dice.choice([0.5, 0.97])
        first = handshake(host) if dice.random() < 0.95 else os.urandom(99)
        peer.sendall(first + (some(dice, care) if dice.random() < 0.3 else b""))
        if peer.recv(4096).startswith(b"HTTP/1.1 101 "):
            begun.append(1)
        reads = dice.random() < 0.7
        for _ in range(dice.randrange(1, 40)):
            heap = b"".join(some(dice, care)
                            for _ in range(dice.randrange(1, 12)))
            at = dice.randrange(len(heap)) if dice.random() < 0.4 else 0
            peer.sendall(heap[:at])
            peer.sendall(heap[at:])
            if reads:
                peer.settimeout(0.01)
                try:
                    peer.recv(1 << 16)
                except TimeoutError:
                    pass
                peer.settimeout(5)
        if dice.random() < 0.3:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                            struct.pack("ii", 1, 0))
        elif dice.random() < 0.3:
            peer.shutdown(socket.SHUT_WR)


class HostileRandom(unittest.TestCase):
    def test_lives_at_random(self):
        seed = int(os.environ.get("SEED") or random.randrange(1 << 32))
        print(f"seed {seed} (SEED)")
        begun = []
        with Server(CONFIG) as server:
            threads = [threading.Thread(target=self.lives, args=(
                f"{seed}.{number}", server.port, begun))
                       for number in range(THREADS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertIsNone(server.death())
            # Of twenty one has no handshake; a thread that failed has none.
            self.assertGreater(len(begun), 0.8 * THREADS * CONNECTIONS)
            client = Raw(server.url)
            client.subscribe("beside", "beside")
            client.send({"id": 2, "t": "notif",
                         "p": {"t": "beside", "m": "still here"}})
            self.assertEqual(client.values(1), ["still here"])
            client.close()
            self.assertEqual(server.stop(), 0, server.output())

    @staticmethod
    def lives(seed, port, begun):
        dice = random.Random(seed)
        for _ in range(CONNECTIONS):
            try:
                one_life(dice, "127.0.0.1", port, begun)
            except OSError:
                pass  # Closed by the server, with reason.


if __name__ == "__main__":
    run.main()

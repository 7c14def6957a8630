"""A WebSocket of our own over a plain socket, which can misbehave."""
import base64
import contextlib
import json
import math
import os
import socket
import struct
import threading
import time
import urllib.parse

from support.client import Closed
from support.wait import DEADLINE

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def masked(opcode, payload):
    """A whole frame as a client sends it."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
    # A mask of zeros leaves the payload as it is.
    return head + bytes(4) + payload


def handshake(host, headers=()):
    """A client's request."""
    key = base64.b64encode(os.urandom(16)).decode()
    return "\r\n".join([
        "GET / HTTP/1.1", f"Host: {host}", "Upgrade: websocket",
        "Connection: Upgrade", f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13", *headers, "", ""]).encode()


def crowd(url, count, together=200):
    """So many open connections of which nobody reads more than the handshake,
    as sockets. Made many at a time, since one after the other takes long."""
    where = urllib.parse.urlsplit(url)
    request = handshake(where.netloc)
    made = []
    while len(made) < count:
        some = [socket.create_connection((where.hostname, where.port),
                                         DEADLINE)
                for _ in range(min(together, count - len(made)))]
        made += some
        for one in some:
            one.sendall(request)
        for one in some:
            if not one.recv(1 << 12).startswith(b"HTTP/1.1 101 "):
                raise ConnectionError("the crowd is not let in")
    return made


class Raw:
    """One connection, blocking; `pongs=False` never answers a ping, `headers`
    are lines of the handshake beside those that it must have, and with `room`
    the kernel takes about so many bytes that nobody reads."""

    def __init__(self, url, pongs=True, seconds=DEADLINE, headers=(),
                 room=None):
        where = urllib.parse.urlsplit(url)
        self.pongs = pongs
        self.pings = 0
        self.socket = socket.socket()
        self.socket.settimeout(seconds)
        if room:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self.socket.connect((where.hostname, where.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._data = b""
        try:
            self._shake_hands(where.netloc, headers)
        except BaseException:
            self.socket.close()
            raise

    def _shake_hands(self, host, headers):
        self.socket.sendall(handshake(host, headers))
        while b"\r\n\r\n" not in self._data:
            self._more()
        head, self._data = self._data.split(b"\r\n\r\n", 1)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(head.decode(errors="replace"))

    def _more(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise Closed(1006)
        self._data += data

    def _take(self, size):
        while len(self._data) < size:
            self._more()
        taken, self._data = self._data[:size], self._data[size:]
        return taken

    def frame(self):
        """The next frame: (opcode, payload)."""
        first, size = self._take(2)
        if size == 126:
            [size] = struct.unpack("!H", self._take(2))
        elif size == 127:
            [size] = struct.unpack("!Q", self._take(8))
        return first & 15, self._take(size)

    def receive(self):
        """The next text as JSON; pings on the way are counted, but do not make
        it wait for ever."""
        end = time.monotonic() + (self.socket.gettimeout() or math.inf)
        while True:
            opcode, payload = self.frame()
            if opcode == TEXT:
                return json.loads(payload)
            if opcode == CLOSE:
                self.socket.sendall(masked(CLOSE, payload))
                code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                raise Closed(code, payload[2:].decode())
            if opcode == PING:
                if time.monotonic() > end:
                    raise TimeoutError("nothing but pings")
                self.pings += 1
                if self.pongs:
                    self.socket.sendall(masked(PONG, payload))

    def send(self, message):
        self.say(json.dumps(message))

    def say(self, text):
        """Sends it as it is, as one frame."""
        self.socket.sendall(masked(TEXT, text.encode()))

    def request(self, **message):
        """Sends one message; the next text."""
        self.send(message)
        return self.receive()

    def subscribe(self, topic, group):
        """Returns when the server has answered that all is well."""
        reply = self.request(id=group, t="topic", a="subscribe",
                             p={"t": [topic], "consumer_group": group})
        if not isinstance(reply, dict) or (reply["refid"],
                                           reply["s"]) != (group, 0):
            raise AssertionError(f"subscribe: {reply}")

    def values(self, count):
        """The values of deliveries until there are so many."""
        got = []
        while len(got) < count:
            got += [record["p"] for record in self.receive()]
        return got

    def reset(self):
        """Dies: the peer gets an RST, without a word before it. Harmless when
        it is closed already."""
        if self.socket.fileno() < 0:
            return
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               struct.pack("ii", 1, 0))
        self.socket.close()

    def close(self):
        """A normal close, without waiting for the answer."""
        self.socket.sendall(masked(CLOSE, struct.pack("!H", 1000)))
        self.socket.close()


class Reading:
    """Reads in a thread of its own, so that pings are answered meanwhile;
    `with` ends the connection, and `values` is what came."""

    def __init__(self, client):
        self.client = client
        self.values = []
        self.closed = None  # How it ended.
        self._thread = threading.Thread(target=self._read)

    def _read(self):
        try:
            while True:
                self.values += self.client.values(1)
        except Closed as closed:
            self.closed = closed
        except ConnectionError:
            self.closed = Closed(1006)

    def __enter__(self):
        self.client.socket.settimeout(None)
        self._thread.start()
        return self

    def end(self):
        """Waits until the server has ended the connection, and tells how."""
        self._thread.join(DEADLINE)
        return self.closed

    def __exit__(self, *_):
        with contextlib.suppress(OSError):  # the server has ended it
            self.client.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self.client.reset()

"""A WebSocket client by Debian's python3-websockets."""
import asyncio
import json

import websockets

from support.wait import DEADLINE


class Closed(Exception):
    """The server ended the connection."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed with {code} {reason}".rstrip())
        self.code = code


class Client:
    """One connection; `await Client.open(url)` makes it."""

    def __init__(self, socket):
        self.socket = socket

    @classmethod
    async def open(cls, url, **options):
        return cls(await websockets.connect(
            url, max_size=None, ping_interval=None, **options))

    async def send(self, data):
        """Text from str, a binary frame from bytes, fragments from a list."""
        try:
            await self.socket.send(data)
        except websockets.ConnectionClosed as closed:
            raise self._closed(closed) from None

    async def send_raw_text(self, data):
        """A text frame of any bytes, also such as are not UTF-8."""
        await self.socket.write_frame(True, 1, data)

    async def receive(self, seconds=DEADLINE):
        """The next frame's text."""
        try:
            return await asyncio.wait_for(self.socket.recv(), seconds)
        except asyncio.TimeoutError:
            raise TimeoutError(f"no frame within {seconds:g} s") from None
        except websockets.ConnectionClosed as closed:
            raise self._closed(closed) from None

    async def request(self, **message):
        """Sends one message; the next frame as JSON."""
        await self.send(json.dumps(message))
        return json.loads(await self.receive())

    async def close(self):
        await self.socket.close()

    def drop(self):
        """Ends the TCP connection without a word."""
        self.socket.transport.abort()

    @staticmethod
    def _closed(closed):
        return Closed(closed.rcvd.code if closed.rcvd else 1006,
                      closed.rcvd.reason if closed.rcvd else "")

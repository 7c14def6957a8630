"""An address at which a broker can be missing, and come."""
import asyncio
import contextlib
import socket


class Relay:
    """Holds a port that refuses connections until `forward` is called; then
    each is passed on. After `mute` they are taken meanwhile, and get no
    answer. Used from one event loop; `async with` ends it."""

    def __init__(self):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = None
        self._tasks = set()
        self._broker = None
        self._found = asyncio.Event()
        self.taken = 0  # connections so far

    async def mute(self):
        self._server = await asyncio.start_server(self._accepted,
                                                  sock=self._socket)

    async def forward(self, bootstrap):
        self._broker = bootstrap.rsplit(":", 1)
        self._found.set()
        if not self._server:
            await self.mute()

    async def _accepted(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self.taken += 1
        await self._found.wait()
        host, port = self._broker
        to = await asyncio.open_connection(host, int(port))
        await asyncio.gather(self._pass(reader, to[1]),
                             self._pass(to[0], writer))

    @staticmethod
    async def _pass(reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._socket.close()

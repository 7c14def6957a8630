#!/usr/bin/python3
"""Who is let in: the whole server's answer to a handshake."""
import contextlib
import unittest

from support import run
from support.raw import Raw
from support.server import Server
from support.wait import until_blocking

ORIGIN = "https://example.org"


class Handshake(unittest.TestCase):
    @contextlib.contextmanager
    def serve(self, **websocket_config):
        """A server, and the connections to it that `opens` makes."""
        with Server({"websocket_config": websocket_config}) as server, \
                contextlib.ExitStack() as self.opened:
            self.server = server
            yield
            self.opened.close()
            self.assertEqual(server.stop(), 0, server.output())

    def opens(self, *headers):
        """The connection, which answers."""
        client = Raw(self.server.url, headers=headers)
        self.opened.callback(client.reset)
        self.assertEqual(client.request(id=1, t="health")["refid"], 1)
        return client

    def refused(self, status, *headers):
        with self.assertRaises(ConnectionError) as refusal:
            self.opened.callback(
                Raw(self.server.url, headers=headers).reset)
        self.assertRegex(str(refusal.exception), f"^HTTP/1.1 {status} ")

    def counted(self, client, name):
        reply = client.request(id=2, t="health", p={"detail": True})
        return reply["p"]["sockets"][name]

    def test_an_origin_that_is_not_allowed_gets_403(self):
        with self.serve(allowed_origins=[ORIGIN]):
            self.opens(f"Origin: {ORIGIN}")
            # Programs send none, and are no browser that was lured.
            client = self.opens()
            wrong = ("https://example.com", f"{ORIGIN}:444", f"{ORIGIN}.x",
                     "http://example.org", "null")
            for origin in wrong:
                self.refused(403, f"Origin: {origin}")
            self.assertEqual(self.counted(client, "refused_origin"),
                             len(wrong))

    def test_every_origin_is_allowed_when_none_is_set(self):
        with self.serve():
            self.opens("Origin: https://anybody.example")

    def test_above_max_connections_it_gets_503_until_one_has_left(self):
        with self.serve(max_connections=2):
            first, second = self.opens(), self.opens()
            self.refused(503)
            self.refused(503)
            self.assertEqual(self.counted(first, "refused_limit"), 2)
            second.reset()

            def let_in():
                with contextlib.suppress(ConnectionError):
                    return self.opens()
            until_blocking(let_in, "the place of the one that left")
            self.refused(503)


if __name__ == "__main__":
    run.main()

#!/usr/bin/python3
"""Clients that share no code with each other talk to the same server."""
import asyncio
import json
import os
import subprocess
import unittest

from support.client import Client
from support.server import Server

# Debian puts node's packages where its own node looks, others do not.
NODE = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}

# Subscribes, publishes, prints what comes until its own record is there.
NODE_CLIENT = """
const WebSocket = require('ws');
const socket = new WebSocket(process.argv[1]);
const send = (message) => socket.send(JSON.stringify(message));
socket.on('open', () => send({id: 1, t: 'topic', a: 'subscribe',
  p: {t: ['clients'], consumer_group: 'node'}}));
socket.on('message', (data) => {
  const message = JSON.parse(data);
  console.log(JSON.stringify(message));
  if (message.refid === 1)
    send({id: 2, t: 'notif', a: 'create', p: {t: 'clients', m: 'from node'}});
  else
    socket.close();
});
"""


class Clients(unittest.TestCase):
    def test_node_and_python_read_each_other(self):
        with Server() as server:
            asyncio.run(self.converse(server))

    async def converse(self, server):
        python = await Client.open(server.url)
        reply = await python.request(
            id=1, t="topic", a="subscribe",
            p={"t": ["clients"], "consumer_group": "python"})
        self.assertEqual((reply["s"], reply["p"]), (0, ["clients"]))
        loop = asyncio.get_running_loop()
        node = await loop.run_in_executor(None, lambda: subprocess.run(
            ["node", "-e", NODE_CLIENT, server.url], env=NODE, timeout=60,
            capture_output=True, text=True))
        self.assertEqual(node.returncode, 0, node.stderr)
        subscribed, delivered = map(json.loads, node.stdout.splitlines())
        self.assertEqual(list(subscribed),
                         ["id", "refid", "t", "a", "s", "p"])
        self.assertEqual([one["p"] for one in delivered], ["from node"])
        [record] = json.loads(await python.receive())
        self.assertEqual((record["t"], record["p"]), ("notif", "from node"))
        await python.close()


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""cmake --install puts down a server that runs from there."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from support.server import ROOT, Server

BUILD = os.environ.get("BUILD_FOLDER") or ROOT / "build/release"


class Install(unittest.TestCase):
    def test_the_installed_server_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", folder],
                           check=True, capture_output=True, timeout=120)
            header = pathlib.Path(folder) / "include/wskafka/server.hpp"
            self.assertTrue(header.is_file())
            with Server(binary=f"{folder}/bin/wskafka") as server:
                self.assertEqual(server.lines[-1], "ready")


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/python3
"""cmake --install puts down a server, a library, and the protocol's document,
that work from there."""
import os
import pathlib
import subprocess
import tempfile
import unittest

from support.asyncapi import Document
from support.server import ROOT, Server

BUILD = os.environ.get("BUILD_FOLDER") or ROOT / "build/release"

PROJECT = """
cmake_minimum_required(VERSION 3.21)
project(another LANGUAGES CXX)
find_package(wskafka 0.1 REQUIRED)
add_executable(another main.cpp)
target_link_libraries(another PRIVATE wskafka::server)
"""


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{command}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "installed"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def test_the_installed_server_answers(self):
        with Server(binary=str(self.prefix / "bin/wskafka")) as server:
            self.assertEqual(server.lines[-1], "ready")

    def test_the_document_has_all_its_parts(self):
        document = Document(self.prefix / "share/doc/wskafka/asyncapi.yaml")
        self.assertEqual(document.messages.keys(), Document().messages.keys())

    def test_another_project_finds_the_library(self):
        source = self.folder / "another"
        source.mkdir()
        (source / "CMakeLists.txt").write_text(PROJECT)
        example = (ROOT / "tools/example/main.cpp").read_text()
        in_the_tree = '#include "actors/server.hpp"'
        self.assertEqual(example.count(in_the_tree), 1)
        (source / "main.cpp").write_text(example.replace(
            in_the_tree, "#include <wskafka/server.hpp>"))
        build = self.folder / "build"
        run("cmake", "-S", source, "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", build)
        # Its input ends at once.
        self.assertIn("listening on ws://", run(build / "another"))


if __name__ == "__main__":
    unittest.main()

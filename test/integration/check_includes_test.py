#!/usr/bin/python3
"""The include rule finds what it is there to find."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class IncludeRule(unittest.TestCase):
    def check(self, files):
        """Exit code and output for a tree of these files."""
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
            done = subprocess.run(
                [ROOT / "tools/check-includes", folder],
                capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout

    def accepted(self, path, include, **others):
        code, output = self.check({path: include + "\n", **others})
        self.assertEqual(code, 0, output)

    def refused(self, path, include, **others):
        code, output = self.check({path: include + "\n", **others})
        self.assertEqual(code, 1, output)
        self.assertIn(f"{path}:1:", output)

    def test_each_folder_sees_those_below_it_only(self):
        seen = {
            "config": "config",
            "protocol": "protocol",
            "net/ws": "config net net/ws",
            "net/kafka": "config net net/kafka",
            "actors": "config protocol net net/ws net/kafka actors",
            "tools": "config protocol net net/ws net/kafka actors tools",
            "test": "config protocol net net/ws net/kafka actors test",
        }
        for user, allowed in seen.items():
            for used in ["net", *seen]:
                with self.subTest(user=user, used=used):
                    judge = (self.accepted if used in allowed.split()
                             else self.refused)
                    judge(f"{user}/a.cpp", f'#include "{used}/b.hpp"',
                          **{f"{used}/b.hpp": ""})

    def test_kafka_sees_one_header_of_the_protocol(self):
        self.accepted("net/kafka/a.cpp",
                      '#include "protocol/record_batch.hpp"',
                      **{"protocol/record_batch.hpp": ""})

    def test_libraries_stay_in_their_folders(self):
        places = {
            "caf/actor.hpp": ["actors/a.hpp", "test/actors/a.cpp"],
            "simdjson.h": ["protocol/parse.cpp"],
            "librdkafka/rdkafka.h": ["net/kafka/a.cpp"],
            "websocketpp/server.hpp": ["net/ws/endpoint.cpp"],
            "boost/asio.hpp": ["net/ws/endpoint.cpp"],
            "doctest/doctest.h": ["test/config/a.cpp"],
            "nlohmann/json.hpp": ["config/a.cpp", "actors/a.cpp"],
        }
        everywhere = ["config/a.cpp", "protocol/a.cpp", "net/ledger.cpp",
                      "net/ws/a.cpp", "net/kafka/b.cpp", "actors/b.cpp"]
        for header, allowed in places.items():
            for path in allowed:
                with self.subTest(header=header, path=path):
                    self.accepted(path, f"#include <{header}>")
        for header in ["caf/actor.hpp", "simdjson.h", "librdkafka/rdkafka.h",
                       "websocketpp/server.hpp", "doctest/doctest.h"]:
            for path in everywhere:
                folder = path.rsplit("/", 1)[0]
                if any(p.rsplit("/", 1)[0] == folder and
                       header not in ("simdjson.h", "websocketpp/server.hpp")
                       for p in places[header]):
                    continue
                with self.subTest(header=header, path=path):
                    self.refused(path, f"#include <{header}>")

    def test_the_protocol_has_no_thread_clock_or_io(self):
        for header in ["thread", "chrono", "iostream"]:
            self.refused("protocol/a.cpp", f"#include <{header}>")
            self.accepted("net/a.cpp", f"#include <{header}>")

    def test_an_unknown_library_is_refused(self):
        self.refused("net/ws/a.cpp", "#include <uv/uv.h>")
        self.accepted("net/ws/a.cpp", "#include <sys/socket.h>")

    def test_our_headers_are_named_from_the_root_in_quotes(self):
        self.refused("config/a.cpp", '#include "b.hpp"',
                     **{"config/b.hpp": ""})
        self.refused("config/a.cpp", "#include <config/b.hpp>",
                     **{"config/b.hpp": ""})

    def test_a_circle_is_found(self):
        code, output = self.check({
            "config/a.hpp": '#include "config/b.hpp"\n',
            "config/b.hpp": '#include "config/a.hpp"\n'})
        self.assertEqual(code, 1)
        self.assertIn("circle", output)

    def test_another_folder_at_the_top_is_refused(self):
        code, output = self.check({"config/a.hpp": "", "src/b.hpp": ""})
        self.assertEqual(code, 1)
        self.assertIn("src: not at the top level", output)

    def test_a_tree_without_sources_is_refused(self):
        self.assertEqual(self.check({"config/a.txt": ""})[0], 1)


if __name__ == "__main__":
    unittest.main()

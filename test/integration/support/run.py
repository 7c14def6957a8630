"""Runs one test file by hand."""
import argparse
import os
import sys
import unittest


def main():
    """--server PATH and --kafka HOST:PORT instead of the release build and a
    broker of the test's own; the rest goes to unittest."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--server")
    parser.add_argument("--kafka")
    options, rest = parser.parse_known_args()
    if options.server:
        os.environ["SERVER_UNDER_TEST"] = options.server
    if options.kafka:
        os.environ["KAFKA_UNDER_TEST"] = options.kafka
    unittest.main(module="__main__", argv=[sys.argv[0], *rest])

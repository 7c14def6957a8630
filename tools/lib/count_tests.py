#!/usr/bin/python3
"""Reads a test log on stdin; prints how many tests passed and failed.

Knows doctest, unittest, the transcript runner, and ctest around the first two
(ctest -V puts "7: " before each line). A program that dies tells no counts:
ctest's own number of failures is then the least.
"""
import re
import sys

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|"
                     r"\s*(\d+) failed")
RAN = re.compile(r"(?:\d+: )?Ran (\d+) tests? in ")
UNITTEST_FAILED = re.compile(r"(?:\d+: )?FAILED \((.*)\)$")
RUNNER = re.compile(r"(\d+) passed, (\d+) failed$")
CTEST = re.compile(r"\d+% tests passed, (\d+) tests? failed out of \d+$")


def count(lines):
    passed, failed, dead = 0, 0, 0
    for line in lines:
        line = line.rstrip("\n")
        found = DOCTEST.search(line)
        if found:
            passed += int(found.group(1))
            failed += int(found.group(2))
            continue
        found = RAN.match(line)
        if found:
            passed += int(found.group(1))
            continue
        found = UNITTEST_FAILED.match(line)
        if found:
            # failures=1, errors=2, skipped=3
            parts = dict(part.split("=") for part in found.group(1).split(", "))
            bad = int(parts.get("failures", 0)) + int(parts.get("errors", 0))
            passed -= bad
            failed += bad
            continue
        found = RUNNER.match(line)
        if found:
            passed += int(found.group(1))
            failed += int(found.group(2))
            continue
        found = CTEST.match(line)
        if found:
            dead += int(found.group(1))
    return passed, max(failed, dead)


if __name__ == "__main__":
    print(*count(sys.stdin))

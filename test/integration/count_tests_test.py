#!/usr/bin/python3
"""tools/test counts what the programs it runs report."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] /
                       "tools/lib"))
from count_tests import count  # noqa: E402


class Counts(unittest.TestCase):
    def test_nothing_is_no_test(self):
        self.assertEqual(count(["make: nothing to do"]), (0, 0))

    def test_doctest_alone_and_inside_ctest(self):
        line = "[doctest] test cases:  12 |  10 passed | 2 failed | 3 skipped"
        self.assertEqual(count([line]), (10, 2))
        self.assertEqual(count(["7: " + line, "8: " + line]), (20, 4))

    def test_unittest(self):
        self.assertEqual(count(["1: Ran 5 tests in 0.1s", "1: OK"]), (5, 0))
        self.assertEqual(
            count(["Ran 5 tests in 0.1s", "FAILED (failures=1, errors=2)"]),
            (2, 3))

    def test_transcripts(self):
        self.assertEqual(count(["ok   x", "85 passed, 1 failed"]), (85, 1))

    def test_a_program_that_died_is_a_failure(self):
        self.assertEqual(
            count(["1: [doctest] test cases: 1 | 1 passed | 0 failed |",
                   "50% tests passed, 1 tests failed out of 2"]), (1, 1))


if __name__ == "__main__":
    unittest.main()

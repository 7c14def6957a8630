#!/usr/bin/python3
"""protocol/README.md and protocol/asyncapi.yaml say what the server does."""
import copy
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import changes, corpus, run
from support.asyncapi import DOCUMENT, Document
from support.reference import faults
from support.server import ROOT
from support.talks import play_all, read_talks
from support.told import Told

README = (ROOT / "protocol/README.md").read_text()


class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """All that is asked of servers; the rest is judged from it."""
        cls.told = Told()
        cls.talks = read_talks(README)
        play_all(cls.talks)

    def faults(self, document, readme=README):
        """What is wrong with these two; the talks are not held again."""
        talks = read_talks(readme)
        for talk, held in zip(talks, self.talks):
            for line, before in zip(talk.lines, held.lines):
                line.got = before.got
        return faults(document, talks, self.told, readme)

    def test_both_are_what_the_server_does(self):
        found = self.faults(Document())
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_the_transcripts_are_in_the_document(self):
        found = corpus.faults(Document())
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_a_mistake_in_the_document_is_found(self):
        right = Document()
        for what, (make, wanted) in changes.DOCUMENT.items():
            with self.subTest(what):
                document = copy.deepcopy(right)
                make(document)
                self.assertIn(wanted, "\n".join(self.faults(document)))

    def test_a_mistake_in_the_readme_is_found(self):
        for what, (old, new, wanted) in changes.README.items():
            with self.subTest(what):
                self.assertIn(old, README)
                found = self.faults(Document(), README.replace(old, new))
                self.assertIn(wanted, "\n".join(found))


class Parser(unittest.TestCase):
    def check(self, path):
        done = subprocess.run([ROOT / "tools/check-asyncapi", path],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def test_it_finds_no_error(self):
        code, output = self.check(DOCUMENT)
        self.assertEqual(code, 0, output)

    def test_it_finds_an_error_in_a_part(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            shutil.copy(DOCUMENT, folder)
            shutil.copytree(DOCUMENT.parent / "asyncapi", folder / "asyncapi")
            part = folder / "asyncapi/requests.yaml"
            part.write_text(part.read_text().replace("type: object",
                                                     "type: objekt", 1))
            code, output = self.check(folder / DOCUMENT.name)
            self.assertEqual(code, 1, output)
            self.assertIn("requests.yaml", output)


if __name__ == "__main__":
    run.main()

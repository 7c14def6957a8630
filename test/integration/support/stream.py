"""A log that grows while it is read."""
import subprocess
import threading

from support.kcat import IN_ORDER
from support.wait import DEADLINE

CHUNK = 500


class Stream:
    """Appends `partition:number` to each partition, by a kcat for each, from 0
    up to `count`: as fast as they can, but at most `ahead` records before any
    reader, so that all of them come to where it grows. `with` runs it in a
    thread of its own."""

    def __init__(self, bootstrap, topic, partitions, count, ahead):
        self.partitions = partitions
        self.count = count
        self._ahead = ahead
        # Handed over so far, of each partition; how many of them all are there
        # for certain.
        self.written = 0
        self.seen = 0
        # How far each reader is.
        self._readers = {}
        self._ended = False
        self._changed = threading.Condition()
        self._kcats = [
            subprocess.Popen(["kcat", *IN_ORDER, "-b", bootstrap, "-t", topic,
                              "-p", str(partition)], stdin=subprocess.PIPE)
            for partition in range(partitions)]
        self._thread = threading.Thread(target=self._write)

    def _write(self):
        while self.written < self.count:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ended
                    or self.written - self._ahead
                    < min(self._readers.values(), default=self.written))
                if self._ended:
                    return
            until = min(self.written + CHUNK, self.count)
            for partition, kcat in enumerate(self._kcats):
                kcat.stdin.write("".join(
                    f"{partition}:{number}\n"
                    for number in range(self.written, until)).encode())
                kcat.stdin.flush()
            with self._changed:
                self.written = until
                self._changed.notify_all()
        for kcat in self._kcats:
            kcat.stdin.close()

    def read(self, reader, count):
        """It has that many of each partition."""
        if count - self._readers.get(reader, -CHUNK) < CHUNK:
            return
        with self._changed:
            self._readers[reader] = count
            self.seen = max(self.seen, count)
            self._changed.notify_all()

    def leave(self, reader):
        with self._changed:
            self._readers.pop(reader, None)
            self._changed.notify_all()

    def grow(self, more):
        """Waits until it has so many more than now, or all."""
        with self._changed:
            until = min(self.written + more, self.count)
            if not self._changed.wait_for(
                    lambda: self._ended or self.written >= until, DEADLINE):
                raise TimeoutError(f"the stream rests at {self.written}")

    def end(self):
        """Nothing more is written, and nobody waits for it."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.end()
        self._thread.join()
        for kcat in self._kcats:
            kcat.stdin.close()
            try:
                kcat.wait(DEADLINE)
            finally:
                kcat.kill()

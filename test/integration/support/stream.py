"""A log that grows while it is read."""
import subprocess
import threading

from support.wait import DEADLINE

CHUNK = 500


class Stream:
    """Appends `partition:number` to each partition, by a kcat for each, from 0
    up to `count`: as fast as they can, but at most `ahead` records before whom
    `pace` tells of. `with` runs it in a thread of its own."""

    def __init__(self, bootstrap, topic, partitions, count, ahead):
        self.partitions = partitions
        self.count = count
        self._ahead = ahead
        # Handed over so far, of each partition; how far the slowest one is.
        self.written = 0
        self.seen = 0
        self._ended = False
        self._changed = threading.Condition()
        self._kcats = [
            subprocess.Popen(["kcat", "-P", "-b", bootstrap, "-t", topic,
                              "-p", str(partition)], stdin=subprocess.PIPE)
            for partition in range(partitions)]
        self._thread = threading.Thread(target=self._write)

    def _write(self):
        while self.written < self.count:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ended
                    or self.written < self.seen + self._ahead)
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

    def pace(self, read):
        """Somebody has read so many of each partition."""
        with self._changed:
            self.seen = read
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

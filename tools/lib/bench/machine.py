"""The machine: what it is, and whether it is quiet."""
import os
import pathlib
import platform
import subprocess
import time

IDLE_WANTED = 0.88


def describe(root):
    cpu = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            cpu = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_bytes": memory,
            "kernel": platform.release(), "commit": commit(root)}


def commit(root):
    """The commit that is checked out, with + when files differ from it."""
    def git(*args):
        return subprocess.run(["git", "-C", root, *args], text=True,
                              capture_output=True, check=False).stdout.strip()
    return git("rev-parse", "--short", "HEAD") + (
        "+" if git("status", "--porcelain") else "")


def idle_share(before, after):
    """Between two first lines of /proc/stat, as lists of numbers."""
    spent = [b - a for a, b in zip(before, after)]
    return (spent[3] + spent[4]) / max(sum(spent), 1)


def cpu_times():
    first = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0]
    return [int(one) for one in first.split()[1:9]]


def wait_until_idle(patience):
    """Waits for a quiet second, at most `patience`; the idle share it saw."""
    end = time.monotonic() + patience
    step = min(0.5, max(patience / 2, 0.1))
    while True:
        before = cpu_times()
        time.sleep(step)
        share = idle_share(before, cpu_times())
        if share >= IDLE_WANTED or time.monotonic() >= end:
            return share

"""What Linux tells about a process."""
import os
import pathlib
import signal

from support.wait import until_blocking


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def resident_bytes(pid):
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def freeze(pid):
    """SIGSTOP; returns when no thread runs any more. (Linux stops them only
    when one of them, which has to wait for a processor, has seen the signal.)
    """
    os.kill(pid, signal.SIGSTOP)

    def stopped():
        stats = [one.read_text() for one in
                 pathlib.Path(f"/proc/{pid}/task").glob("*/stat")]
        return all(stat.rsplit(")", 1)[1].split()[0] == "T" for stat in stats)
    until_blocking(stopped, "every thread is stopped")


def cpu_seconds(pid):
    """User and system time used so far."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    user, system = stat.rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

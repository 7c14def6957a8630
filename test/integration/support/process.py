"""What Linux tells about a process."""
import contextlib
import os
import pathlib
import re
import signal

from support.wait import until_blocking


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def kafka_clients(pid):
    """How many clients of librdkafka's the process has: each has one thread of
    that name."""
    names = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # ended meanwhile
            names.append((task / "comm").read_text())
    return names.count("rdk:main\n")


def tcp_sockets(pid):
    """The process's own (IPv4): (state, local port, remote port) of each."""
    inodes = set()
    for descriptor in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            found = re.match(r"socket:\[(\d+)\]", os.readlink(descriptor))
            if found:
                inodes.add(found.group(1))
    lines = pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    return [(one[3], *(int(end.split(":")[1], 16) for end in one[1:3]))
            for one in map(str.split, lines) if one[9] in inodes]


def listening_ports(pid):
    """On which the process listens."""
    return {local for state, local, _ in tcp_sockets(pid) if state == "0A"}


def connections_to(pid, port):
    """How many of the process are established to this port."""
    return sum(1 for state, _, remote in tcp_sockets(pid)
               if state == "01" and remote == port)


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

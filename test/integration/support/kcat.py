"""The log as a party sees it that shares no code with the gateway."""
import asyncio
import tempfile

SECONDS = 60
# Else a batch that is tried again, as right after the topic was created, lands
# behind the next.
IN_ORDER = ("-P", "-X", "enable.idempotence=true")


async def run(*args, data=b""):
    """kcat's output; a failure with what it said."""
    process = await asyncio.create_subprocess_exec(
        "kcat", *args, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    try:
        out, err = await asyncio.wait_for(process.communicate(data), SECONDS)
    except asyncio.TimeoutError:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise RuntimeError(f"kcat: {err.decode(errors='replace').strip()}")
    return out


async def read(bootstrap, topic):
    """All records of the topic as (partition, offset, value) in the order of
    the log; the value is bytes, or None for Kafka's null. A topic that is not
    there (yet) holds nothing."""
    try:
        out = await run("-C", "-q", "-e", "-b", bootstrap, "-t", topic, "-o",
                        "beginning", "-X", "fetch.wait.max.ms=10",
                        "-f", "%p %o %S\n%s\n")
    except RuntimeError as error:
        if "Unknown topic" in str(error):
            return []
        raise
    records = []
    while out:
        head, out = out.split(b"\n", 1)
        partition, offset, size = map(int, head.split())
        value = None if size < 0 else out[:size]
        # kcat writes a null as nothing.
        out = out[max(size, 0) + 1:]
        records.append((partition, offset, value))
    return sorted(records, key=lambda record: record[:2])


async def write(bootstrap, topic, values, partition=None):
    """Appends the values in order, each as one record; by one kcat, if they are
    lines of one partition: with one for each value a client that reads only
    afterwards would answer no ping for long."""
    where = [] if partition is None else ["-p", str(partition)]
    if where and all(value and b"\n" not in value for value in values):
        await run(*IN_ORDER, "-b", bootstrap, "-t", topic, *where,
                  data=b"\n".join(values))
        return
    with tempfile.NamedTemporaryFile() as file:
        for value in values:
            to = ["-P", "-b", bootstrap, "-t", topic, *where]
            if not value:
                # An empty line alone would be skipped: with an empty key.
                null = ["-Z"] if value is None else []
                await run(*to, *null, "-K", ":", data=b":\n")
            else:
                file.seek(0)
                file.truncate()
                file.write(value)
                file.flush()
                await run(*to, file.name)


def write_lines(bootstrap, topic, lines, partition=0):
    """Appends many records quickly, none of which is empty or has a line feed;
    they are there when it returns."""
    asyncio.run(run(*IN_ORDER, "-b", bootstrap, "-t", topic, "-p",
                    str(partition), data="\n".join(lines).encode()))

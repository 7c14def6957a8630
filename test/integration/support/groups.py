"""Consumer groups as Kafka's own tool shows them."""


def _rows(text, group):
    return [line.split() for line in text.splitlines()
            if line.split()[:1] == [group]]


def lag(kafka, group):
    """The sum over the group's partitions; None while one has no commit."""
    rows = _rows(kafka.tool("groups", "--describe", "--group", group), group)
    lags = [row[5] for row in rows]
    if not lags or "-" in lags:
        return None
    return sum(map(int, lags))


def committed(kafka, group):
    """The group's commits: (topic, partition) -> offset."""
    rows = _rows(kafka.tool("groups", "--describe", "--group", group), group)
    return {(row[1], int(row[2])): int(row[3]) for row in rows
            if row[3] != "-"}


def members(kafka, group):
    """How many members the group has."""
    return len(_rows(kafka.tool(
        "groups", "--describe", "--members", "--group", group), group))

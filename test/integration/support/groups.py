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


def members(kafka, group):
    """How many members the group has."""
    return len(_rows(kafka.tool(
        "groups", "--describe", "--members", "--group", group), group))

"""The reference's tables: codes, features and limits, which nothing shows that
the server can be asked for."""
import re

from support.server import ROOT


def codes_in_use():
    """Those of the gateway that some source sends."""
    text = (ROOT / "protocol/error.cpp").read_text()
    names = dict(re.findall(r'error_code::(\w+):\s+return "(\w+)"', text))
    used = set()
    for folder in ("actors", "net", "protocol"):
        for path in (ROOT / folder).rglob("*.cpp"):
            if path != ROOT / "protocol/error.cpp":
                source = path.read_text()
                used |= {code for name, code in names.items()
                         if re.search(rf'error_code::{name}\b|"{code}"',
                                      source)}
    return used


def code_faults(document, readme):
    """The tables of codes are the document's, and Kafka's own list."""
    rows = re.findall(r"^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \|.*\| (yes|no) \|$",
                      readme, re.MULTILINE)
    told = {code: again for names, again in rows
            for code in re.findall(r"[A-Z_]+", names)}
    kafka = dict(re.findall(
        r"^-?\d+ (\w+) (final|retriable)$",
        (ROOT / "test/data/kafka_errors.txt").read_text(), re.MULTILINE))
    for code, again in told.items():
        if code in kafka and (kafka[code] == "retriable") != (again == "yes"):
            yield f"{code} is {kafka[code]}"
    own = set(document.codes)
    for code in (told.keys() - (kafka.keys() - own)) ^ own:
        yield f"{code} is in one of README and document only"
    for code in own ^ codes_in_use():
        yield f"{code} is in one of document and sources only"


def closes_in_use():
    """1006 is no code that is sent, and 1007 comes from the library."""
    text = (ROOT / "net/ws/close_reason.cpp").read_text()
    return {int(one) for one in re.findall(r"return (\d+);", text)} - {
        1006} | {1007}


def first_column(readme, section):
    """The names in the first column of the section's last table."""
    text = readme.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([`\d].*?) \|", text.rpartition("| --- |")[2],
                      re.MULTILINE)
    return {name for row in rows for name in re.findall(r"\w+", row)}


def table_faults(document, readme):
    p = document.payload("helloTold")["properties"]["p"]["properties"]
    for section, wanted in (("hello", p["features"]["items"]["enum"]),
                            ("Limits", p["limits"]["properties"])):
        for name in first_column(readme, section) ^ set(wanted):
            yield f"{name} is in one of {section}'s table and document only"
    told = set(map(int, first_column(readme, "Close codes")))
    for code in (told ^ document.closes) | (document.closes ^ closes_in_use()):
        yield f"{code} is not in all of README, document and sources"

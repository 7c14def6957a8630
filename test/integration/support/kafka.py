"""A real broker of one version, for the length of a test run."""
import json
import os
import subprocess
import tempfile

from support.server import ROOT

TOOL = ROOT / "tools/kafka"
VERSIONS = ("3.9.1", "4.1.0")


class Kafka:
    """Starts the broker (fetching it first if need be); `with` ends it."""

    def __init__(self, version):
        self.version = version
        self._name = f"test-{os.getpid()}-{version}"
        done = subprocess.run(
            [TOOL, "start", version, "--name", self._name],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            timeout=600)
        if done.returncode:
            raise RuntimeError(f"cannot start Kafka {version}")
        self.bootstrap = done.stdout.strip()

    def tool(self, *args):
        """Runs Kafka's own command, such as `groups`; its output. It ends well
        also when it could not do what it was asked, and says so there."""
        patient = ("--timeout", "60000") if args[0] == "groups" else ()
        text = self._run(args[0], "--bootstrap-server", self.bootstrap,
                         *args[1:], *patient)
        if "Error: Executing" in text:
            raise AssertionError(text)
        return text

    def delete_records(self, topic, partition, before):
        """As retention does: the partition begins there."""
        with tempfile.NamedTemporaryFile("w") as file:
            json.dump({"version": 1, "partitions": [
                {"topic": topic, "partition": partition, "offset": before}]},
                file)
            file.flush()
            self._run("tool", "org.apache.kafka.tools.DeleteRecordsCommand",
                      "--bootstrap-server", self.bootstrap,
                      "--offset-json-file", file.name)

    def produce(self, topic, lines):
        """By Kafka's console producer: in each line key, tab, value."""
        name = ("kafka.tools" if self.version.startswith("3.") else
                "org.apache.kafka.tools") + ".ConsoleProducer"
        self._run("tool", name, "--bootstrap-server", self.bootstrap,
                  "--topic", topic, "--property", "parse.key=true", data=lines)

    def _run(self, *args, data=""):
        return subprocess.run(
            [TOOL, *args], input=data, capture_output=True, text=True,
            timeout=120, check=True,
            env={**os.environ, "KAFKA_VERSION": self.version}).stdout

    def stop(self):
        subprocess.run([TOOL, "stop", self._name], timeout=120, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

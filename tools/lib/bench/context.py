"""What a workload needs to know about this run of the suite."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Context:
    """`seconds` are measured after `warmup`; `scale` shrinks what is counted
    instead of timed (connections, records)."""
    programs: object
    kafka: str = None
    seconds: float = 8
    warmup: float = 2
    scale: float = 1
    settle: float = 1

    def count(self, full):
        return max(int(full * self.scale), 1)

    def timing(self):
        return ("--warmup", self.warmup, "--duration", self.seconds)

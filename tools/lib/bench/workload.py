"""What a workload is: its sides, and what is read from them."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Check:
    """A figure of the gateway's runs. `target` is what to reach, None for a
    figure that is only shown; `roof` the roof's figure it is compared with.
    With `growth` the target is of most over least. `beside` names another
    side, and how many times its figure this one may be."""
    figure: str
    label: str
    unit: str
    target: float = None
    more_is_better: bool = False
    roof: str = None
    beside: tuple = None


@dataclasses.dataclass(frozen=True)
class Workload:
    """`sides(ctx, stack)` gives, by name, functions that make a Run: "gateway"
    and perhaps "roof"; or one for each size, when `growth` says what of."""
    id: str
    title: str
    sides: object
    checks: tuple
    quick: bool = False
    repeats_allowed: bool = False
    growth: str = None
    # How the CPU may differ over the sizes: most over least.
    most_growth: float = None
    needs_kafka: bool = True
    # Fewer than the suite's, where one run is long.
    pairs: int = None

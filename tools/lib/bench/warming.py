"""A broker that has just started is slow: Java compiles its code while it
works, which takes a core for ten seconds and half of one for as long again."""
import dataclasses

from . import delivering

# Records a second, and for how many seconds. Many short ones: a new topic and
# new clients have it compile anew, longer than the same ones for half a minute.
ROUNDS = [(3_000, 10)] + [(500, 4)] * 8


def warm(ctx):
    """Records through the broker, without a gateway."""
    for rate, seconds in ROUNDS:
        delivering.deliver_roof(dataclasses.replace(ctx, seconds=seconds),
                                rate=rate, linger=1)

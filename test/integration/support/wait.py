"""Waiting for conditions. A time-out is a failure, never a way to wait."""
import asyncio
import time

DEADLINE = 45.0
STEP = 0.05


async def until(condition, what, seconds=DEADLINE):
    """Awaits `condition()` until it returns something true; returns that."""
    end = time.monotonic() + seconds
    while True:
        found = await condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:g} s still not: {what}")
        await asyncio.sleep(STEP)


def until_blocking(condition, what, seconds=DEADLINE):
    """The same for code without an event loop."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:g} s still not: {what}")
        time.sleep(STEP)

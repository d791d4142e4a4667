"""Times that can be compared: every variant once a round, rounds interleaved, ratios per round."""

import gc
import statistics
import time
from collections.abc import Callable


def ratios(
    baseline: str, rounds: int = 15, **variants: Callable[[], object]
) -> dict[str, tuple[float, float]]:
    """Return, for each variant, its median seconds and its median ratio to *baseline*."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    gc.disable()
    try:
        for _ in range(rounds):
            for name, variant in variants.items():
                start = time.perf_counter()
                variant()
                times[name].append(time.perf_counter() - start)
            gc.collect()
    finally:
        gc.enable()
    return {
        name: (
            statistics.median(seconds),
            statistics.median(own / base for own, base in zip(seconds, times[baseline], strict=True)),
        )
        for name, seconds in times.items()
    }


def show(title: str, result: dict[str, tuple[float, float]], per: int = 1) -> None:
    """Print a table of microseconds for each of *per* items, and of ratios."""
    print(f"\n{title}")
    for name, (seconds, ratio) in result.items():
        print(f"  {name:<44} {seconds / per * 1e6:>12.3f} µs   {ratio:>8.2f} x")

"""A line of the table of `against_peers.py`, and how both sides of it are timed."""

import statistics
import time


class Row:
    """A line of the table: two figures and what is asked of their ratio."""

    def __init__(self, work, ours, peer, unit, ratio, least, aim):
        self.work, self.ours, self.peer, self.unit = work, ours, peer, unit
        self.ratio, self.least, self.aim = ratio, least, aim

    def __str__(self):
        verdict = "aim" if self.ratio >= self.aim else "ok" if self.ratio >= self.least else "MISSED"
        return (
            f"{self.work:<52}{self.ours:>12,.4g}{self.peer:>12,.4g} {self.unit:<9}{self.ratio:>7.2f}x"
            f"{self.least:>7.2f}{self.aim:>7.2f}  {verdict}"
        )


def alternate(rounds, *works):
    """The median result of each work, in rounds.

    A turn is two calls of which the second counts: in the first one the caches still hold the other side's data, and
    the other side's threads go on waiting in a loop for a while. A rest in between would slow both sides down instead.
    """
    results = [[] for _ in works]
    for _ in range(rounds):
        for kept, work in zip(results, works, strict=True):
            work()
            kept.append(work())
    return [statistics.median(kept) for kept in results]


def seconds(work):
    """Wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median_seconds(work, calls):
    """Median wall time of many calls."""
    return statistics.median(seconds(work) for _ in range(calls))

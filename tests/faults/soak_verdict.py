"""
What the soak keeps count of, and what it makes of that in the end.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Sequence
from statistics import median
from typing import Any

from tests.faults import figures
from tests.faults.census import census
from tests.faults.soak_memory import malloc_mb, memory_mb, trim

NOT_SOAKED = "NOT SOAKED:"
"""Said of a server that is not on this machine."""

WARM_UP_S = 300.0
MEASURED_LEAST_S = 600.0
"""A slope and a drift that are measured for less say nothing."""

SLOPE_LIMIT_MB = 1.0
DRIFT_LIMIT = 0.10
GROWN_LEAST = 20
"""By so many objects the count of a type may vary from one quiet moment to the next."""


class Ledger:
    """
    What is known of the soak so far; that grows by a few numbers in a minute, and by no objects.

    Args:
        seconds: how long it is to last.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.warm_up_s = min(WARM_UP_S, seconds / 4)
        self.operations: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.mismatches: list[str] = []
        self.told: list[str] = []  # to the loop's exception handler
        self.left: dict[str, int] = {}
        self._first: dict[str, int] = {}
        self._at: list[float] = []
        self._memory: list[float] = []
        self._malloc: list[float] = []
        self._blocks: list[int] = []
        self._p99: list[float] = []
        self._peaks: Counter[str] = Counter()
        self._types: Counter[str] = Counter()

    def at_quiet_moment(self, at_s: float, latencies: Sequence[float]) -> None:
        """
        Take stock: nothing is in flight, and no connection open.

        Args:
            at_s: since the beginning.
            latencies: of the operations in the calm before, in seconds.
        """
        gc.collect()
        now = census()
        self._first = self._first or now
        self.left = {what: number - self._first[what] for what, number in now.items()}
        if at_s < self.warm_up_s:
            return
        trim()
        self._at.append(at_s)
        self._memory.append(memory_mb())
        self._malloc.append(malloc_mb())
        self._blocks.append(sys.getallocatedblocks())
        if latencies:
            self._p99.append(sorted(latencies)[int(len(latencies) * 0.99)])
        types = Counter(type(each).__qualname__ for each in gc.get_objects())
        if at_s < self.warm_up_s + (self.seconds - self.warm_up_s) / 2:
            for name, number in types.items():
                self._peaks[name] = max(self._peaks[name], number)
        self._types = types

    @property
    def measured_s(self) -> float:
        """
        From the first to the last quiet moment after the warm-up.
        """
        return self._at[-1] - self._at[0] if self._at else 0.0

    @property
    def slope_mb(self) -> float:
        """
        By how many MB the memory grows in 10 minutes: a straight line through the quiet moments.
        """
        return slope(self._at, self._memory) * 600

    @property
    def drift(self) -> float:
        """
        The calms' 99th percentile in the last third, of that in the first third, less one.

        Of each third the lower quartile counts: what else the machine does can only add.
        """
        third = max(1, len(self._p99) // 3)
        first, last = (sorted(part)[third // 4] for part in (self._p99[:third], self._p99[-third:]))
        return last / first - 1

    @property
    def grown(self) -> dict[str, int]:
        """
        Types of which there are more objects in the end than there ever were in the first half.
        """
        more = {name: number - self._peaks[name] for name, number in self._types.items()}
        return {name: number for name, number in more.items() if number > GROWN_LEAST}

    def result(self) -> dict[str, Any]:
        """
        All that as JSON, with a list of what is wrong.
        """
        left = {what: number for what, number in self.left.items() if number}
        wrong = [f"{len(self.mismatches)} mismatches: {self.mismatches[:5]}"] if self.mismatches else []
        wrong += [f"told to the loop: {self.told[:5]}"] if self.told else []
        wrong += [f"left: {left}"] if left else []
        wrong += [f"no operation of {name}" for name, number in self.operations.items() if not number]
        if self.measured_s >= MEASURED_LEAST_S:
            wrong += [f"grown: {self.grown}"] if self.grown else []
            wrong += [f"memory: {self.slope_mb:+.2f} MB in 10 min"] if self.slope_mb > SLOPE_LIMIT_MB else []
            wrong += [f"p99: {self.drift:+.1%}"] if self.drift > DRIFT_LIMIT else []
        return {
            "seconds": self.seconds,
            "measured_s": round(self.measured_s),
            "operations": dict(self.operations),
            "errors": dict(self.errors.most_common()),
            "faults": dict(self.faults),
            "mismatches": len(self.mismatches),
            "told": len(self.told),
            "left": left,
            "grown": self.grown,
            "slope_mb": round(self.slope_mb, 3),
            "malloc_slope_mb": round(slope(self._at, self._malloc) * 600, 3),
            "python_blocks_slope": round(slope(self._at, self._blocks) * 600),
            "memory_mb": round(self._memory[-1], 1) if self._memory else None,
            "p99_ms": round(median(self._p99) * 1000, 1) if self._p99 else None,
            "drift": round(self.drift, 4) if self._p99 else 0.0,
            "wrong": wrong,
        }


def figures_of(result: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """
    What is to be shown of a result: what, what it should be (None: anything), and what it is.
    """
    what = f"{result['seconds']:,.0f} s, {len(result['operations'])} drivers"
    operations, errors = (sum(result[name].values()) for name in ("operations", "errors"))
    shown: list[tuple[str, Any, Any]] = [
        (f"{what}: operations", None, f"{operations:,}, and {errors:,} errors"),
        (f"{what}: faults", None, sum(result["faults"].values())),
        (f"{what}: answers to another's question", 0, result["mismatches"]),
        (f"{what}: told to the loop's exception handler", 0, result["told"]),
        (f"{what}: descriptors, greenlets, tasks, threads left", "none", _listed(result["left"])),
    ]
    if result["measured_s"] >= MEASURED_LEAST_S:
        shown += [
            (f"{what}: types with more and more objects", "none", _listed(result["grown"])),
            (f"{what}: MB more in use by malloc in 10 min", None, result["malloc_slope_mb"]),
            (f"{what}: Python's blocks more in 10 min", None, f"{result['python_blocks_slope']:,}"),
            (f"{what}: MB more in 10 min", f"≤ {SLOPE_LIMIT_MB:g}", result["slope_mb"]),
            (f"{what}: change of the calm's p99", f"≤ {DRIFT_LIMIT:+.0%}", f"{result['drift']:+.1%}"),
        ]
    return shown


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:+} {name}" for name, number in counts.items()) or "none"


def keep_figures(result: dict[str, Any]) -> None:
    """
    Show the result in the documentation.
    """
    kept = []
    for what, limit, value in figures_of(result):
        text = "" if limit is None else str(limit)
        if text and not text.startswith("≤"):
            text = f"= {text}"
        met = limit is None or text.startswith("≤") or limit == value
        kept.append(
            {"rows": ["D41"], "what": what, "value": str(value), "limit": text, "met": met, "scale": 1.0}
        )
    for figure, name in ((kept[-2], "memory"), (kept[-1], "p99")):
        if figure["limit"].startswith("≤"):
            figure["met"] = not any(each.startswith(name) for each in result["wrong"])
    figures.keep({"tests/faults/soak.py": kept})


def slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    """
    Of the straight line that is nearest to the points, by least squares; 0 if there is none.
    """
    if len(xs) < 2:
        return 0.0
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    squares = sum((x - mean_x) ** 2 for x in xs)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / squares

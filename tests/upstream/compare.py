"""Compares a mode with stock, test by test: what passes stock must pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TRIES = 3

Run = Callable[[str, Iterable[str]], dict[str, str]]
"""Runs tests in a mode; returns the outcome of each."""


@dataclass(frozen=True)
class Comparison:
    """What came of the same tests, stock and in another mode.

    Attributes:
        stock: Outcome of each test that was run stock.
        other: Outcome of each test in the other mode.
        differing: Tests that pass stock and not otherwise, each time they were tried.
        unsteady: Tests that differed at first and then did not.
    """

    stock: dict[str, str]
    other: dict[str, str]
    differing: frozenset[str]
    unsteady: frozenset[str]

    def counts(self) -> dict[str, int]:
        """Return how many tests there are of each kind; the kinds of `stock` need all of it."""
        pairs = Counter(
            (self.stock.get(test, "missing"), outcome if outcome in ("passed", "skipped") else "failed")
            for test, outcome in self.other.items()
        )
        skipped = sum(count for (stock, _), count in pairs.items() if stock == "skipped")
        failed_both = sum(
            count
            for (stock, other), count in pairs.items()
            if stock not in ("passed", "skipped") and other != "passed"
        )
        return {
            "tests": len(self.other.keys() | self.stock.keys()),
            "passed_stock": list(self.stock.values()).count("passed"),
            "passed": list(self.other.values()).count("passed"),
            "failed_both": failed_both,
            "skipped": skipped,
            "differing": len(self.differing),
            "unsteady": len(self.unsteady),
        }


def compare(run: Run, mode: str, selection: Iterable[str], *, is_quick: bool) -> Comparison:
    """Run the tests both ways.

    Args:
        run: What runs them, as `Runner.run`.
        mode: What to compare with stock.
        selection: pytest ids.
        is_quick: Run stock only what does not pass otherwise.
    """
    selection = list(selection)
    if is_quick:
        other = run(mode, selection)
        stock = run("stock", [test for test, outcome in other.items() if outcome != "passed"])
    else:
        with ThreadPoolExecutor() as pool:  # each has servers of its own, and waits most of the time
            other, stock = pool.map(run, (mode, "stock"), (selection, selection))
    other = dict.fromkeys(stock, "missing") | other
    first = differing = {test for test in stock if "passed" == stock[test] != other[test]}
    for _ in range(TRIES):
        again = run(mode, sorted(differing))
        differing = {test for test in differing if again.get(test) != "passed"}
        again = run("stock", sorted(differing))
        differing = {test for test in differing if again.get(test) == "passed"}
    return Comparison(stock, other, frozenset(differing), frozenset(first - differing))

"""
Compares a test module on motorish's modules with stock: what passes stock passes, or is known to differ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from tests.conformance import outcomes, suite
from tests.conformance.outcomes import Outcome

TRIES = 2
"""How often a test that differs is tried again: on a busy machine any may be late."""


@dataclass
class Comparison:
    """
    What came of a module's tests.

    Attributes:
        stock: outcomes with the stdlib, where they were asked for.
        ours: outcomes with motorish's modules.
        known: how many fail and are known to.
        new: (test, details) of what fails, passes stock, and is not known to.
        gone: (test, why) of lines of known differences that must be removed.
        unsteady: tests that failed at first and then did not.
    """

    stock: dict[str, Outcome]
    ours: dict[str, Outcome]
    known: int = 0
    new: list[tuple[str, str]] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    unsteady: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """
        Why the run fails, one text each.
        """
        return [f"{test} passes stock, but not here:\n{details}" for test, details in self.new] + [
            f"{test} is a known difference, but {why}: remove the line" for test, why in self.gone
        ]

    @property
    def summary(self) -> str:
        """
        How many tests there are of each kind, in one line.
        """
        names = [outcome.name for outcome in self.ours.values()]
        unsteady = f": {', '.join(self.unsteady)}" if self.unsteady else ""
        counts = {
            "passed": names.count("passed"),
            "skipped": names.count("skipped"),
            "known to differ": self.known,
            "differ": len(self.new),
            "lines to remove": len(self.gone),
            "unsteady": len(self.unsteady),
        }
        return ", ".join(f"{count} {what}" for what, count in counts.items()) + unsteady


def compare(
    module: str,
    where: str,
    wanted: list[str],
    *,
    is_exact: bool = True,
    stock: dict[str, Outcome] | None = None,
) -> Comparison:
    """
    Run tests on motorish's modules.

    Args:
        module: ``test_socket``, say.
        where: ``child`` or ``thread``.
        wanted: ids of the tests.
        is_exact: the known differences are of this very Python: what no longer differs is a problem, too.
        stock: what they do with the stdlib; without it, only what fails here is run there.
    """
    known = suite.known_differences(module, where)
    ours = outcomes.run(module, where, wanted, known)
    result = Comparison(stock or {}, ours)
    bad = _not_passed(wanted, ours)
    result.gone = [
        (test, "passes" if test in ours else "there is no such test")
        for test, line in known.items()
        if is_exact and not line.versions.endswith("?")
        if test not in bad and (test in ours or test in wanted or stock is not None)
    ]
    result.known = len(known.keys() & bad)
    suspects = [test for test in bad if test not in known]
    if suspects:
        baseline = stock or outcomes.run(module, "stock", suspects)
        suspects = [test for test in suspects if _passed(baseline, test)]
    first = list(suspects)
    for _ in range(TRIES):
        if suspects:
            again = outcomes.run(module, where, suspects)
            suspects = _not_passed(suspects, again)
    result.unsteady = [test for test in first if test not in suspects]
    result.new = [(test, ours[test].details if test in ours else "it was not run") for test in suspects]
    return result


def _passed(found: dict[str, Outcome], test: str) -> bool:
    return test in found and found[test].name == "passed"


def _not_passed(wanted: Collection[str], found: dict[str, Outcome]) -> list[str]:
    return [test for test in wanted if not _passed(found, test)]

"""Runs PyMongo's own tests stock and through both families of proxies, and writes a page per module.

    python tests/upstream/synchro.py --record                            everything, into the documentation
    python tests/upstream/synchro.py --record test/test_cursor.py        these modules, likewise
    python tests/upstream/synchro.py test/test_cursor.py::TestCursor     some tests

`synchro_plugin` puts the resynchronized proxies in the place of PyMongo's classes. A test that passes
stock must pass so, unless `synchro.toml` says why not. Exit status 1: one does not, or one that is
listed does.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import importlib.metadata
import json
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sdist
import synchro_page
from process import Runner
from suites import Mode
from suites.pymongo import SUITE

ROOT = Path(__file__).parents[2]
MODES = {
    "Async": Mode(("-m", "pytest", "-p", "synchro_plugin")),
    "Motor": Mode(("-m", "pytest", "-p", "synchro_motor_plugin")),
}
"""How to run the tests, by the prefix of the family's classes."""
TRIES = 3


@dataclass(frozen=True)
class Outcomes:
    """What became of the tests.

    Attributes:
        stock: Outcome of each test, stock.
        families: The same through the proxies, for each family.
        calls: How many calls of a test crossed the proxies of the first family.
    """

    stock: dict[str, str]
    families: dict[str, dict[str, str]]
    calls: dict[str, int]

    def differing(self, family: str) -> set[str]:
        """Return the tests that pass stock and not through the proxies of *family*."""
        return {
            test
            for test, outcome in self.stock.items()
            if "passed" == outcome != self.families[family].get(test)
        }


def main() -> int:
    """Run what the command line chooses; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tests", nargs="*", help="modules, or pytest ids, instead of all tests")
    parser.add_argument("--record", action="store_true", help="put the results of whole modules on the page")
    parser.add_argument("--page", action="store_true", help="only write the page from recorded results")
    options = parser.parse_intermixed_args()
    status = 0
    if not options.page:
        outcomes = _run(options.tests)
        status = _report(outcomes)
        if options.record:
            _record(outcomes)
    if options.page or options.record:
        synchro_page.write()
    return status


def _run(tests: list[str]) -> Outcomes:
    suite = dataclasses.replace(SUITE, modes=MODES)
    work = sdist.prepare(suite, ROOT / ".cache" / "upstream")
    logs = work / "logs" / time.strftime("proxies-%m%d-%H%M%S")
    logs.mkdir(parents=True)
    print(f"logs: {logs}", flush=True)
    runner = Runner(suite, "one", work, logs)
    selection = tests or [str(path.relative_to(work)) for path in sorted(work.glob("test/test_*.py"))]
    excluded = synchro_page.excluded()
    selection = [test for test in selection if test not in excluded]
    selection += [f"--deselect={test}" for test in excluded if "::" in test]
    with ThreadPoolExecutor() as pool:
        runs = {mode: pool.submit(runner.run, mode, selection) for mode in ("stock", *MODES)}
        for mode, run in runs.items():
            print(f"{mode}: {dict(Counter(run.result().values()))}", flush=True)
    calls = _calls(runner.log("Async"))
    stock = runs.pop("stock").result()
    families = {family: run.result() for family, run in runs.items()}
    outcomes = Outcomes(stock, families, calls)
    for family in MODES:
        _try_again(runner, family, outcomes)
    return outcomes


def _try_again(runner: Runner, family: str, outcomes: Outcomes) -> None:
    # What passes at a second or third try, or fails stock then, is no difference.
    known = set(synchro_page.reasons(family))
    for _ in range(TRIES):
        again = outcomes.differing(family) - known
        if again:
            outcomes.families[family].update(runner.run(family, sorted(again)))
        if still := outcomes.differing(family) - known:
            outcomes.stock.update(runner.run("stock", sorted(still)))


def _calls(log: Path) -> dict[str, int]:
    record = log.with_suffix(".jsonl.crossed")
    lines = record.read_text().splitlines() if record.exists() else []
    return dict(json.loads(line) for line in lines)


def _report(outcomes: Outcomes) -> int:
    status = 0
    if "passed" not in outcomes.stock.values():
        print("no test passes stock: are there tests by these names?")
        status = 1
    for family in MODES:
        known = synchro_page.reasons(family).keys() & outcomes.stock.keys()
        differing = outcomes.differing(family)
        for test in sorted(differing - known):
            print(f"passes stock, not through {family}: {test} ({outcomes.families[family].get(test)})")
        for test in sorted(known - differing):
            print(f"no longer differs through {family}: {test}")
        status |= bool(differing ^ known)
        print(f"{family}: {len(differing & known)} known differences")
    return status


def _record(outcomes: Outcomes) -> None:
    results = synchro_page.results()
    results["driver"] = f"PyMongo {importlib.metadata.version('pymongo')}"
    results["python"] = platform.python_version()
    results["date"] = datetime.date.today().isoformat()
    for module in {test.partition("::")[0] for test in outcomes.stock}:
        results["modules"][module] = {
            "calls": sum(count for test, count in outcomes.calls.items() if _is_in(module, test)),
            "differing": [sum(_is_in(module, test) for test in outcomes.differing(each)) for each in MODES],
            "stock": _counts(module, outcomes.stock),
            **{family: _counts(module, found) for family, found in outcomes.families.items()},
        }
    synchro_page.RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def _is_in(module: str, test: str) -> bool:
    return test.partition("::")[0] == module


def _counts(module: str, outcomes: dict[str, str]) -> list[int]:
    found: Iterable[str] = [outcome for test, outcome in outcomes.items() if _is_in(module, test)]
    counts = Counter("failed" if each not in ("passed", "skipped") else each for each in found)
    return [counts["passed"], counts["failed"], counts["skipped"]]


if __name__ == "__main__":
    sys.exit(main())

"""Runs the drivers' own tests, stock and inside one child greenlet, and compares test by test.

    python tests/upstream/run.py --quick                     a part, in two minutes at most
    python tests/upstream/run.py --full --record             everything; results go into the documentation
    python tests/upstream/run.py pymongo --topology three    one driver on one kind of server
    python tests/upstream/run.py pymongo test/test_cursor.py::TestCursor::test_close ...

A test that passes stock must pass green, unless the suite's TOML file says why not. Exit status 1: one
does not, or one that the file lists does.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import sdist
import table
from compare import Comparison, compare
from process import Runner
from suites import NAMES, Suite, load

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    """Run what the command line chooses; return the exit status."""
    options = _options()
    if options.table:
        table.write_page()
        return 0
    is_good = True
    for name in [options.suite] if options.suite else NAMES:
        suite = load(name)
        topologies = options.topology or (list(suite.topologies)[:1] if options.quick else suite.topologies)
        for topology in topologies:
            is_good &= _run(suite, topology, options)
    return 0 if is_good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suite", nargs="?", choices=NAMES, help="one driver instead of all")
    parser.add_argument("tests", nargs="*", help="pytest ids of these tests, instead of all")
    parser.add_argument("--quick", action="store_true", help="the part that the project's own tests run")
    parser.add_argument("--full", action="store_true", help="all tests (the default)")
    parser.add_argument("--mode", default="green", help="what to compare with stock (default: green)")
    parser.add_argument("--topology", action="append", help="one kind of server; may be given several times")
    parser.add_argument("--record", action="store_true", help="put the results into the documentation")
    parser.add_argument("--table", action="store_true", help="only write the table from recorded results")
    return parser.parse_intermixed_args()


def _run(suite: Suite, topology: str, options: argparse.Namespace) -> bool:
    """Run one suite on one topology; say what differs, and return whether all of it is known."""
    started = time.monotonic()
    work = sdist.prepare(suite, ROOT / ".cache" / "upstream")
    (work / "logs").mkdir(exist_ok=True)
    logs = Path(tempfile.mkdtemp(prefix=time.strftime("%m%d-%H%M-"), dir=work / "logs"))
    runner = Runner(suite, topology, work, logs)
    selection = options.tests or (suite.quick if options.quick else suite.tests)
    result = compare(runner.run, options.mode, selection, is_quick=options.quick)
    if options.record:
        table.record(suite.name, options.mode, topology, result)

    known = suite.notes(suite.modes[options.mode].known, topology).keys()
    stale = (known & result.other.keys()) - result.differing - result.unsteady
    counts = ", ".join(
        f"{count} {kind}"
        for kind, count in result.counts().items()
        if not (options.quick and kind == "passed_stock")  # of the few that had to be run
    )
    print(f"{suite.name} {options.mode} {topology}: {counts}; {time.monotonic() - started:.0f} s")
    _list(f"passes stock, not {options.mode}", result.differing - known, result)
    _list("differed once", result.unsteady, result)
    _list(f"no longer differs, remove it from suites/{suite.name}.toml", stale, result)
    print(f"{len(result.differing & known)} known differences; logs: {logs}", flush=True)
    return not (result.differing - known or stale)


def _list(title: str, tests: frozenset[str] | set[str], result: Comparison) -> None:
    for test in sorted(tests):
        print(f"{title}: {test} ({result.other.get(test, 'missing')})")


if __name__ == "__main__":
    sys.exit(main())

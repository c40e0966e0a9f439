"""Runs PyMongo's own tests inside one child greenlet and compares with stock PyMongo.

    python tests/upstream/run.py --quick    a part, in two minutes at most
    python tests/upstream/run.py --full     all eight files
    python tests/upstream/run.py test/test_cursor.py::TestCursor::test_close ...

Green runs first. What did not pass there runs again under stock PyMongo: a test that passes stock
must pass green, unless `known_differences.toml` says why not.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from pathlib import Path

import sdist
import server
from suite import Suite

ROOT = Path(__file__).parent.parent.parent
KNOWN = Path(__file__).with_name("known_differences.toml")
FILES = [
    f"test/test_{name}.py"
    for name in (
        "collection",
        "cursor",
        "database",
        "client",
        "bulk",
        "change_stream",
        "session",
        "transactions",
    )
]
QUICK = [
    *(name for name in FILES if "change_stream" not in name),
    "test/test_change_stream.py::TestCollectionChangeStream",
]


def main() -> int:
    """Run what the command line chooses; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="two minutes at most")
    parser.add_argument("--full", action="store_true", help="all eight files (the default)")
    parser.add_argument("tests", nargs="*", help="pytest ids below test/, instead of the lists")
    options = parser.parse_args()
    selection = options.tests or (QUICK if options.quick else FILES)

    work = sdist.prepare(ROOT / ".cache" / "upstream")
    with server.replica_set() as mongod:
        suite = Suite(work, mongod)
        tests = suite.collect(selection)
        started = time.monotonic()
        green = suite.run("green", tests)
        print(_summary("green", green, tests, time.monotonic() - started))
        again = [test for test in tests if green.get(test) != "passed"]
        started = time.monotonic()
        stock = suite.run("stock", again)
        print(_summary("not passed green, run stock", stock, again, time.monotonic() - started))

    differing = {test for test in again if stock.get(test) == "passed"}
    known = {entry["test"] for entry in tomllib.loads(KNOWN.read_text()).get("difference", [])}
    for test in sorted(differing - known):
        print(f"passes stock, {green.get(test, 'missing')} green: {test}")
    stale = (known & set(tests)) - differing
    for test in sorted(stale):
        print(f"no longer differs, remove it from {KNOWN.name}: {test}")
    print(f"{len(differing & known)} known differences; logs: {work}/green.log, stock.log")
    return 1 if differing - known or stale else 0


def _summary(title: str, outcomes: dict[str, str], tests: list[str], seconds: float) -> str:
    found = [outcomes.get(test, "missing") for test in tests]
    counts = ", ".join(f"{found.count(each)} {each}" for each in sorted(set(found)))
    return f"{title}: {len(tests)} tests, {counts or 'none'}, {seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main())

"""
Runs CPython's own tests with motorish's modules in place of the stdlib's.

    python tests/conformance/run.py                                       # all, everywhere; slow
    python tests/conformance/run.py test_socket --where child [--quick]
    python tests/conformance/run.py test_socket --tests testSendtoErrors  # with what was written
    python tests/conformance/run.py --record                              # and keep the results
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[2])
from tests.conformance import compare, outcomes, results, suite  # noqa: E402


def choose(module: str, *, is_quick: bool, names: list[str] | None = None) -> list[str]:
    """
    Return the ids of the tests to run.

    Args:
        module: ``test_socket``, say.
        is_quick: leave out what is slow, and variants of other tests.
        names: only those whose ids contain one of these.
    """
    tests = [test for test in outcomes.list_tests(module) if not suite.is_left_out(test)]
    if is_quick:
        slow = results.slow_tests(module)
        tests = [
            test for test in tests if test not in slow and not suite.VARIANTS.search(suite.class_of(test))
        ]
    return tests if not names else [test for test in tests if any(name in test for name in names)]


def run(module: str, options: argparse.Namespace) -> bool:
    """
    Run one module in all places asked for, and say what was found.

    Returns:
        Whether all is as it should be.
    """
    tests = choose(module, is_quick=options.quick, names=options.tests)
    stock = outcomes.run(module, "stock", tests) if options.record else None
    good = True
    for where in options.where or suite.WHERE:
        began = time.monotonic()
        result = compare.compare(
            module, where, tests, is_exact=options.record or results.is_recorded(module), stock=stock
        )
        said = "\n\n".join([*result.problems, f"{module} in {where}: {result.summary}"])
        print(f"{said}, {time.monotonic() - began:.0f} s", flush=True)
        good = good and not result.problems
        if options.record:
            results.record(module, where, result)
    return good


def main() -> int:
    """
    Do what the command line says.
    """
    parser = argparse.ArgumentParser(description="Run CPython's own tests on motorish's modules.")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="test_socket, say; by default all")
    parser.add_argument("--where", choices=suite.WHERE, action="append", help="by default in all places")
    parser.add_argument("--quick", action="store_true", help="without what is slow")
    parser.add_argument("--tests", nargs="+", metavar="NAME", help="only tests whose ids contain a name")
    parser.add_argument("--record", action="store_true", help="keep the results, and write the page")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="modules at the same time")
    options = parser.parse_args()
    if unknown := set(options.modules) - set(suite.MODULES):
        parser.error(f"these are not among the modules: {', '.join(unknown)}")
    if options.record and (options.quick or options.tests):
        parser.error("--record is for complete runs")
    if not options.record and (missing := suite.why_missing()):
        parser.error(f"not on this machine: {missing}")
    with ThreadPoolExecutor(options.jobs) as pool:
        good = list(pool.map(lambda module: run(module, options), options.modules or suite.MODULES))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

"""
The runner of upstream suites: what it makes of hung and crashed tests, and what it calls a difference.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from compare import Run, compare
from process import Runner
from suites import NAMES, STOCK, Suite, load

TESTS = """
import os, time
def test_passes(): pass
def test_fails(): assert False
def test_hangs(): time.sleep(60)
def test_crashes(): os._exit(1)
def test_comes_last(): assert os.environ["SERVER"] == "here"
"""


def _suite(**options: Any) -> Suite:
    settings: dict[str, Any] = {
        "name": "pymongo",
        "distribution": "pymongo",
        "unpack": (),
        "pytest_ini": str,
        "socket_of": "own_driver",
        "modes": {"other": STOCK},
        "topologies": {"none": lambda work: contextlib.nullcontext({"SERVER": "here"})},
        "tests": ("test_it.py",),
        "quick": (),
    }
    return Suite(**settings | options)


@pytest.mark.slow
def test_what_hangs_or_crashes_is_told_and_the_rest_runs(tmp_path: Path) -> None:
    """
    A test that hangs and one that ends the process are outcomes like others, and the rest goes on.
    """
    (tmp_path / "own_driver.py").write_text("import socket")
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    runner = Runner(_suite(test_timeout=3.0), "none", tmp_path, tmp_path)

    outcomes = runner.run("stock", ["test_it.py"])

    assert {
        "test_it.py::test_passes": "passed",
        "test_it.py::test_fails": "failed",
        "test_it.py::test_hangs": "hung",
        "test_it.py::test_crashes": "crashed",
        "test_it.py::test_comes_last": "passed",
    } == outcomes


def _played(**outcomes: dict[str, str]) -> Run:
    """Return a `Runner.run` whose outcomes are given, a letter per round; the last one stays."""
    words = {"p": "passed", "f": "failed", "s": "skipped"}
    rounds = dict.fromkeys(outcomes, 0)

    def run(mode: str, selection: Iterable[str]) -> dict[str, str]:
        played, turn = outcomes[mode], rounds[mode]
        rounds[mode] += 1
        names = played if "all" in selection else [test for test in selection if test in played]
        return {test: words[(played[test] + played[test][-1] * turn)[turn]] for test in names}

    return run


def test_only_what_differs_each_time_is_a_difference() -> None:
    """
    A test that fails once, and one that fails stock when it is tried again, are no differences.
    """
    run = _played(
        stock={"steady": "p", "once": "p", "stock": "ppf", "both": "f", "skipped": "s", "gone": "p"},
        other={"steady": "f", "once": "fp", "stock": "f", "both": "f", "skipped": "s"},
    )

    result = compare(run, "other", ["all"], is_quick=False)

    assert {"steady", "gone"} == result.differing
    assert {"once", "stock"} == result.unsteady
    assert "missing" == result.other["gone"]
    assert 1 == result.counts()["failed_both"]


@pytest.mark.parametrize("name", NAMES)
def test_every_exception_has_a_reason(name: str) -> None:
    """
    What is excluded, and what may differ, is listed with a reason.
    """
    suite = load(name)
    for topology in suite.topologies:
        for table in ("excluded", "difference"):
            assert all(reason.endswith(".") for reason in suite.notes(table, topology).values())


def test_few_tests_of_pymongo_differ() -> None:
    """
    At most ten tests may pass under stock PyMongo and not in a child.
    """
    suite = load("pymongo")

    assert all(10 >= len(suite.notes("difference", topology)) for topology in suite.topologies)

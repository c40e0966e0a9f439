"""
The runner of CPython's tests: ends what hangs, and fails when what differs is not what is known to.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import compare, outcomes, suite
from tests.conformance.outcomes import Outcome
from tests.conformance.suite import Known

WORKER = """
import json, os, sys, time

for test in json.load(sys.stdin):
    os.write(int(sys.argv[3]), (json.dumps(["start", test]) + "\\n").encode())
    if "hangs" in test:
        time.sleep(60)
    if "crashes" in test:
        print("about to", flush=True)
        os._exit(1)
    os.write(int(sys.argv[3]), (json.dumps(["end", test, "passed", 0.1, ""]) + "\\n").encode())
os.write(int(sys.argv[3]), b'["done"]\\n')
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """
    Let a program run the tests whose outcomes are in their names.
    """
    path = tmp_path / "worker.py"
    path.write_text(WORKER)
    monkeypatch.setattr(outcomes, "WORKER", path)
    monkeypatch.setattr(outcomes, "LIMIT_S", 0.5)
    return path


@pytest.mark.usefixtures("worker")
def test_what_hangs_or_crashes_does_so_alone() -> None:
    """
    A test that hangs is ended, and one may crash; those after it run all the same.
    """
    tests = ["test_a.A.good", "test_a.A.hangs", "test_a.A.fine", "test_a.A.crashes", "test_a.A.last"]

    found = outcomes.run("test_a", "child", tests)

    assert ["passed", "hung", "passed", "crashed", "passed"] == [found[test].name for test in tests]
    assert "about to\n" == found["test_a.A.crashes"].details


def test_a_worker_that_cannot_begin_is_an_error(worker: Path) -> None:
    """
    No test is to blame when the interpreter ends before the first, or after the last.
    """
    worker.write_text("print('oh')")

    with pytest.raises(RuntimeError, match="oh"):
        outcomes.run("test_a", "child", ["test_a.A.good"])


def compared(
    monkeypatch: pytest.MonkeyPatch,
    ours: dict[str, list[str]],
    stock: dict[str, str],
    known: list[Known],
    *,
    is_exact: bool = True,
) -> list[str]:
    """
    Return the problems, given the outcomes here, in turn, and those with the stdlib.
    """

    def run(module: str, where: str, wanted: list[str], hopeless: object = ()) -> dict[str, Outcome]:
        names = {test: stock[test] if where == "stock" else ours[test].pop(0) for test in wanted}
        return {test: Outcome(name, 0.1, "details") for test, name in names.items()}

    monkeypatch.setattr(outcomes, "run", run)
    monkeypatch.setattr(suite, "all_known", lambda module: known)
    return compare.compare("test_a", "child", list(ours), is_exact=is_exact).problems


def test_what_fails_here_alone_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    It passes with the stdlib, and fails here each time; not what was late once, or fails there too.
    """
    ours = {"test.test_a.A.bad": ["failed"] * 3, "test.test_a.A.late": ["hung", "passed"]}
    ours |= {"test.test_a.A.ill": ["failed"], "test.test_a.A.good": ["passed"]}
    stock = dict.fromkeys(ours, "passed") | {"test.test_a.A.ill": "skipped"}

    problems = compared(monkeypatch, ours, stock, [])

    assert ["test.test_a.A.bad passes stock, but not here:\ndetails"] == problems


@pytest.mark.parametrize("is_exact", [True, False])
def test_what_no_longer_differs_is_a_problem(monkeypatch: pytest.MonkeyPatch, is_exact: bool) -> None:
    """
    A line whose test passes must be removed, where the line is of this very Python.
    """
    places = ("child",)
    known = [Known(places, "all", f"A.{name}", "Because.") for name in ("good", "bad")]
    known += [Known(("thread",), "all", "A.other", "Elsewhere."), Known(places, "3.10", "A.old", "Then.")]
    known.append(Known(places, "all?", "A.rare", "Luck."))
    ours = {f"test.test_a.A.{name}": ["passed"] for name in ("good", "other", "old", "rare")}
    ours["test.test_a.A.bad"] = ["failed"]

    problems = compared(monkeypatch, ours, {}, known, is_exact=is_exact)

    expected = ["test.test_a.A.good is a known difference, but passes: remove the line"]
    assert (expected if is_exact else []) == problems


@pytest.mark.parametrize(
    ("versions", "holding"),
    [
        ("all", (11, 12, 13)),
        ("3.12", (12,)),
        ("3.12+", (12, 13)),
        ("3.13+?", (13,)),
        ("3.11-3.12", (11, 12)),
    ],
)
def test_a_line_holds_for_versions(versions: str, holding: tuple[int, ...]) -> None:
    """
    For all, for one, from one on, or from one to another.
    """
    known = Known(("child",), versions, "A.test", "Because.")

    assert holding == tuple(minor for minor in (11, 12, 13) if known.holds("child", (3, minor)))

"""
The benchmarks: their statistics and their plan, and one small cell measured and reported for real.
"""

import signal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo import MongoClient

from benchmarks import figures, mongodb, plan, report, results, runner
from benchmarks.__main__ import main
from benchmarks.plan import Cell, Goal

times = st.lists(st.floats(1, 1000), min_size=1, max_size=30)


@pytest.fixture
def address(mongod_uri: str) -> str:
    """
    Return the server's address, with what the workloads of MongoDB read.
    """
    with MongoClient(mongod_uri) as client:
        client.drop_database("motorish_bench")
    mongodb.prepare(mongod_uri)
    return mongod_uri


@given(times)
@settings(max_examples=20, deadline=None)
def test_interval_is_around_the_median(values: list[float]) -> None:
    """
    The median is in its interval, the interval within the values, and all is the same the next time.
    """
    found = figures.median(values)

    assert min(values) <= found.low <= found.value <= found.high <= max(values)
    assert found == figures.median(values)


def test_ratios_are_of_the_same_round() -> None:
    """
    A round that is slow for both variants changes nothing.
    """
    assert figures.Estimate(2.0, 2.0, 2.0) == figures.ratio([2.0, 200.0, 4.0], [1.0, 100.0, 2.0])
    assert figures.Estimate(0.5, 0.25, 1.0) == figures.Estimate(2.0, 1.0, 4.0).inverse


@pytest.mark.parametrize(("peer", "ours"), [([], []), ([1.0, 2.0], [1.0])])
def test_missing_rounds_are_an_error(peer: list[float], ours: list[float]) -> None:
    """
    Rounds that do not belong together are not compared.
    """
    with pytest.raises(ValueError, match="nothing to compare"):
        figures.ratio(peer, ours)


@pytest.mark.parametrize("cell", plan.full() + plan.quick(), ids=lambda cell: cell.name)
def test_plan_names_what_is_there(cell: Cell) -> None:
    """
    Each variant of a cell has a file; ours is among them, and so is each peer that a goal is for.
    """
    files = {label.partition("@")[0] for label in cell.variants}

    assert set() == files - set(runner.variants(cell.system))
    assert set() == {cell.ours, *(goal.peer for goal in cell.goals)} - set(cell.variants)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("run nosuch", "no workload 'nosuch', but: bridge.four_waits, bridge.noop, "),
        ("run nosuch.find", "no workload 'nosuch.find', but: "),
        ("run mongodb.nosuch", "no workload 'mongodb.nosuch', but: "),
        (
            "run bridge.noop --variants to_thread nosuch",
            "no variant 'nosuch', but: anyio, asgiref, coroutine, ",
        ),
        ("bench find_one nosuchcell", "no cell 'nosuchcell', but: bridge.four_waits, "),
        ("also nosuch", "no module 'nosuch', but: benchmarks."),
    ],
)
def test_wrong_names_are_refused(
    arguments: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Before anything is started, what there is not is said in one line, with what there is.
    """

    def start(*_: object) -> None:
        raise AssertionError("a server is started")

    monkeypatch.setattr(runner, "server", start)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # that is for a process of its own
    monkeypatch.setattr(results, "FILE", tmp_path / "results.json")
    with pytest.raises(SystemExit, match=f"^python -m benchmarks: there is {message}") as ended:
        main(arguments.split())

    assert "\n" not in str(ended.value)


def test_cell_is_measured_and_reported(address: str, tmp_path: Path) -> None:
    """
    What two rounds of two variants have given becomes a page with a table, a goal and a plot.
    """
    page = tmp_path / "performance.md"
    page.write_text(f"# Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n")
    variants = ("motorish_client", "async_mongo_client")
    cell = Cell("mongodb", "find_one", 50, variants, rounds=2, round_s=0.02)

    measured = runner.run_cell(cell, address)
    results.keep(
        {"runs": [results.about_this_run()], "cells": [measured], "also": []}, tmp_path / "results.json"
    )
    report.write(results.load(tmp_path / "results.json"), page)

    ratio = results.ratio(measured, "async_mongo_client")
    assert [2, 2] == [len(columns["cpu_us"]) for columns in measured["variants"].values()]
    text = page.read_text()
    assert (True, True) == (text.startswith("# Before\n"), text.endswith("\nAfter\n"))
    assert "old" not in text
    assert 2 == text.count(f"| {ratio} |")  # the goal and the table
    assert "| MongoDB find_one, 50 at a time | AsyncMongoClient | ≥ 1.50 |" in text
    assert (tmp_path / "performance" / "mongodb.svg").read_text().startswith("<?xml")


def test_failure_is_a_result(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """
    A variant that fails is reported with what it wrote to stderr, and the others are measured.
    """
    variants = ("motorish_spawn", "no_such_variant", "coroutine")
    cell = Cell("bridge", "noop", 2, variants, "motorish_spawn", rounds=1, round_s=0.01, pinned=False)

    measured = runner.run_cell(cell, "")

    assert list(variants) == list(measured["variants"])
    assert "No module named" in measured["variants"]["no_such_variant"]["error"]
    assert results.ratio(measured, "no_such_variant") is None
    assert results.ratio(measured, "coroutine") is not None
    assert "no_such_variant FAILED" in capfd.readouterr().err


def test_goal_that_is_missed_is_marked() -> None:
    """
    A goal of the other direction compares ours with the peer's, and says so when it is not met.
    """
    columns = {"motorish_client": {"cpu_us": [12.0]}, "pymongo_sync": {"cpu_us": [10.0]}}
    cell = {
        "system": "mongodb",
        "workload": "scan",
        "at": 1,
        "loop": "asyncio",
        "pinned": True,
        "ours": "motorish_client",
        "variants": columns,
    }

    row = report._goal_row(cell, Goal("pymongo_sync", at_most=1.05))

    assert ["ours ≤ 1.05", "1.20 (1.20–1.20)", "**not met**"] == row[2:]

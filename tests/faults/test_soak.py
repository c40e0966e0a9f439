"""
Row D41: a little of the soak, and the arithmetic of its verdict; ``make soak`` runs half an hour of it.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from tests.faults.figures import Figures
from tests.faults.soak import Soak
from tests.faults.soak_verdict import NOT_SOAKED, Ledger, figures_of, slope

PROGRAM = Path(__file__).with_name("soak.py")

BRIEF_S = 20
LONGER_S = 180
LONGER_FROM_SCALE = 0.1
"""How long the soak is as a test: with all the other tests, there is no room for more."""


@pytest.mark.row("D41")
@pytest.mark.timeout(600)
@pytest.mark.usefixtures(
    "postgres", "mariadb", "redis_server", "mongod_program"
)  # that they are missed, if so
def test_some_of_the_soak(
    figures: Figures, tmp_path: Path, missing_program: Callable[[str], NoReturn]
) -> None:
    """
    No mismatch, nothing left, and every driver has had answers.
    """
    long = figures.times(1000) >= 1000 * LONGER_FROM_SCALE
    report = tmp_path / "soak.json"

    done = subprocess.run(
        [
            sys.executable,
            str(PROGRAM),
            "--seconds",
            str(LONGER_S if long else BRIEF_S),
            "--json",
            str(report),
        ],
        capture_output=True,
        text=True,
        timeout=590,
    )

    _, missing, which = done.stdout.partition(NOT_SOAKED)
    if missing and os.environ.get("MOTORISH_REQUIRE_SERVERS") == "1":
        missing_program(f"a server of the soak ({which.splitlines()[0]})")
    assert report.exists(), done.stderr
    result: dict[str, Any] = json.loads(report.read_text())
    assert [] == result["wrong"], done.stdout
    assert (0, "") == (done.returncode, done.stderr)
    for what, limit, value in figures_of(result):
        if limit is None:
            figures.note(what, value)
        else:
            figures.equal(what, limit, value)


def test_slope() -> None:
    """
    The line through points on a line is that line; noise about it does not move it.
    """
    assert 0.0 == slope([1.0], [5.0])
    assert 2.0 == slope([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])
    assert 0.0 == slope([0.0, 1.0, 2.0, 3.0], [1.0, -1.0, -1.0, 1.0])


def test_what_is_wrong_is_said() -> None:
    """
    Mismatches, errors told to the loop, what is left, growth of memory, of objects and of latency.
    """
    ledger = Ledger(3600)
    ledger.operations["idle driver"] = 0
    ledger.mismatches.append("a was answered b")
    ledger.told.append("oh")
    ledger.left["threads"] = 1
    for minute in range(50):
        ledger._at.append(300.0 + minute * 60)
        ledger._memory.append(50 + minute * 0.2)
        ledger._malloc.append(20.0)
        ledger._blocks.append(400_000)
        ledger._p99.append(0.010 + minute * 0.0001)
    ledger._peaks["list"], ledger._types["list"] = 100, 200

    wrong = ledger.result()["wrong"]

    beginnings = [
        "1 mismatches",
        "told",
        "left",
        "no operation of idle driver",
        "grown",
        "memory: +2.00",
        "p99: +",
    ]
    assert len(beginnings) == len(wrong)
    assert all(said.startswith(begin) for said, begin in zip(wrong, beginnings, strict=True)), wrong


def test_ctrl_c_ends_it() -> None:
    """
    A cancel of what is done to a driver is a fault like others; a cancel of the soak itself ends it.
    """

    async def cancelled() -> None:
        raise asyncio.CancelledError

    async def main() -> tuple[Any, bool]:
        soak, subject = Soak([], [], Ledger(1.0), 41), cast(Any, None)
        answer = await soak._try(subject, cancelled, 60.0)
        worker = asyncio.ensure_future(soak._try(subject, asyncio.Event().wait, 60.0))
        await asyncio.sleep(0)
        worker.cancel()
        await asyncio.wait([worker])
        return answer, worker.cancelled()

    assert (None, True) == asyncio.run(main())

"""
Another greenlet library on the same loop: greenback's portals before, around and inside calls.
"""

from __future__ import annotations

import asyncio
from typing import Any

import greenback
import pytest

from motorish import await_
from motorish.errors import NotInChildError
from motorish.green.time import sleep
from motorish.hub import current_child, current_hub, spawn
from tests.faults.figures import Figures
from tests.loops import run_asyncio, run_uvloop

TASKS = 50


def _name(run: Any) -> str:
    return str(run.__name__).removeprefix("run_")


def ours(value: int) -> int:
    """
    A call of ours that waits a few times.
    """
    for _ in range(3):
        sleep(0)
    assert current_child() is not None
    return value


async def theirs(value: int) -> int:
    """
    A coroutine for greenback to wait for.
    """
    await asyncio.sleep(0)
    return value


@pytest.mark.row("B19")
@pytest.mark.parametrize("run", [run_asyncio, run_uvloop], ids=["asyncio", "uvloop"])
def test_our_calls_inside_portals(run: Any, figures: Figures) -> None:
    """
    Synchronous functions in tasks with a portal start calls of ours and wait for them through greenback.
    """

    def in_portal(value: int) -> list[int]:
        assert current_child() is None
        first = spawn(ours, (value,))
        found = [greenback.await_(theirs(value)), greenback.await_(first)]
        found.append(greenback.await_(spawn(ours, (value,))))
        return [*found, greenback.await_(theirs(value))]

    async def one(value: int) -> list[int]:
        await greenback.ensure_portal()
        await spawn(ours, (value,))
        return in_portal(value)

    async def main() -> list[list[int]]:
        return await asyncio.gather(*(asyncio.create_task(one(value)) for value in range(TASKS)))

    wrong = [value for value, found in enumerate(run(main)) if found != [value] * 4]
    figures.equal(f"greenback: {TASKS} portals around our calls, mixed up on {_name(run)}", 0, len(wrong))


@pytest.mark.row("B19")
@pytest.mark.parametrize("run", [run_asyncio, run_uvloop], ids=["asyncio", "uvloop"])
def test_portals_inside_our_calls(run: Any, figures: Figures) -> None:
    """
    Calls of ours wait for tasks with a portal, which start calls of ours in turn.
    """

    async def with_portal(value: int) -> int:
        await greenback.ensure_portal()
        return greenback.await_(theirs(value)) + greenback.await_(spawn(ours, (value,)))

    def outer(value: int) -> int:
        total = 0
        for _ in range(3):
            total += await_(asyncio.ensure_future(with_portal(value)))
            sleep(0)
        return total

    async def main() -> tuple[list[int], int]:
        return await asyncio.gather(*(spawn(outer, (value,)) for value in range(TASKS))), len(
            current_hub().calls
        )

    totals, left = run(main)
    wrong = [value for value, total in enumerate(totals) if total != 6 * value]
    figures.equal(f"greenback: portals inside {TASKS} of our calls, mixed up on {_name(run)}", 0, len(wrong))
    assert 0 == left


def test_neither_takes_the_other_for_its_own() -> None:
    """
    greenback.await_() in a child of ours, and ours in a portal, are each library's clear error.
    """

    async def in_portal() -> None:
        await greenback.ensure_portal()
        coroutine = theirs(1)
        with pytest.raises(NotInChildError):
            await_(coroutine)
        coroutine.close()

    def in_child() -> None:
        coroutine = theirs(1)
        with pytest.raises(RuntimeError, match="greenback"):
            greenback.await_(coroutine)
        coroutine.close()

    async def main() -> None:
        await asyncio.create_task(in_portal())
        await spawn(in_child)

    asyncio.run(main())

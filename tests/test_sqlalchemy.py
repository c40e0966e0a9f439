"""
Another greenlet library on the same loop: SQLAlchemy's async extension before, around and inside calls.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from greenlet import getcurrent
from sqlalchemy import text
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from motorish import await_
from motorish.errors import NotInChildError
from motorish.green.threading import Event
from motorish.green.time import sleep
from motorish.hub import Child, current_child, current_hub, spawn
from tests.faults.figures import Figures
from tests.loops import Runner, on_every_loop, outcome, turns, until


def _name(run: Runner) -> str:
    return run.__name__.removeprefix("run_")


def ours(value: int, waits: int = 3) -> int:
    """
    A call of ours that waits a few times.
    """
    for _ in range(waits):
        sleep(0)
    assert type(getcurrent()) is Child
    return value


async def theirs(value: int) -> int:
    """
    A coroutine for await_only().
    """
    await asyncio.sleep(0)
    return value


@pytest.mark.row("B19")
@on_every_loop
def test_our_calls_around_theirs(run: Runner, figures: Figures) -> None:
    """
    A SQLAlchemy greenlet starts calls of ours and awaits them, many interleaved with each other.
    """

    def in_their_greenlet(value: int) -> list[int]:
        assert current_child() is None
        first = spawn(ours, (value,))
        results = [await_only(theirs(value)), await_only(first)]
        results.append(await_only(spawn(ours, (value, 0))))
        return [*results, await_only(theirs(value))]

    async def main() -> list[list[int]]:
        return await asyncio.gather(*[greenlet_spawn(in_their_greenlet, value) for value in range(50)])

    wrong = [value for value, found in enumerate(run(main)) if found != [value] * 4]
    figures.equal(
        f"SQLAlchemy: its greenlets around 50 of our calls, mixed up on {_name(run)}", 0, len(wrong)
    )


@pytest.mark.row("B19")
@on_every_loop
def test_their_greenlets_inside_our_calls(run: Runner, figures: Figures) -> None:
    """
    A call of ours awaits SQLAlchemy greenlets, which start calls of ours in turn.
    """

    def in_their_greenlet(value: int) -> int:
        return await_only(theirs(value)) + await_only(spawn(ours, (value,)))

    def outer(value: int) -> int:
        total = 0
        for _ in range(3):
            total += await_(greenlet_spawn(in_their_greenlet, value))
            sleep(0)
        return total

    async def main() -> tuple[list[int], int]:
        results = await asyncio.gather(*[spawn(outer, (value,)) for value in range(30)])
        return results, len(current_hub().calls)

    results, left = run(main)
    wrong = [value for value, total in enumerate(results) if total != 6 * value]
    figures.equal(
        f"SQLAlchemy: its greenlets inside 30 of our calls, mixed up on {_name(run)}", 0, len(wrong)
    )
    assert 0 == left


def test_before_during_and_after_a_real_engine(tmp_path: Path) -> None:
    """
    Calls run before, while and after SQLAlchemy queries a database on the same loop.
    """

    async def query(engine: AsyncEngine, value: int) -> Any:
        async with engine.connect() as connection:
            return (await connection.execute(text("select :value"), {"value": value})).scalar()

    async def main() -> list[Any]:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/db", pool_size=20)
        try:
            before = await spawn(ours, (1,))
            mixed = await asyncio.gather(
                *[
                    one
                    for value in range(20)
                    for one in (
                        query(engine, value),
                        spawn(ours, (value,)),
                        spawn(await_, (query(engine, value),)),
                    )
                ]
            )
            return [before, mixed, await spawn(ours, (2,)), await query(engine, 3)]
        finally:
            await engine.dispose()

    assert [1, [value for value in range(20) for _ in range(3)], 2, 3] == asyncio.run(main())


def test_cancel_crosses_both_libraries() -> None:
    """
    Cancelling a task in a SQLAlchemy greenlet that awaits our call ends the call; the loop stays usable.
    """
    ended: list[str] = []

    def call() -> None:
        try:
            Event().wait()
        finally:
            ended.append("ours")

    def in_their_greenlet() -> None:
        try:
            await_only(spawn(call))
        finally:
            ended.append("theirs")

    async def main() -> list[Any]:
        task = asyncio.create_task(greenlet_spawn(in_their_greenlet))
        await until(lambda: current_hub().calls)
        task.cancel()
        return [await outcome(task), await spawn(ours, (1,)), await greenlet_spawn(await_only, theirs(2))]

    assert [asyncio.CancelledError, 1, 2] == asyncio.run(main())
    assert ["ours", "theirs"] == ended


def test_neither_takes_the_other_for_its_own() -> None:
    """
    await_only() in a child of ours, and our wait in a greenlet of theirs, are each library's clear error.
    """

    def in_their_greenlet() -> str:
        with pytest.raises(NotInChildError):
            await_(theirs(1))
        return "refused"

    def in_our_child() -> str:
        with pytest.raises(MissingGreenlet):
            await_only(theirs(1))
        return "refused"

    async def main() -> list[str]:
        return [await greenlet_spawn(in_their_greenlet), await spawn(in_our_child)]

    assert ["refused"] * 2 == asyncio.run(main())


def test_call_that_outlives_the_greenlet_which_started_it() -> None:
    """
    A call started in a SQLAlchemy greenlet that has ended goes on from the loop, and is reused.
    """

    async def main() -> list[int]:
        gate = Event()
        calls: list[Any] = []
        await greenlet_spawn(lambda: calls.append(spawn(lambda: (gate.wait(), ours(7))[1])))
        await turns(3)
        gate.set()
        return [await calls[0], await spawn(ours, (8,))]

    assert [7, 8] == asyncio.run(main())

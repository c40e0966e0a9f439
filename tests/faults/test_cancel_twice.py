"""
Row C26: the clean-up after a cancel is cancelled as well: it is done all the same, or the socket is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import cycle
from random import Random
from time import monotonic
from typing import Any

import pytest

import motorish
from motorish.hub import current_hub
from tests.faults.careless import address
from tests.faults.figures import Figures
from tests.faults.rooms import KEYS, PATIENCE_S, ROOMS, Room
from tests.faults.sharers import PyMongo
from tests.loops import outcome, turns, until

CANCELS = 3
AT_ONCE = 4
MOST_TURNS = 12
LATEST_S = 0.02

pytestmark = [pytest.mark.row("C26"), pytest.mark.timeout(600)]  # at full scale


Work = Callable[[], Coroutine[Any, Any, None]]


async def cancel_often(work: Work, random: Random) -> float:
    """
    Cancel a task at any moment, then again while it cleans up.

    Returns:
        The seconds from the last cancel to the task's end.
    """
    task = asyncio.create_task(work())
    last = monotonic()
    await asyncio.sleep(random.uniform(0.0, LATEST_S))
    for _ in range(CANCELS):
        if random.random() < 0.8:
            await turns(random.randrange(MOST_TURNS))
        else:
            await asyncio.sleep(random.uniform(0.0, LATEST_S))
        if task.done():
            break
        last = monotonic()
        task.cancel()
    assert await outcome(task) in (asyncio.CancelledError, None)
    return monotonic() - last


async def many(rounds: int, prepare: Callable[[], Coroutine[Any, Any, Work]]) -> float:
    """
    Do that so often, a few at a time; return the most seconds that one took to end.

    Args:
        prepare: is not cancelled, and returns what is.
    """
    random = Random(26)
    times: list[float] = []

    async def some() -> None:
        while len(times) < rounds:
            times.append(await cancel_often(await prepare(), random))

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return max(times)


@pytest.mark.parametrize("kind", ROOMS, ids=lambda kind: kind.__name__)
def test_transaction(kind: type[Room], request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    abortTransaction and ROLLBACK are cancelled: no transaction stays open, and others can write.
    """
    where = address(request.getfixturevalue(kind.kind.fixture))
    rounds = figures.times(1000, least=20)

    async def main() -> tuple[float, int]:
        room = kind(**where)
        await room.prepare()
        keys = cycle(KEYS)

        async def work() -> None:
            key = next(keys)  # at any time, each has another
            async with room.transaction() as within:
                if key % 2:
                    await room.lock(within, key)
                await room.dawdle(within)

        async def prepare() -> Work:
            return work

        slowest_s = await many(rounds, prepare)
        left = await room.left()
        await room.write()
        async with room.transaction() as within:
            await room.lock(within)
        await room.close()
        await until(lambda: not current_hub().calls)
        return slowest_s, left

    with motorish.patch(*kind.kind.packages):
        slowest_s, left = asyncio.run(main())
    name = f"{kind.kind.driver}, up to {CANCELS} cancels of {rounds:,} transactions"
    figures.note(f"{name}: slowest end", slowest_s * 1000, "ms")
    figures.equal(f"{name}: transactions and connections left", 0, left)


def test_cursor(mongod_uri: str, figures: Figures) -> None:
    """
    A killCursors command is cancelled: in the end no cursor is open.
    """
    rounds = figures.times(1000, least=20)

    async def main() -> tuple[float, int]:
        sharer = PyMongo(**address(mongod_uri))
        things = sharer.client.motorish_test.cursors
        await things.drop()
        await things.insert_many([{"_id": number} for number in range(100)])

        async def prepare() -> Work:
            cursor = things.find(batch_size=2)
            await cursor.next()

            async def work() -> None:
                try:
                    async for _ in cursor:
                        await asyncio.sleep(0)
                finally:
                    await cursor.close()

            return work

        async def left() -> int:
            pipeline = [
                {"$currentOp": {"idleCursors": True, "localOps": True}},
                {"$match": {"ns": things.full_name}},
            ]
            return len(await sharer.client.admin.aggregate(pipeline).to_list()) + sharer.in_use()

        slowest_s = await many(rounds, prepare)
        end = monotonic() + PATIENCE_S
        while (open_still := await left()) and monotonic() < end:
            await asyncio.sleep(0.01)
        await sharer.close()
        return slowest_s, open_still

    slowest_s, left = asyncio.run(main())
    name = f"PyMongo, up to {CANCELS} cancels of {rounds:,} cursors"
    figures.note(f"{name}: slowest end", slowest_s * 1000, "ms")
    figures.equal(f"{name}: cursors and connections left", 0, left)

"""
Row C27: a transaction is given up amid a slow operation, or between two; the server aborts it at once.
"""

from __future__ import annotations

import asyncio
from time import monotonic

import pytest

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.sweep import Cause
from tests.faults.careless import address
from tests.faults.figures import Figures
from tests.faults.rooms import ROOMS, SLOW_S, Room
from tests.loops import outcome, until

FREE_S = 1.0
ATTEMPTS = 3
ENDS: dict[Cause, type[BaseException]] = {
    "cancel": asyncio.CancelledError,
    "deadline": motorish.DeadlineExceeded,
}


async def give_up(room: Room, cause: Cause, where: str) -> float:
    """
    Lock, give up, and write from outside; return the seconds from the one to the other.
    """
    locked = asyncio.Event()
    given_up = 0.0

    async def work() -> None:
        nonlocal given_up
        async with room.transaction() as within:
            await room.lock(within)
            locked.set()
            if where == "between operations":
                await asyncio.sleep(SLOW_S)
            with motorish.timeout(0.1 if cause == "deadline" else None):
                given_up = monotonic() + 0.1
                await room.dawdle(within)

    task = asyncio.create_task(work())
    await asyncio.wait_for(locked.wait(), 10)
    writing = asyncio.create_task(room.write())
    if cause == "cancel":
        await asyncio.sleep(0.05)
        given_up = monotonic()
        task.cancel()
    assert ENDS[cause] is await outcome(task)
    await writing
    return monotonic() - given_up


@pytest.mark.row("C27")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("cause", "where"),
    [("cancel", "amid one"), ("cancel", "between operations"), ("deadline", "amid one")],
)
@pytest.mark.parametrize("kind", ROOMS, ids=lambda kind: kind.__name__)
def test_transaction_given_up(
    kind: type[Room], cause: Cause, where: str, request: pytest.FixtureRequest, figures: Figures
) -> None:
    """
    Another writer has the lock within a second, then all is as before, and the next transaction works.
    """
    where_is = address(request.getfixturevalue(kind.kind.fixture))
    rounds = figures.times(100, least=1)

    async def main() -> tuple[float, int]:
        room = kind(**where_is)
        await room.prepare()
        slowest_s = 0.0
        for _ in range(rounds):
            took = [await give_up(room, cause, where)]
            while min(took) > FREE_S and len(took) < ATTEMPTS:  # what else the machine does can only add
                took.append(await give_up(room, cause, where))
            slowest_s = max(slowest_s, min(took))
            async with room.transaction() as within:
                await room.lock(within)
        left = await room.left()
        await room.close()
        await until(lambda: not current_hub().calls)
        return slowest_s, left

    with motorish.patch(*kind.kind.packages):
        slowest_s, left = asyncio.run(main())
    name = f"{kind.kind.driver}, {cause} {where}"
    figures.at_most(f"{name}: until another writer has the lock", FREE_S * 1000, slowest_s * 1000, "ms")
    figures.equal(f"{name}: transactions and connections left", 0, left)

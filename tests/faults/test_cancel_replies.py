"""
Row C22: calls are cancelled at any moment, and no call ever gets another's reply.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random
from time import monotonic
from typing import Any

import pytest

import motorish
from motorish.integrations.contract.sweep import Cause
from tests.faults.careless import SHARERS, address
from tests.faults.figures import Figures
from tests.faults.sharers import TOKENS, Sharer
from tests.loops import run_asyncio, run_uvloop, turns

WORKERS = 20
LATE = 1.3  # a call may be cancelled after so many times what one takes: then it may have been answered
MOST_TURNS = 8

pytestmark = pytest.mark.timeout(1200)  # at full scale


class Churn:
    """
    Many calls at a time on few connections, of which some are aborted; and what became of them.

    Args:
        sharer: the driver.
        cause: what ends calls before their time.
        count: how many calls at the least.
        aborts: how many of them are to be aborted, at the least.
    """

    def __init__(self, sharer: Sharer, cause: Cause, count: int, aborts: int) -> None:
        self.sharer = sharer
        self.cause = cause
        self.count, self.aborts = count, aborts
        self.asked = self.aborted = self.answered = self.mixed_up = 0
        self.errors: Counter[str] = Counter()
        self._random = Random(f"{sharer.driver} {cause}")
        self._usual_s = 0.001

    async def run(self) -> None:
        """
        Ask until enough was asked, and enough aborted; then all must be at rest.
        """
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())
        for _ in range(WORKERS):
            await self._ask(in_time=True)
        assert 0 == await self.sharer.left()

    async def _work(self) -> None:
        while self.asked < self.count or self.aborted < self.aborts:
            await self._ask(in_time=self.aborted * self.count > self.asked * self.aborts)

    async def _ask(self, *, in_time: bool) -> None:
        token = next(TOKENS)
        self.asked += 1
        began = monotonic()
        patience_s = self._random.uniform(0.0, LATE * self._usual_s)
        with motorish.timeout(patience_s if self.cause == "deadline" and not in_time else None):
            call = self.sharer.ask(token)
        if self.cause == "cancel" and not in_time:
            await self._wait(patience_s)
            call.cancel()
        try:
            answer = await call
        except (asyncio.CancelledError, motorish.DeadlineExceeded):
            self.aborted += 1
        except Exception as error:
            self.errors[repr(error)] += 1
        else:
            self.answered += 1
            self.mixed_up += answer != token
            self._usual_s += (monotonic() - began - self._usual_s) / 16

    async def _wait(self, seconds: float) -> None:
        # For a time, or for a few turns of the loop, or not at all.
        if self._random.random() < 0.5:
            await asyncio.sleep(seconds)
        else:
            await turns(self._random.randrange(MOST_TURNS))


@pytest.mark.row("C22")
@pytest.mark.parametrize("cause", ["cancel", "deadline"])
@pytest.mark.parametrize("kind", SHARERS, ids=lambda kind: kind.driver)
def test_no_reply_goes_to_another_call(
    kind: type[Sharer], cause: Cause, request: pytest.FixtureRequest, figures: Figures
) -> None:
    """
    Half of them on asyncio's loop, half on uvloop; a call is answered rightly, or aborted.
    """
    where = address(request.getfixturevalue(kind.fixture))
    count = figures.times(100_000) // 2
    churns = []

    async def main() -> None:
        sharer = kind(**where)
        await sharer.prepare()
        churns.append(Churn(sharer, cause, count, count // 10))
        await churns[-1].run()
        await sharer.close()

    with motorish.patch(*kind.packages):
        for run in (run_asyncio, run_uvloop):
            run(main)

    def total(name: str) -> Any:
        return sum(getattr(churn, name) for churn in churns)

    ended = "cancelled" if cause == "cancel" else "ended by a deadline"
    figures.at_least(
        f"{kind.driver}, {ended} of {total('asked'):,} calls", 2 * (count // 10), total("aborted")
    )
    figures.equal(f"{kind.driver}, {ended}: replies mixed up", 0, total("mixed_up"))
    assert not [churn.errors for churn in churns if churn.errors]
    assert total("asked") == total("aborted") + total("answered")

"""
Row C28: workers are cancelled and replaced all the time, wherever they are; the others never stand still.
"""

from __future__ import annotations

import asyncio
from random import Random
from time import monotonic
from typing import NoReturn

import pytest

import motorish
from motorish.hub import current_hub
from tests.faults.careless import PooledPsycopg2, PooledPyMySQL, address
from tests.faults.figures import Figures
from tests.faults.sharers import TOKENS, PyMongo, RedisPy, Sharer
from tests.loops import run_asyncio, run_uvloop, until

WORKERS = 8
EVERY_S, LASTS_S = 0.003, 12.0
STANDSTILL_S = END_S = 1.0


class Churn:
    """
    Workers that never end by themselves, and what was seen of them.
    """

    def __init__(self, sharer: Sharer, kills: int) -> None:
        self.sharer = sharer
        self.kills = kills
        self.done = self.mixed_up = self.unended = self.left = 0
        self.standstill_s = 0.0
        self._last = 0.0

    async def run(self) -> None:
        """
        Kill one after another, then all.
        """
        random = Random(28)
        workers = [asyncio.create_task(self._work()) for _ in range(WORKERS)]
        killed: list[asyncio.Task[NoReturn]] = []
        self._last = monotonic()
        for _ in range(self.kills):
            await asyncio.sleep(EVERY_S)
            self._note()
            index = random.randrange(WORKERS)
            workers[index].cancel()
            killed.append(workers[index])
            workers[index] = asyncio.create_task(self._work())
        for worker in workers:
            worker.cancel()
        _, pending = await asyncio.wait([*killed, *workers], timeout=END_S)
        self._note()
        for worker in killed:
            assert worker in pending or worker.cancelled(), worker.exception()
        self.unended, self.left = len(pending), await self.sharer.left()

    async def _work(self) -> NoReturn:
        while True:
            token = next(TOKENS)
            self.mixed_up += token != await self.sharer.ask(token)
            self.done += 1
            self._note()
            self._last = monotonic()

    def _note(self) -> None:
        self.standstill_s = max(self.standstill_s, monotonic() - self._last)


@pytest.mark.row("C28", "G21")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "kind", [PyMongo, PooledPyMySQL, PooledPsycopg2, RedisPy], ids=lambda kind: kind.driver
)
def test_kill_churn(kind: type[Sharer], request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    Each of the killed ends, the operations of the others go on, and in the end nothing is in use.

    Half of the time on asyncio's own loop, half on uvloop.
    """
    where = address(request.getfixturevalue(kind.fixture))
    kills = figures.times(round(LASTS_S / EVERY_S), least=100) // 2
    churns = []

    async def main() -> None:
        sharer = kind(**where)
        await sharer.prepare()
        churns.append(Churn(sharer, kills))
        await churns[-1].run()
        tokens = [next(TOKENS) for _ in range(WORKERS)]
        assert tokens == await asyncio.gather(*(sharer.ask(token) for token in tokens))
        await sharer.close()
        await until(lambda: not current_hub().calls)

    with motorish.patch(*kind.packages):
        for run in (run_asyncio, run_uvloop):
            run(main)

    def total(name: str) -> int:
        return sum(getattr(churn, name) for churn in churns)

    how = f"{kind.driver}, {2 * kills:,} kills among {total('done'):,} operations"
    standstill_s = max(churn.standstill_s for churn in churns)
    figures.at_most(f"{how}, longest standstill", STANDSTILL_S * 1000, standstill_s * 1000, "ms")
    figures.equal(f"{kind.driver}, killed and did not end", 0, total("unended"))
    figures.equal(f"{kind.driver}, replies mixed up", 0, total("mixed_up"))
    figures.equal(f"{kind.driver}, in use in the end", 0, total("left"))

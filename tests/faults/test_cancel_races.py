"""
Row C25: a reply and a cancel meet in the same turn of the loop; one of the two wins, always.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import Any

import pytest

import motorish
from motorish.green import stream
from motorish.hub import CallFuture, Child
from tests.faults.careless import PooledPsycopg2, PooledPyMySQL, address
from tests.faults.figures import Figures
from tests.faults.sharers import TOKENS, PyMongo, RedisPy, Sharer
from tests.loops import run_asyncio, run_uvloop

RACERS = 20
HUNG_S = 10.0
MOST_WAKES = 6  # of a call that must connect first; others have fewer, and are not cancelled then
MOMENTS = ("before", "after", "soon", "later")
KINDS: tuple[type[Sharer], ...] = (PyMongo, PooledPyMySQL, PooledPsycopg2, RedisPy)
LOOPS = (run_asyncio, run_uvloop)

pytestmark = [pytest.mark.row("C25"), pytest.mark.timeout(600)]  # at full scale


class Meeting:
    """
    Cancels tasks at the moment when a reply to the call that they await wakes it.
    """

    def __init__(self) -> None:
        self._resume = stream.resume
        self._armed: dict[CallFuture[Any], tuple[asyncio.Task[Any], str, int]] = {}
        self.accepted: set[asyncio.Task[Any]] = set()

    def arm(self, call: CallFuture[Any], moment: str, wake: int) -> None:
        """
        Cancel the current task about the time when *call* is resumed for the *wake*-th time from now.
        """
        task = asyncio.current_task()
        assert task is not None
        self._armed[call] = (task, moment, wake)
        call.add_done_callback(lambda call: self._armed.pop(call, None))

    def resume(self, child: Child, woken: bool = True) -> None:
        """
        Stands in for `hub.resume` where sockets wake those that wait.
        """
        call, loop = child.future, child.hub.loop
        task, moment, wakes = self._armed.pop(call, (None, "", 0))  # type: ignore[arg-type]
        if task is None or wakes > 1:
            if task is not None and call is not None:
                self._armed[call] = (task, moment, wakes - 1)
            self._resume(child, woken)
            return
        if moment == "before":
            self._cancel(task)
        elif moment == "soon":
            loop.call_soon(self._cancel, task)
        self._resume(child, woken)
        if moment == "after":
            self._cancel(task)
        elif moment == "later":
            loop.call_soon(self._cancel, task)

    def _cancel(self, task: asyncio.Task[Any]) -> None:
        if task.cancel():
            self.accepted.add(task)


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """
    Return what cancels tasks when their replies arrive.
    """
    made = Meeting()
    monkeypatch.setattr(stream, "resume", made.resume)
    return made


@pytest.fixture(params=KINDS, ids=lambda kind: kind.driver)
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[], Sharer]]:
    """
    Return what makes a driver, which is patched.
    """
    kind: type[Sharer] = request.param
    where = address(request.getfixturevalue(kind.fixture))
    with motorish.patch(*kind.packages):
        yield lambda: kind(**where)


async def race_all(sharer: Sharer, count: int, race: Callable[[Sharer], Awaitable[str]]) -> Counter[str]:
    """
    Run so many races, some at a time; return how they ended, and how many connections were lost.
    """
    ends: Counter[str] = Counter()

    async def racer() -> None:
        while ends.total() < count:
            ends[await race(sharer)] += 1

    await sharer.prepare()
    await asyncio.gather(*(racer() for _ in range(RACERS)))
    ends["lost"] += await sharer.left()
    tokens = [next(TOKENS) for _ in range(RACERS)]
    assert tokens == await asyncio.gather(*(sharer.ask(token) for token in tokens))
    await sharer.close()
    return ends


def record(figures: Figures, name: str, ends: Counter[str], cancelled: str) -> None:
    """
    Record how the races ended.
    """
    races = ends.total() - ends["lost"]
    how = f"{name}, {races:,} races, {ends['result']:,} results"
    figures.equal(f"{how}: neither that nor {cancelled}", 0, races - ends["result"] - ends[cancelled])
    figures.equal(f"{name}, connections lost", 0, ends["lost"])


def test_reply_and_cancel(make: Callable[[], Sharer], meeting: Meeting, figures: Figures) -> None:
    """
    The task is cancelled before its call is resumed, after that, or a turn later, but before the task is.

    If `asyncio.Task.cancel` has said that the task will be cancelled, it is.
    """
    random = Random(25)
    rounds = figures.times(10_000, least=100) // len(LOOPS)

    async def race(sharer: Sharer) -> str:
        token, moment = next(TOKENS), random.choice(MOMENTS)

        async def ask() -> int:
            call = sharer.ask(token)
            meeting.arm(call, moment, random.randint(1, MOST_WAKES))
            return await call

        task = asyncio.create_task(ask())
        await asyncio.wait([task], timeout=HUNG_S)
        accepted = task in meeting.accepted
        meeting.accepted.discard(task)
        if not task.done():
            return "hung"
        if task.cancelled():
            return "cancelled" if accepted else "cancelled for nothing"
        if accepted:
            return "cancel lost"
        return "result" if token == task.result() else "another's result"

    ends: Counter[str] = Counter()
    for run in LOOPS:
        ends += run(lambda: race_all(make(), rounds, race))
    record(figures, f"{make().driver}, Task.cancel", ends, "cancelled")


@pytest.mark.parametrize("make", KINDS[:2], ids=lambda kind: kind.driver, indirect=True)
@pytest.mark.parametrize("way", ["asyncio.timeout", "asyncio.wait_for"])
def test_reply_and_timeout(make: Callable[[], Sharer], way: str, figures: Figures) -> None:
    """
    The application's own timeout is about as long as a call takes.  When it ends, the driver is done.
    """
    random = Random(way)
    rounds = figures.times(10_000, least=100) // len(LOOPS)
    usual_s = 0.002

    async def bounded(call: CallFuture[int], seconds: float) -> int:
        if way == "asyncio.wait_for":
            return await asyncio.wait_for(call, seconds)
        async with asyncio.timeout(seconds):
            return await call

    async def race(sharer: Sharer) -> str:
        nonlocal usual_s
        token = next(TOKENS)
        call = sharer.ask(token)
        task = asyncio.create_task(bounded(call, random.uniform(0.5, 1.5) * usual_s))
        await asyncio.wait([task], timeout=HUNG_S)
        if not task.done() or not call.done():
            return "hung"
        if isinstance(task.exception(), TimeoutError):
            usual_s *= 1.05
            return "timed out"
        usual_s /= 1.05
        return "result" if token == task.result() else "another's result"

    ends: Counter[str] = Counter()
    for run in LOOPS:
        ends += run(lambda: race_all(make(), rounds, race))
    record(figures, f"{make().driver}, {way}", ends, "timed out")

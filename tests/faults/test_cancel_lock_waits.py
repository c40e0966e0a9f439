"""
Row C23: calls are cancelled while they wait for PyMongo's locks and conditions, about its half-second tick.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from typing import Any, Literal

import pytest

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.sweep import Cause
from motorish.testing import chaos
from tests.faults.careless import address
from tests.faults.figures import Figures
from tests.faults.sharers import TOKENS
from tests.loops import Runner, outcome, run_asyncio, run_uvloop, until

DELAYS_S = [0.38 + 0.01 * step for step in range(24)]
CAUSES: tuple[Cause, ...] = ("cancel", "deadline")
OPERATIONS = 10
HUNG_S = 10.0

Wait = Literal["a server", "a connection"]


class Waiting:
    """
    A client whose operations all wait for the same condition; half of them are aborted, all at once.

    Args:
        proxy: stands before the server.
        what: that the operations wait for.
        cause: of the aborts.
        delay_s: from the beginning to the aborts.
    """

    def __init__(self, proxy: chaos.Proxy, what: Wait, cause: Cause, delay_s: float) -> None:
        self.client = motorish.MotorClient(proxy.host, proxy.port, directConnection=True, maxPoolSize=1)
        self.things = self.client.motorish_test.waiting
        self.is_warm = what == "a connection"
        self.cause = cause
        self.delay_s = delay_s
        self.ends: Counter[str] = Counter()
        self.aborted = asyncio.Event()

    async def warm(self) -> None:
        """
        Connect, if the wait for a server is not what is tested.
        """
        if self.is_warm:
            await self.client.admin.command("ping")

    async def run(self) -> None:
        """
        Start the operations, abort half of them, and see how each ends.
        """
        with motorish.timeout(self.delay_s if self.cause == "deadline" else None):
            given_up = [self._find(number) for number in range(OPERATIONS // 2)]
        kept = {token: self._find(token) for token in (next(TOKENS) for _ in range(OPERATIONS // 2))}
        if self.cause == "cancel":
            await asyncio.sleep(self.delay_s)
            for call in given_up:
                call.cancel()
        await asyncio.gather(*(self._see_aborted(call) for call in given_up))
        self.aborted.set()
        await asyncio.gather(*(self._see_answered(call, token) for token, call in kept.items()))

    async def end(self) -> None:
        """
        One more operation must be right, and nothing be in use or locked.
        """
        await self._see_answered(self._find(1), 1)
        pools = [server.pool for server in self.client.delegate._topology._servers.values()]
        busy = sum(pool.active_sockets + pool.operation_count + pool.requests for pool in pools)
        self.ends["in use"] += busy + self.client.delegate._topology._lock.locked()
        await self.client.close()

    def _find(self, token: int) -> asyncio.Future[Any]:
        return self.things.find_one({}, {"_id": 0, "token": {"$literal": token}})

    async def _see_aborted(self, call: Awaitable[Any]) -> None:
        end = await self._outcome(call)
        expected = asyncio.CancelledError if self.cause == "cancel" else motorish.DeadlineExceeded
        self.ends["hung" if end is TimeoutError else "aborted" if end is expected else f"wrong: {end}"] += 1

    async def _see_answered(self, call: Awaitable[Any], token: int) -> None:
        end = await self._outcome(call)
        right = end == {"token": token}
        self.ends["hung" if end is TimeoutError else "answered" if right else f"wrong: {end}"] += 1

    async def _outcome(self, call: Awaitable[Any]) -> Any:
        done, _ = await asyncio.wait([asyncio.ensure_future(call)], timeout=HUNG_S)
        return await outcome(done.pop()) if done else TimeoutError


async def wait_and_abort(where: dict[str, Any], what: Wait) -> Counter[str]:
    """
    Run a client for each delay and cause, all at the same time; return how the operations ended.
    """
    async with motorish.MotorClient(**where, directConnection=True) as client:
        await client.motorish_test.waiting.replace_one({"_id": 0}, {}, upsert=True)
    with chaos.Proxy(where["host"], where["port"]) as proxy:
        all_of = [Waiting(proxy, what, cause, delay_s) for cause in CAUSES for delay_s in DELAYS_S]
        if what == "a server":
            proxy.crash()
        await asyncio.gather(*(each.warm() for each in all_of))
        if what == "a connection":
            proxy.hold()
        running = [asyncio.create_task(each.run()) for each in all_of]
        await asyncio.gather(*(each.aborted.wait() for each in all_of))
        if what == "a server":
            proxy.restart()
        else:
            proxy.release()
        await asyncio.gather(*running)
        await asyncio.gather(*(each.end() for each in all_of))
        await until(lambda: not current_hub().calls)
    return sum((each.ends for each in all_of), Counter())


@pytest.mark.row("C23")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("what", "first", "second"),
    [("a server", run_asyncio, run_uvloop), ("a connection", run_uvloop, run_asyncio)],
    ids=["a server", "a connection"],
)
def test_wait_for_a_condition(
    mongod_uri: str, what: Wait, first: Runner, second: Runner, figures: Figures
) -> None:
    """
    Those that are aborted end as they should, the others get their answers once there is something to get.

    Server selection looks up every half second; who waits for a connection is woken.  Every second run is
    on another kind of loop.
    """
    ends: Counter[str] = Counter()
    for number in range(figures.times(10)):
        run = second if number % 2 else first
        ends += run(lambda: wait_and_abort(address(mongod_uri), what))
    name = f"waiting for {what}"
    wrong = {end: count for end, count in ends.items() if end not in ("aborted", "answered", "hung")}
    figures.equal(f"{name}: wrong outcomes of {ends.total():,}", 0, sum(wrong.values()))
    figures.equal(f"{name}: hung", 0, ends["hung"])

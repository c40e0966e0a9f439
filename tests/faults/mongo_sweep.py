"""
Aborts operations of PyMongo at each of their waits, and sees what is not as before afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.leaks import open_descriptors
from motorish.integrations.contract.sweep import Cause, Sweep
from tests.faults.mongo_operations import Operation
from tests.faults.sharers import TOKENS

MOST_WAITS = 100
MISSES = 4
SETTLED_S = 5.0
ENDS: dict[Cause, type[BaseException]] = {
    "cancel": asyncio.CancelledError,
    "deadline": motorish.DeadlineExceeded,
}


class Swept(NamedTuple):
    """
    How many waits an operation has, the slowest end of one that was aborted, and what was left.
    """

    waits: int
    slowest_s: float
    left: set[str]


class State:
    """
    What is to be as before.

    Args:
        client: whose pools and cursors are looked at.
    """

    def __init__(self, client: motorish.MotorClient) -> None:
        self.client = client
        self.things = client.motorish_test.sweep
        self._descriptors = open_descriptors() - self._pooled()
        self._calls = len(current_hub().calls)

    async def left(self) -> set[str]:
        """
        Return what is still there after some time.
        """
        end = monotonic() + SETTLED_S
        while (left := await self._now()) and monotonic() < end:
            await asyncio.sleep(0.005)
        return left

    def _pools(self) -> list[Any]:
        return [server.pool for server in self.client.delegate._topology._servers.values()]

    def _pooled(self) -> int:
        return sum(len(pool.conns) for pool in self._pools())

    async def _now(self) -> set[str]:
        pipeline = [
            {"$currentOp": {"idleCursors": True, "localOps": True}},
            {"$match": {"ns": self.things.full_name}},
        ]
        found = {
            "cursors": len(await self.client.admin.aggregate(pipeline).to_list()),
            "transactions": await self._open_transactions(),
            "counts in the pool": sum(
                pool.active_sockets + pool.operation_count + pool.requests + pool._pending
                for pool in self._pools()
            ),
            "descriptors": open_descriptors() - self._pooled() - self._descriptors,
            "greenlets": len(current_hub().calls) - self._calls,
        }
        return {f"{count} {what}" for what, count in found.items() if count > 0}

    async def _open_transactions(self) -> int:
        status = await self.client.admin.command("serverStatus")
        return int(status.get("transactions", {}).get("currentOpen", 0))


async def sweep_warm(client: motorish.MotorClient, make: type[Operation], cause: Cause) -> Swept:
    """
    Abort the operation of a connected client at its first wait, its second, and so on.
    """
    things = client.motorish_test.sweep
    await things.drop()
    await things.insert_many([{"_id": number} for number in range(10)])
    await make(client).things.find_one()
    state, sweep = State(client), Sweep()
    slowest_s, left = 0.0, set[str]()
    for wait in range(1, MOST_WAITS):
        operation = make(client)
        async with operation.stack:
            await operation.prepare()
            with sweep.watching():
                sweep.arm(wait, cause)
                result, seconds = await sweep.outcome(operation.start())
        token = next(TOKENS)
        assert {"token": token} == await things.find_one({}, {"_id": 0, "token": {"$literal": token}})
        left |= await state.left()
        if seconds is None:
            return Swept(wait - 1, slowest_s, left)
        assert ENDS[cause] is type(result), f"{make.what}, aborted at wait {wait}: {result!r}"
        slowest_s = max(slowest_s, seconds)
    raise AssertionError(f"{make.what} has more waits than any operation should")


async def sweep_cold(make: Callable[[], motorish.MotorClient], cause: Cause) -> Swept:
    """
    Abort the first operation of a client at each of its waits: connecting, TLS, log-in, and itself.
    """
    sweep, slowest_s, left = Sweep(), 0.0, set[str]()
    descriptors = open_descriptors()
    wait = misses = 0
    while wait < MOST_WAITS:
        token = next(TOKENS)
        wanted = [{"token": {"$literal": token}}]
        client = make()
        with sweep.watching():
            sweep.arm(wait + 1, cause)
            result, seconds = await sweep.outcome(client.admin.command("ping"))
        found = await client.admin.aggregate([{"$documents": wanted}]).to_list()
        assert [{"token": token}] == [{"token": one["token"]} for one in found]
        await client.close()
        end = monotonic() + SETTLED_S
        while (current_hub().calls or open_descriptors() > descriptors) and monotonic() < end:
            await asyncio.sleep(0.001)
        calls, opened = len(current_hub().calls), open_descriptors() - descriptors
        left |= {text for text in (calls and f"{calls} greenlets", opened > 0 and f"{opened} files") if text}
        if seconds is None:  # it has no such wait; perhaps because others have done it, or at once
            misses += 1
            if misses == MISSES:
                return Swept(wait, slowest_s, left)
            continue
        assert ENDS[cause] is type(result), f"aborted at wait {wait + 1}: {result!r}"
        slowest_s, wait, misses = max(slowest_s, seconds), wait + 1, 0
    raise AssertionError("connecting has more waits than it should")

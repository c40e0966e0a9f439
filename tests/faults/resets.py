"""
Operations of PyMongo that meet a reset, at each of the moments of a connection's life.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, NamedTuple

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
    ConnectionPoolListener,
)

from motorish import MotorClient, MotorDatabase
from motorish.hub import current_hub
from motorish.integrations.contract.leaks import open_descriptors
from motorish.testing import chaos
from tests.faults.victims import until

USER, PASSWORD = "resets", "resets"
TOKENS = itertools.count(1)


class Moment(NamedTuple):
    """
    So many bytes after the beginning of the n-th thing that one side says.
    """

    side: str
    message: int
    after: int


HELLO, LOGIN, OPERATION = 1, 2, 3  # PyMongo's connections say these, in this order
MOMENTS = {
    "on connecting": Moment("up", HELLO, -1),
    "before the hello arrives": Moment("up", HELLO, 0),
    "amid the answer to the hello": Moment("down", HELLO, 20),
    "before the login arrives": Moment("up", LOGIN, 0),
    "amid the answer to the login": Moment("down", LOGIN, 20),
    "before the operation arrives": Moment("up", OPERATION, 0),
    "amid the operation": Moment("up", OPERATION, 20),
    "after the operation was done": Moment("down", OPERATION, 0),
    "amid the reply": Moment("down", OPERATION, 20),
    "idle": Moment("down", OPERATION + 1, -1),
}


class Reset:
    """
    The faults of a connection that is reset at a moment.
    """

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.up, self.down = chaos.Faults(), chaos.Faults()
        self._faults = self.up if moment.side == "up" else self.down
        self._said = self._bytes = 0
        if moment == MOMENTS["on connecting"]:
            self.now()
        self._faults.mutate = self._hear

    def now(self) -> None:
        self._faults.reset_after = 0

    def _hear(self, data: bytes, rng: Random) -> bytes:
        # Runs in the proxy's thread.
        self._said += 1
        if self._said == self.moment.message:
            self._faults.reset_after = self._bytes + self.moment.after
        self._bytes += len(data)
        return data


class Watch(CommandListener, ConnectionPoolListener):
    """
    Counts the attempts, and how often the pool was cleared.
    """

    def __init__(self) -> None:
        self.attempts = self.clearings = 0

    def started(self, event: CommandStartedEvent) -> None:
        self.attempts += event.command_name in ("aggregate", "insert", "update")

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def pool_cleared(self, event: Any) -> None:
        self.clearings += 1


NOT_COUNTED = [name for name in dir(ConnectionPoolListener) if name.startswith(("pool_", "connection_"))]
for each in NOT_COUNTED:
    if each != "pool_cleared":
        setattr(Watch, each, lambda self, event: None)


class End(NamedTuple):
    """
    What became of the operation, and of the client.
    """

    moment: str
    error: Exception | None
    attempts: int
    clearings: int
    left_busy: int
    is_well_after: bool


Operation = Callable[[MotorDatabase, int], Awaitable[Any]]


async def read(database: MotorDatabase, token: int) -> None:
    """
    Fetch what nobody else fetches.
    """
    pipeline = [{"$documents": [{"token": token}]}]
    assert [{"token": token}] == await database.aggregate(pipeline).to_list()


async def write(database: MotorDatabase, token: int) -> None:
    """
    Retryable.
    """
    await database.things.insert_one({"_id": token})


async def write_many(database: MotorDatabase, token: int) -> None:
    """
    Not retryable.
    """
    await database.things.update_many({"_id": token}, {"$inc": {"count": 1}}, upsert=True)


async def reset(server: tuple[str, int], moment: str, operate: Operation, name: str) -> End:
    """
    Let the operation meet a reset at a moment.
    """
    watch = Watch()
    fault = Reset(MOMENTS[moment])
    with chaos.Proxy(*server) as proxy:
        proxy.script([None, (fault.up, fault.down)])  # the monitor's connection, the pool's
        client = MotorClient(
            proxy.host,
            proxy.port,
            directConnection=True,
            serverMonitoringMode="poll",  # one connection, which is the first
            username=USER,
            password=PASSWORD,
            event_listeners=[watch],
        )
        database = client[name]
        if moment == "idle":
            await read(database, next(TOKENS))
            fault.now()
        watch.attempts = 0
        error: Exception | None = None
        try:
            await operate(database, next(TOKENS))
        except Exception as caught:
            error = caught
        attempts = watch.attempts
        pools = [each.pool for each in client.delegate._topology._servers.values()]
        left_busy = sum(pool.active_sockets + pool.operation_count + pool.requests for pool in pools)
        try:
            await read(database, next(TOKENS))
        except Exception:
            is_well_after = False
        else:
            is_well_after = True
        await client.close()
    return End(moment, error, attempts, watch.clearings, left_busy, is_well_after)


def reset_at_all_moments(server: tuple[str, int], operate: Operation, name: str, rounds: int) -> list[End]:
    """
    All moments at the same time, since PyMongo's monitor lets half a second pass before it looks again.
    """

    async def main() -> list[End]:
        ends: list[End] = []
        before = open_descriptors()
        for _ in range(rounds):
            ends += await asyncio.gather(*(reset(server, moment, operate, name) for moment in MOMENTS))
            await until(lambda: not current_hub().calls)
            gc.collect()
            await until(lambda: open_descriptors() <= before)
        return ends

    return asyncio.run(main())

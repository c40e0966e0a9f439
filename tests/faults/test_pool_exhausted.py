"""
More operations than the pool has connections: who waits is served in order, or gives up in time.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pymongo
import pytest
from pymongo import monitoring
from pymongo.errors import WaitQueueTimeoutError

from motorish import MotorClient
from tests.faults.figures import Figures

pytestmark = pytest.mark.alone

NAME = "pool exhausted"
POOL = 2
OPERATIONS = 50


class Slow:
    """
    Lets the finds of the clients with NAME take so many seconds on the server.
    """

    def __init__(self, uri: str, seconds: float) -> None:
        self._client = pymongo.MongoClient[Any](uri)
        self._seconds = seconds

    def __enter__(self) -> None:
        data = {"failCommands": ["find"], "appName": NAME, "blockConnection": True}
        data["blockTimeMS"] = round(self._seconds * 1000)
        self._client.admin.command("configureFailPoint", "failCommand", mode="alwaysOn", data=data)

    def __exit__(self, *exc_info: object) -> None:
        self._client.admin.command("configureFailPoint", "failCommand", mode="off")
        self._client.close()


@pytest.mark.row("B15")
@pytest.mark.parametrize("waits", [1, 2], ids=["retryReads=False", "retryReads=True"])
def test_those_who_wait_too_long_give_up(waits: int, mongod_uri: str, figures: Figures) -> None:
    """
    Of 50 operations of 1 s on two connections exactly 48 fail, after their 100 ms; afterwards all is at rest.

    Unless it is told otherwise, PyMongo takes that error for one to retry, and waits in the queue once more.
    """

    async def main() -> tuple[list[Any], list[float], int]:
        options: dict[str, Any] = {"maxPoolSize": POOL, "waitQueueTimeoutMS": 100, "appname": NAME}
        options["retryReads"] = waits == 2
        async with MotorClient(mongod_uri, **options) as client:
            things = client.motorish_test.pool
            await asyncio.gather(*(client.admin.command("ping") for _ in range(POOL)))
            times: list[float] = []

            async def one() -> Any:
                began = monotonic()
                try:
                    return await things.find_one()
                except WaitQueueTimeoutError as error:
                    times.append((monotonic() - began) * 1000)
                    return error

            ends = await asyncio.gather(*(one() for _ in range(OPERATIONS)))
            (server,) = client.delegate._topology._servers.values()
            pool = server.pool
            return ends, times, pool.requests + pool.active_sockets + pool._pending + pool.operation_count

    for attempt in range(3):  # what else the machine does can only make them late
        with Slow(mongod_uri, 1.0):
            ends, times, left = asyncio.run(main())
        if max(times) <= 150 * waits or attempt == 2:
            break
    failed = sum(isinstance(end, WaitQueueTimeoutError) for end in ends)
    how = "with one retry" if waits == 2 else "without retries"
    figures.equal(f"{how}: WaitQueueTimeoutError among 50 operations", OPERATIONS - POOL, failed)
    figures.equal(f"{how}: operations that succeeded", POOL, ends.count(None))
    figures.at_least(f"{how}: the first to give up, after", 100 * waits, min(times), "ms")
    figures.at_most(f"{how}: the last to give up, after", 150 * waits, max(times), "ms")
    figures.equal(f"{how}: requests and connections that the pool counts afterwards", 0, left)


class Order(monitoring.CommandListener):
    """
    Notes in which order finds are sent.
    """

    def __init__(self) -> None:
        self.sent: list[int] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """
        Note the number that a find is for.
        """
        if event.command_name == "find":
            self.sent.append(event.command["filter"]["_id"])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """
        Do nothing.
        """

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """
        Do nothing.
        """


@pytest.mark.row("B15")
def test_those_who_wait_are_served_in_order(mongod_uri: str, figures: Figures) -> None:
    """
    Whoever has come first gets the next connection.
    """
    order = Order()

    async def main() -> None:
        options: dict[str, Any] = {"maxPoolSize": POOL, "appname": NAME, "event_listeners": [order]}
        async with MotorClient(mongod_uri, **options) as client:
            things = client.motorish_test.pool
            await asyncio.gather(*(client.admin.command("ping") for _ in range(POOL)))
            await asyncio.gather(*(things.find_one({"_id": number}) for number in range(OPERATIONS)))

    with Slow(mongod_uri, 0.01):
        asyncio.run(main())
    overtaken = sum(sent != number for number, sent in enumerate(order.sent))
    figures.equal("operations that waited and were sent", OPERATIONS, len(order.sent))
    figures.equal("operations sent out of turn", 0, overtaken)

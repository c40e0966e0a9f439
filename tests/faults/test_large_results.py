"""
Rows E42 and E45: a million documents, beside others and for a slow reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles
from time import monotonic
from typing import Any

import pymongo
import pytest

import motorish
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import ReplicaSet
from tests.faults.figures import Figures
from tests.memory import Peak, peak

MILLION = 1_000_000
SMALL_PER_S = 100
IDLE_S = 1.0
MEMORY_MB = 32
LATE_MS = 50
BATCH = 1000

pytestmark = [pytest.mark.alone, pytest.mark.timeout(1800)]  # at full scale


@pytest.fixture(scope="module")
def uri(mongod_program: Path, server_dir: Path) -> Iterator[str]:
    """
    Return the URI of a server of our own: what is written here is much.
    """
    with ReplicaSet(1, server_dir / "many") as replica_set:
        yield replica_set.uri


def write(uri: str, name: str, count: int, last: dict[str, Any]) -> None:
    """
    Have the server itself make *count* small documents: nothing of that is in this process.
    """
    rows = -(-count // 1000)
    with pymongo.MongoClient[Any](uri) as client:
        client.motorish_test.aggregate(
            [
                {"$documents": [{"row": {"$range": [0, rows]}}]},
                {"$unwind": "$row"},
                {
                    "$set": {
                        "column": {
                            "$range": [
                                0,
                                {"$min": [1000, {"$subtract": [count, {"$multiply": ["$row", 1000]}]}]},
                            ]
                        }
                    }
                },
                {"$unwind": "$column"},
                {
                    "$project": {
                        "_id": {"$add": [{"$multiply": ["$row", 1000]}, "$column"]},
                        "text": {"$literal": "x" * 50},
                    }
                },
                last,
            ]
        )


@asynccontextmanager
async def small_operations(client: motorish.MotorClient) -> AsyncIterator[list[float]]:
    """
    Look up one document 100 times a second during the block; gives how many ms each look-up took.
    """
    took: list[float] = []

    async def look_up(number: int) -> None:
        began = monotonic()
        await client.motorish_test.scanned.find_one({"_id": number})
        took.append((monotonic() - began) * 1000)

    async def go_on() -> None:
        number, due = 0, monotonic()
        async with asyncio.TaskGroup() as tasks:
            while True:
                tasks.create_task(look_up(number))
                number, due = number + 1, due + 1 / SMALL_PER_S
                await asyncio.sleep(max(0.0, due - monotonic()))

    running = asyncio.create_task(go_on())
    yield took
    running.cancel()
    await asyncio.wait([running])


FOURFOLD = {
    "$set": {
        "list": {"$range": [0, {"$cond": [{"$mod": [{"$floor": {"$divide": ["$_id", 5000]}}, 2]}, 40, 10]}]}
    }
}
"""Makes documents whose sizes vary fourfold, by the 5,000."""


@pytest.mark.row("E42")
@pytest.mark.parametrize("documents", ["small", "of sizes that vary fourfold"])
def test_a_scan_beside_small_operations(uri: str, documents: str, figures: Figures) -> None:
    """
    The loop is never more than 50 ms late, because batches go by what decoding them takes.

    The small operations' p99 is recorded, with the server's own batches too; what is promised of it, at most
    three times that of an idle loop, is not asserted: that is shorter than the batches.
    """
    count = figures.times(MILLION, least=20_000)
    write(uri, "scanned", count, {"$out": "scanned"})
    if documents != "small":
        with pymongo.MongoClient[Any](uri) as client:
            client.motorish_test.scanned.aggregate([FOURFOLD, {"$out": "scanned"}])
    results: list[tuple[Lag, float, float]] = []

    async def scan(**settings: Any) -> Lag:
        client = motorish.MotorClient(uri, **settings)
        async with small_operations(client) as idle:
            await asyncio.sleep(IDLE_S)
        async with measured() as lag, small_operations(client) as beside:
            end = monotonic() + IDLE_S  # a part of a million is scanned more than once
            while monotonic() < end or len(beside) < 2:
                scanned = 0
                async for _ in client.motorish_test.scanned.find():
                    scanned += 1
                assert count == scanned
        await client.close()
        results.append((lag, quantiles(idle, n=100)[-1], quantiles(beside, n=100)[-1]))
        return lag

    assert_no_lag(scan)
    lag, idle_ms, beside_ms = results[-1]
    figures.at_most(
        f"documents {documents}: longest turn of the loop", LATE_MS, lag.callback_cpu_s * 1000, "ms of CPU"
    )
    figures.at_most(f"documents {documents}: the loop is late by", LATE_MS, late_ms(lag), "ms")
    figures.note(f"documents {documents}: small operations' p99, idle", idle_ms, "ms")
    figures.note(f"documents {documents}: small operations' p99, beside it", beside_ms, "ms")
    lag = asyncio.run(scan(batch_time_ms=None))
    figures.note(
        f"documents {documents}, batch_time_ms=None: longest turn of the loop",
        lag.callback_cpu_s * 1000,
        "ms of CPU",
    )
    figures.note(f"documents {documents}, batch_time_ms=None: small operations' p99", results[-1][2], "ms")


def late_ms(lag: Lag) -> float:
    """
    How late the loop was, without what the machine was late.
    """
    return max(0.0, lag.ticker_s - lag.control_s) * 1000


async def read_slowly(results: Any, count: int) -> int:
    """
    Read *count* results with a pause after each hundred; return the most that the driver kept for us.
    """
    kept = 0
    for number in range(count):
        await anext(results)
        if number % 100 == 0:
            kept = max(kept, len(buffered(results)))
            await asyncio.sleep(0.001)
    return kept


def buffered(results: Any) -> Any:
    """
    What PyMongo has received and not handed out.
    """
    delegate = results.delegate
    return getattr(delegate, "_cursor", delegate)._data


@pytest.mark.row("E45")
@pytest.mark.parametrize("what", ["cursor", "change stream"])
def test_a_slow_consumer(uri: str, what: str, figures: Figures) -> None:
    """
    What waits for it is at the server; here is one batch.

    That is what can be decoded in 5 ms, unless batch_size says otherwise; what the default takes is recorded,
    the promise is kept with batches of 1,000.
    """
    count = figures.times(MILLION, least=10_000)

    async def consume(options: dict[str, Any]) -> tuple[int, Peak]:
        async with motorish.MotorClient(uri) as client:
            things = client.motorish_test[f"{what} {options}"]
            if what == "cursor":
                await asyncio.to_thread(write, uri, things.name, count, {"$out": things.name})
                results = things.find(**options)
            else:
                results = await things.watch(**options)
                await asyncio.to_thread(write, uri, things.name, count, {"$merge": things.name})
            with peak() as memory:
                kept = await read_slowly(results, count)
            await results.close()
            await things.drop()
            return kept, memory

    kept, memory = asyncio.run(consume({}))
    figures.note(f"{what}, default batches: kept of {count:,}", kept)
    figures.note(f"{what}, default batches: memory", memory.grown_mb, "MB")
    kept, memory = asyncio.run(consume({"batch_size": BATCH}))
    figures.at_most(f"{what}, batch_size={BATCH}: kept of {count:,}", BATCH, kept)
    figures.at_most(f"{what}, batch_size={BATCH}: memory", MEMORY_MB, memory.grown_mb, "MB")

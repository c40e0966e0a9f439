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
from motorish.integrations.contract.lag import Lag, measured
from motorish.integrations.servers import ReplicaSet
from tests.faults.figures import Figures
from tests.memory import Peak, peak

MILLION = 1_000_000
SMALL_PER_S = 100
IDLE_S = 1.0
MEMORY_MB = 32
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


@pytest.mark.row("E42")
def test_a_scan_beside_small_operations(uri: str, figures: Figures) -> None:
    """
    What a scan does to others today: it is recorded, and no limit is asserted.

    The promise, a loop that is at most 50 ms late and a p99 of at most three times the idle one, needs
    batches that adapt to what decoding them takes.  There are none yet: the server sends batches of up to
    16 MiB, and the loop stands still while PyMongo decodes one.
    """
    count = figures.times(MILLION, least=20_000)
    write(uri, "scanned", count, {"$out": "scanned"})

    async def scan(options: dict[str, Any]) -> tuple[Lag, float, float]:
        client = motorish.MotorClient(uri)
        async with small_operations(client) as idle:
            await asyncio.sleep(IDLE_S)
        async with measured() as lag, small_operations(client) as beside:
            end = monotonic() + IDLE_S  # a part of a million is scanned more than once
            while monotonic() < end or len(beside) < 2:
                scanned = 0
                async for _ in client.motorish_test.scanned.find(**options):
                    scanned += 1
                assert count == scanned
        await client.close()
        return lag, quantiles(idle, n=100)[-1], quantiles(beside, n=100)[-1]

    for name, options in {"default batches": {}, "batch_size=1000": {"batch_size": 1000}}.items():
        lag, idle_ms, beside_ms = asyncio.run(scan(options))
        late_ms = max(0.0, lag.ticker_s - lag.control_s) * 1000
        figures.note(f"scan with {name}: the loop is late by", late_ms, "ms")
        figures.note(f"scan with {name}: small operations' p99, idle", idle_ms, "ms")
        figures.note(f"scan with {name}: small operations' p99, beside it", beside_ms, "ms")


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

    That is as large as the server makes it, 16 MiB in BSON and several times that in Python, unless
    batch_size says otherwise; what the default takes is recorded, the promise is kept with batches of 1,000.
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

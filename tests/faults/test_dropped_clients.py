"""
Row D30: clients are dropped, not closed, while operations of theirs are in flight.
"""

from __future__ import annotations

import asyncio
import gc
import warnings
from time import monotonic
from typing import Any

import pytest

from motorish import MotorClient
from motorish.hub import Child, current_hub
from motorish.integrations.contract.leaks import open_descriptors
from tests.faults.census import suspended_greenlets
from tests.faults.figures import Figures
from tests.loops import until

SLOW = {"$where": "sleep(100) || true"}
OPERATIONS = 5
AT_ONCE = 20
LIMIT_S = 3.0


async def drop(uri: str, dropped: int) -> list[Any]:
    """
    Start operations of as many clients, of which no name is kept.

    Returns:
        What they have seen, when all have ended.
    """
    seen: list[Any] = []
    for _ in range(dropped):
        things = MotorClient(uri).motorish_test.dropped
        await things.replace_one({"_id": 1}, {}, upsert=True)
        for _ in range(OPERATIONS):
            things.find_one(SLOW, callback=lambda result, error: seen.append(error or result))
    del things
    await until(lambda: len(seen) == dropped * OPERATIONS)
    return seen


@pytest.mark.row("D30", "G22")
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("always:Unclosed MongoClient:ResourceWarning")
def test_client_is_dropped_with_operations_in_flight(mongod_uri: str, figures: Figures) -> None:
    """
    The operations end; then the client goes, says where it was opened, and takes everything with it.
    """
    count = figures.times(100, least=AT_ONCE)
    slowest, left = 0.0, {"greenlets": 0, "calls": 0, "descriptors": 0}
    seen: list[Any] = []

    async def main() -> None:
        nonlocal slowest
        hub = current_hub()
        before = suspended_greenlets(), open_descriptors()
        seen.extend(await drop(mongod_uri, AT_ONCE))
        begun = monotonic()
        while hub.calls or hub.streams:
            if monotonic() - begun > LIMIT_S:
                break
            gc.collect()
            await asyncio.sleep(0.02)
        slowest = max(slowest, monotonic() - begun)
        gc.collect()
        left["calls"] += len(hub.calls)
        left["greenlets"] += max(0, suspended_greenlets() - before[0])
        left["descriptors"] += max(0, open_descriptors() - before[1])

    with warnings.catch_warnings(record=True) as caught:
        for _ in range(count // AT_ONCE):
            asyncio.run(main())

    assert [{"_id": 1}] * count * OPERATIONS == seen
    said = [str(each.message) for each in caught if issubclass(each.category, ResourceWarning)]
    opened = [each for each in said if f"{__file__}" in each and "Unclosed MongoClient opened at" in each]
    figures.equal("PyMongo: clients dropped without a word of where they were opened", 0, count - len(opened))
    assert count == len(said)
    for what, number in left.items():
        figures.equal(f"PyMongo: {what} left of {count} clients", 0, number)
    figures.at_most("PyMongo: from the last reply until all is gone", LIMIT_S, slowest, "s")
    assert not [each for each in gc.get_objects() if type(each) is Child and each.parked]

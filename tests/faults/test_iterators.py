"""
Rows D37 and D38: cursors that are left half-read, and what becomes of them on the server.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Any

import pytest
from bson import ObjectId

from motorish import MotorClient, MotorCollection
from tests.faults.figures import Figures

DOCUMENTS = [{"_id": number} for number in range(10)]
BATCH = 2


class Stop(Exception):
    """
    What ends an iteration from inside.
    """


async def open_cursors(client: MotorClient, name: str) -> int:
    """
    How many cursors on collections of this name the server has.
    """
    idle = {"$currentOp": {"idleCursors": True, "allUsers": True}}
    wanted = {"$match": {"type": "idleCursor", "ns": f"motorish_test.{name}"}}
    return len(await client.admin.aggregate([idle, wanted]).to_list())


async def seconds_until_closed(client: MotorClient, name: str, patience_s: float) -> float:
    """
    How long it takes until the server has none.
    """
    began = monotonic()
    while await open_cursors(client, name):
        assert monotonic() - began < patience_s, "the server still has the cursors"
        await asyncio.sleep(0.02)
    return monotonic() - began


async def by_break(things: MotorCollection) -> None:
    """
    Leave the loop.
    """
    async for _ in things.find(batch_size=BATCH):
        break


async def by_exception(things: MotorCollection) -> None:
    """
    Raise in the loop's body.
    """
    with pytest.raises(Stop):
        async for _ in things.aggregate([], batchSize=BATCH):
            raise Stop


async def by_cancel(things: MotorCollection) -> None:
    """
    Cancel the task whose loop it is.
    """

    async def read() -> None:
        async for _ in things.find(batch_size=BATCH):
            await asyncio.sleep(100)

    task = asyncio.ensure_future(read())
    while not await open_cursors(things.database.client, things.name):
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])


async def documents_of(things: MotorCollection) -> AsyncIterator[Any]:
    """
    An asynchronous generator of the application's own.
    """
    async for document in things.find(batch_size=BATCH):
        yield document


async def by_dropping_a_generator(things: MotorCollection) -> None:
    """
    Take one document from a generator and forget it.
    """
    generator = documents_of(things)
    assert DOCUMENTS[0] == await anext(generator)


async def by_aclose(things: MotorCollection) -> None:
    """
    Close a generator early.
    """
    generator = documents_of(things)
    assert DOCUMENTS[0] == await anext(generator)
    await generator.aclose()  # type: ignore[attr-defined]


async def by_block(things: MotorCollection) -> None:
    """
    Leave the cursor's own block.
    """
    async with things.find(batch_size=BATCH) as cursor:
        assert DOCUMENTS[0] == await cursor.next()


async def by_each(things: MotorCollection) -> None:
    """
    Return False from the callback of each().
    """
    seen: list[Any] = []

    def stop(document: Any, error: BaseException | None) -> bool:
        seen.append(document or error)
        return False

    things.find(batch_size=BATCH).each(callback=stop)
    while not seen:
        await asyncio.sleep(0.001)


WAYS = (by_break, by_exception, by_cancel, by_dropping_a_generator, by_aclose, by_block, by_each)


@pytest.mark.row("D37")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_abandoned_iterator(
    way: Callable[[MotorCollection], Awaitable[None]], mongod_uri: str, figures: Figures
) -> None:
    """
    However it is left, the server's cursor is gone soon, and nothing is said (a warning would fail this).
    """

    async def main(name: str) -> float:
        client = MotorClient(mongod_uri)
        things = client.motorish_test[name]
        await things.insert_many([dict(each) for each in DOCUMENTS])
        await way(things)
        gc.collect()
        try:
            return await seconds_until_closed(client, name, 10)
        finally:
            await things.drop()
            await client.close()

    took = []
    for _ in range(3):
        took.append(asyncio.run(main(f"c{ObjectId()}")))
        if took[-1] <= 2:
            break
    figures.at_most(
        f"PyMongo, {way.__name__.replace('_', ' ')}: the server's cursor is gone", 2, min(took), "s"
    )


@pytest.mark.row("D38")
@pytest.mark.timeout(120)
def test_half_read_cursors_are_dropped(mongod_uri: str, figures: Figures) -> None:
    """
    All at once, of finds and aggregations; the server has as many cursors as before.
    """
    count = figures.times(1000, least=100)

    async def main(name: str) -> tuple[int, float]:
        client = MotorClient(mongod_uri)
        things = client.motorish_test[name]
        await things.insert_many([dict(each) for each in DOCUMENTS])
        cursors = [
            things.find(batch_size=BATCH) if number % 2 else things.aggregate([], batchSize=BATCH)
            for number in range(count)
        ]
        for cursor in cursors:
            await anext(cursor)
        half_read = await open_cursors(client, name)
        del cursors, cursor
        gc.collect()
        took = await seconds_until_closed(client, name, 30)
        await things.drop()
        await client.close()
        return half_read, took

    half_read, took = asyncio.run(main(f"c{ObjectId()}"))

    assert count == half_read
    figures.at_most(f"PyMongo: {count:,} dropped, none is open on the server", 3, took, "s")

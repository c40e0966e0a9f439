"""
Command cursors, and the latent ones that are sent when first used.
"""

import asyncio
from typing import Any

import pytest
from pymongo.errors import InvalidOperation, OperationFailure

from motorish import MotorCollection, MotorCommandCursor, MotorLatentCommandCursor

TEN = [{"_id": n} for n in range(10)]
SORT: list[dict[str, Any]] = [{"$sort": {"_id": 1}}]


async def test_a_latent_cursor_sends_nothing_until_it_is_used(collection: MotorCollection) -> None:
    """
    $out has no effect before, and one afterwards.
    """
    await collection.insert_many(TEN)
    target = collection.database[collection.name + "_out"]
    cursor = collection.aggregate([{"$out": target.name}])

    assert isinstance(cursor, MotorLatentCommandCursor)
    assert (True, False, None) == (cursor.alive, cursor.started, cursor.cursor_id)
    assert "aggregate, not yet sent" in repr(cursor)
    assert 0 == await target.count_documents({})
    assert [] == await cursor.to_list()
    assert 10 == await target.count_documents({})
    await target.drop()


async def test_all_ways_to_iterate(collection: MotorCollection) -> None:
    """
    async for, next, to_list, fetch_next and each, over several batches.
    """
    await collection.insert_many(TEN)

    def cursor() -> MotorLatentCommandCursor:
        return collection.aggregate(SORT, batchSize=3)

    assert TEN == [document async for document in cursor()]
    assert TEN == await cursor().to_list()
    assert TEN[:4] == await cursor().to_list(4)
    by_next = cursor()
    assert TEN[:5] == [await by_next.next() for _ in range(5)]
    await by_next.close()
    by_fetch, fetched = cursor(), []
    while await by_fetch.fetch_next:
        fetched.append(by_fetch.next_object())
    assert TEN == fetched
    done = asyncio.get_running_loop().create_future()
    handed: list[Any] = []
    cursor().each(lambda *one: done.set_result(one) if one[0] is None else handed.append(one[0]))
    assert (None, None) == await done
    assert TEN == handed


async def test_awaiting_it_sends_the_command(collection: MotorCollection) -> None:
    """
    As with PyMongo's own asynchronous client; what is given is the cursor itself.
    """
    await collection.insert_many(TEN)
    cursor = collection.aggregate(SORT)

    assert cursor is await cursor
    assert cursor.started
    assert TEN == await cursor.to_list()


async def test_a_callback_gets_it(collection: MotorCollection) -> None:
    """
    When the command has been sent, or with the server's error.
    """
    await collection.insert_one({"_id": 1})

    async def outcome(start: Any, *args: Any) -> Any:
        done = asyncio.get_running_loop().create_future()
        assert start(*args, callback=lambda *outcome: done.set_result(outcome)) is None
        return await done

    for start, *args in (
        (collection.aggregate, []),
        (collection.aggregate_raw_batches, []),
        (collection.list_indexes,),
    ):
        cursor, error = await outcome(start, *args)
        assert error is None
        assert cursor.started
        assert 1 == len(await cursor.to_list())
    cursor, error = await outcome(collection.database.aggregate, [{"$no": 1}])
    assert cursor is None
    assert isinstance(error, OperationFailure)
    stream, error = await outcome(collection.watch)
    assert stream.delegate is not None
    await stream.close()


async def test_batch_size(collection: MotorCollection) -> None:
    """
    Before the command is sent it holds for the first batch too; bad values are refused at once.
    """
    await collection.insert_many(TEN)
    cursor = collection.aggregate(SORT)
    assert cursor is cursor.batch_size(3)

    await cursor.next()
    assert 2 == len(cursor.delegate._data)
    assert cursor is cursor.batch_size(5)
    assert TEN[1:] == await cursor.to_list()
    indexes = collection.list_indexes().batch_size(5)
    assert 1 == len(await indexes.to_list())
    with pytest.raises(TypeError):
        collection.aggregate(SORT).batch_size("3")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="negative"):
        collection.aggregate(SORT).batch_size(-3)


async def test_a_refused_command(collection: MotorCollection) -> None:
    """
    The error comes from the first use, and again from the next.
    """
    cursor = collection.aggregate([{"$nonsense": 1}])

    for _ in range(2):
        with pytest.raises(OperationFailure):
            await cursor.next()


async def test_two_calls_cannot_both_send_it(collection: MotorCollection) -> None:
    """
    The second one is told to wait for the first.
    """
    await collection.insert_many(TEN)
    cursor = collection.aggregate(SORT)
    first, second = cursor.next(), cursor.next()

    with pytest.raises(InvalidOperation, match="another call is sending it"):
        await second
    assert TEN[0] == await first


async def test_closed_before_it_was_sent(collection: MotorCollection) -> None:
    """
    It stays unsent.
    """
    async with collection.aggregate(SORT) as cursor:
        pass

    assert not cursor.alive
    with pytest.raises(InvalidOperation, match="closed"):
        await cursor.next()


async def test_closed_while_it_is_sent(collection: MotorCollection) -> None:
    """
    The server's cursor is closed as soon as it is known.
    """
    await collection.insert_many(TEN)
    cursor = collection.aggregate(SORT, batchSize=2)
    first = cursor.to_list(2)
    await cursor.close()

    assert TEN[:2] == await first
    assert cursor.delegate._killed


async def test_try_next(collection: MotorCollection) -> None:
    """
    A document or, at the end, None.
    """
    await collection.insert_many(TEN[:2])
    cursor = await collection.database.cursor_command("find", collection.name, sort={"_id": 1})

    assert isinstance(cursor, MotorCommandCursor)
    assert [*TEN[:2], None] == [await cursor.try_next() for _ in range(3)]
    assert (await collection.aggregate(SORT).try_next()) == TEN[0]

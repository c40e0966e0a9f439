"""
Change streams.
"""

import asyncio
from typing import Any

import pytest
from bson import CodecOptions
from bson.codec_options import TypeDecoder, TypeRegistry
from pymongo.errors import OperationFailure

from motorish import MotorChangeStream, MotorClient, MotorCollection


async def test_async_for(collection: MotorCollection) -> None:
    """
    Changes come as they happen, many of one batch as well.
    """
    async with collection.watch() as stream:
        await collection.insert_many([{"_id": n} for n in range(5)])
        seen = []
        async for change in stream:
            seen.append(change["documentKey"]["_id"])
            if len(seen) == 5:
                break

    assert [0, 1, 2, 3, 4] == seen
    assert not stream.alive


async def test_next_waits_for_a_change(collection: MotorCollection) -> None:
    """
    However long; with a callback too.
    """
    stream = await collection.watch(max_await_time_ms=20)
    waiting = stream.next()
    assert None is await collection.watch(max_await_time_ms=20).try_next()
    assert not waiting.done()
    await collection.insert_one({"_id": 1})

    assert 1 == (await waiting)["fullDocument"]["_id"]
    done = asyncio.get_running_loop().create_future()
    assert stream.next(callback=lambda *outcome: done.set_result(outcome)) is None
    await collection.delete_one({"_id": 1})
    assert "delete" == (await done)[0]["operationType"]
    await stream.close()


async def test_databases_and_clients_can_be_watched(collection: MotorCollection, client: MotorClient) -> None:
    """
    With a pipeline, as for a collection.
    """
    pipeline = [{"$match": {"ns.coll": collection.name}}]
    streams = [await target.watch(pipeline) for target in (collection, collection.database, client)]
    await collection.insert_one({"_id": 1})

    for stream in streams:
        assert isinstance(stream, MotorChangeStream)
        assert "insert" == (await stream.next())["operationType"]
        await stream.close()


async def test_resume(collection: MotorCollection) -> None:
    """
    A stream made with a token goes on behind that change.
    """
    async with collection.watch() as stream:
        await collection.insert_many([{"_id": n} for n in range(3)])
        await stream.next()
        token = stream.resume_token

    resumed = collection.watch(resume_after=token)
    assert token == resumed.resume_token
    assert 1 == (await resumed.next())["documentKey"]["_id"]
    await resumed.close()


async def test_closing_ends_a_wait(collection: MotorCollection) -> None:
    """
    An async for in another task ends, with no error, when the stream is closed.
    """
    stream = await collection.watch(max_await_time_ms=100)

    async def watch() -> int:
        return len([change async for change in stream])

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await stream.close()
    assert 0 == await watching


async def test_two_calls_open_one_stream(collection: MotorCollection) -> None:
    """
    What is used a second time while it is being opened is not opened twice: close() ends the first use.
    """
    await collection.insert_one({})  # leaves a connection for the first use, which is thus ahead
    stream = collection.watch(max_await_time_ms=100)
    waiting = stream.next()
    assert stream is await stream
    await stream.close()

    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 5)


async def test_the_call_that_opens_it_is_cancelled(collection: MotorCollection) -> None:
    """
    Then the next one opens it.
    """
    stream = collection.watch(max_await_time_ms=20)
    opening, waiting = stream.next(), stream.try_next()
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening

    assert None is await waiting
    await collection.insert_one({"_id": 1})
    assert 1 == (await stream.next())["documentKey"]["_id"]
    await stream.close()


async def test_closed_before_it_is_opened(collection: MotorCollection) -> None:
    """
    Nothing is sent, and there is nothing to iterate.
    """
    stream = collection.watch()
    assert stream.alive
    assert stream.resume_token is None
    await stream.close()

    assert not stream.alive
    assert [] == [change async for change in stream]
    assert None is await stream.try_next()
    assert stream.delegate is None


async def test_a_change_without_its_id_ends_the_stream(collection: MotorCollection) -> None:
    """
    The resume token must not be projected away; the loop is never blocked while that is reported.
    """
    async with collection.watch([{"$project": {"_id": 0}}]) as stream:
        await collection.insert_many([{}, {}])

        with pytest.raises(OperationFailure):
            async for _ in stream:
                pass


async def test_custom_types_are_decoded(collection: MotorCollection) -> None:
    """
    A type registry holds for the changes as well.
    """

    class Upper(TypeDecoder):
        bson_type = str

        def transform_bson(self, value: Any) -> Any:
            return value.upper()

    options: CodecOptions[Any] = CodecOptions(type_registry=TypeRegistry([Upper()]))
    async with collection.with_options(options).watch() as stream:
        await collection.insert_many([{"_id": "a"}, {"_id": "b"}])

        assert ["A", "B"] == [(await anext(stream))["documentKey"]["_id"] for _ in range(2)]


async def test_misuse(collection: MotorCollection) -> None:
    """
    Unknown arguments and a plain 'with' are refused at once.
    """
    with pytest.raises(TypeError):
        collection.watch(no_such_argument=1)
    with pytest.raises(RuntimeError, match="async with"), collection.watch():
        pass

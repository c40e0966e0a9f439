"""
Cancelled and timed-out calls: the driver unwinds, the server's cursors go, the next call is right.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import motorish
from motorish import MotorClient, MotorCollection

TEN = [{"_id": n} for n in range(10)]
SLOW = {"$where": "sleep(300) || true"}


@asynccontextmanager
async def held_get_more(client: MotorClient) -> AsyncIterator[None]:
    """
    Let every getMore of this client hang on the server, until the block is left.
    """
    fail_point = "waitAfterPinningCursorBeforeGetMoreBatch"
    await client.admin.command("configureFailPoint", fail_point, mode="alwaysOn")
    try:
        yield
    finally:
        await client.admin.command("configureFailPoint", fail_point, mode="off")


async def until_no_cursor_is_open(client: MotorClient, collection: MotorCollection) -> None:
    """
    Return when the server has no cursor of the collection any more.
    """
    pipeline = [
        {"$currentOp": {"idleCursors": True, "localOps": True}},
        {"$match": {"ns": collection.full_name}},
    ]
    with motorish.timeout(5):
        while await client.admin.aggregate(pipeline).to_list():
            await asyncio.sleep(0.01)


def idle_pool(client: MotorClient) -> bool:
    """
    Whether no connection of the client is in use.
    """
    topology = client.delegate._topology
    pools = [server.pool for server in topology._servers.values()]
    return all(pool.active_sockets == 0 and pool.operation_count == 0 for pool in pools)


@pytest.mark.parametrize("kind", ["find", "aggregate"])
@pytest.mark.parametrize("use", ["next", "to_list", "fetch_next"])
async def test_a_cancelled_get_more_kills_the_server_s_cursor(
    collection: MotorCollection, client: MotorClient, kind: str, use: str
) -> None:
    """
    Nothing of it stays: no cursor on the server, no connection in use, and the client goes on.
    """
    await collection.insert_many(TEN)
    cursor: Any = collection.find(batch_size=2) if kind == "find" else collection.aggregate([], batchSize=2)
    assert [{"_id": 0}, {"_id": 1}] == await cursor.to_list(2)

    async with held_get_more(client):
        call = cursor.fetch_next if use == "fetch_next" else getattr(cursor, use)()
        await client.admin.command("ping")
        assert not call.done()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    await until_no_cursor_is_open(client, collection)
    assert idle_pool(client)
    assert not cursor.alive
    assert 10 == await collection.count_documents({})


async def test_a_cancelled_task_ends_the_call(collection: MotorCollection, client: MotorClient) -> None:
    """
    The task that awaits is cancelled; the next operation gets its own reply.
    """
    await collection.insert_one({"_id": 1})

    async def slow() -> None:
        await collection.find_one(SLOW)

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert idle_pool(client)
    assert {"_id": 1} == await collection.find_one({"_id": 1})


async def test_a_deadline_ends_the_call(collection: MotorCollection, client: MotorClient) -> None:
    """
    motorish.timeout bounds an operation, and with the same clean-up as a cancel.
    """
    await collection.insert_many(TEN)
    cursor = collection.find(batch_size=2)
    await cursor.next()

    with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded):
        await collection.find_one(SLOW)
    async with held_get_more(client):
        with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded):
            await cursor.to_list()
    await until_no_cursor_is_open(client, collection)
    assert idle_pool(client)


async def test_a_cancelled_change_stream_is_closed(collection: MotorCollection, client: MotorClient) -> None:
    """
    As in PyMongo's asynchronous client, and its cursor is killed.
    """
    stream = await collection.watch(max_await_time_ms=100)
    call = stream.next()
    await client.admin.command("ping")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await until_no_cursor_is_open(client, collection)
    assert not stream.alive


async def test_a_connected_client_adds_no_thread(client: MotorClient) -> None:
    """
    Monitors and the kill-cursors executor run as greenlets.
    """
    before = set(threading.enumerate())
    await client.admin.command("ping")

    assert set(threading.enumerate()) <= before


async def test_the_next_operation_does_not_wait_for_an_aborted_one(
    collection: MotorCollection, client: MotorClient
) -> None:
    """
    The server may be at work on that for long; what comes next is not of the same session.
    """
    await collection.insert_one({"_id": 1})
    code = {"body": "function() { sleep(3000); return true }", "args": [], "lang": "js"}
    call = collection.update_one({"$expr": {"$function": code}}, {"$set": {"x": 1}})
    await client.admin.command("ping")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    with motorish.timeout(2):
        await collection.insert_one({"_id": 2})


@pytest.mark.parametrize("kind", ["find", "aggregate"])
async def test_a_cursor_whose_first_batch_never_came_is_killed(
    collection: MotorCollection, client: MotorClient, kind: str
) -> None:
    """
    Nobody knows its number, but it goes with its session.
    """
    await collection.insert_many(TEN)
    for _ in range(3):
        found = collection.find(batch_size=2) if kind == "find" else collection.aggregate([], batchSize=2)
        cursor: Any = found
        call = cursor.next()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    await until_no_cursor_is_open(client, collection)

"""
MotorClientSession: how one is got, what it knows, binding it to a context, causal consistency.
"""

import asyncio
import copy
from typing import Any

import pymongo
import pytest
from bson import Timestamp
from pymongo.errors import ConfigurationError, InvalidOperation
from tornado import gen
from tornado.ioloop import IOLoop

from motorish import MotorClient, MotorClientSession, MotorCollection


class Sessions(pymongo.monitoring.CommandListener):
    """
    Notes the session of each command.
    """

    def __init__(self) -> None:
        self.used: list[tuple[str, Any]] = []

    def started(self, event: Any) -> None:
        self.used.append((event.command_name, event.command.get("lsid")))

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


async def test_ways_to_get_one(client: MotorClient) -> None:
    """
    Used directly, awaited, entered, awaited and entered: Motor's shape and PyMongo's.
    """
    direct = client.start_session()
    assert isinstance(direct, MotorClientSession)
    assert await direct is direct
    async with client.start_session() as entered:
        assert not entered.has_ended
    async with await client.start_session() as awaited:
        assert client is awaited.client

    assert entered.has_ended
    assert awaited.has_ended
    await direct.end_session()
    assert direct.has_ended


async def test_callback_and_yield(client: MotorClient) -> None:
    """
    start_session takes a callback, and Tornado's coroutines can yield it.
    """
    done = asyncio.get_running_loop().create_future()

    assert client.start_session(callback=lambda *outcome: done.set_result(outcome)) is None

    @gen.coroutine
    def get() -> Any:
        session = yield client.start_session(causal_consistency=False)
        yield session.end_session()
        return session

    session, error = await done
    assert isinstance(session, MotorClientSession)
    assert error is None
    assert not (await get()).options.causal_consistency


def test_a_session_needs_no_running_loop() -> None:
    """
    Starting one does no I/O; what is wrong with the arguments is said at once.
    """
    client = MotorClient()

    assert client.start_session(snapshot=True).options.snapshot
    with pytest.raises(ConfigurationError):
        client.start_session(causal_consistency=True, snapshot=True)
    with pytest.raises(AttributeError, match="async with"), client.start_session():
        pass


async def test_session_is_used(mongod_uri: str) -> None:
    """
    Operations and cursors with session= carry its id, given by name or by position.
    """
    listener = Sessions()
    async with MotorClient(mongod_uri, event_listeners=[listener]) as client:
        collection = client.motorish_test.sessions
        async with client.start_session() as session:
            await collection.insert_one({}, session=session)
            await collection.find_one({}, session=session)
            await collection.find(session=session).to_list()
            await collection.aggregate([], session=session).to_list()
            await collection.list_indexes(session=session).to_list()
            await collection.list_indexes(session)
            await collection.count_documents({}, session)
            async with collection.watch(session=session):
                pass
            await collection.drop(session)

            assert {"insert", "find", "aggregate", "listIndexes", "drop"} <= {
                name for name, _ in listener.used
            }
            ids = [lsid for name, lsid in listener.used if name != "killCursors"]
            assert [session.session_id] * len(ids) == ids


async def test_cursor_knows_its_session(client: MotorClient, collection: MotorCollection) -> None:
    """
    cursor.session is equal to what it was given, and None where it was given nothing.
    """
    session = client.start_session()
    other = client.start_session()
    find = collection.find(session=session)
    latent = collection.aggregate([], session)

    for cursor in (find, latent, await collection.aggregate([], session=session)):
        assert session == cursor.session
        assert other != cursor.session
        assert client is cursor.session.client
    assert collection.find().session is None
    assert collection.aggregate([]).session is None
    assert 1 == len({session, find.session})
    await session.end_session()
    await other.end_session()


async def test_what_a_session_knows(client: MotorClient, collection: MotorCollection) -> None:
    """
    The times of its operations, which can be carried over to another session; its loop.
    """
    async with client.start_session() as session, client.start_session() as other:
        assert session.operation_time is None
        await collection.insert_one({}, session=session)
        assert isinstance(session.operation_time, Timestamp)

        other.advance_cluster_time(session.cluster_time)
        other.advance_operation_time(session.operation_time)
        assert (session.cluster_time, session.operation_time) == (other.cluster_time, other.operation_time)
        assert IOLoop.current() is session.get_io_loop()


async def test_an_ended_session(client: MotorClient, collection: MotorCollection) -> None:
    """
    It cannot be used any more; ending it again does nothing.  No session can be copied.
    """
    session = client.start_session()
    await session.end_session()
    await session.end_session()
    with pytest.raises(TypeError, match="cannot be copied"):
        copy.copy(session)

    with pytest.raises(InvalidOperation, match="ended session"):
        await collection.find_one(session=session)


@pytest.mark.parametrize("way", ["async with", "with"])
async def test_bound_session(mongod_uri: str, way: str) -> None:
    """
    In the block, operations use it without session=; afterwards it has ended and they do not.
    """
    listener = Sessions()
    async with MotorClient(mongod_uri, event_listeners=[listener]) as client:
        collection = client.motorish_test.sessions
        session = client.start_session()
        if way == "with":
            with session.bind() as bound:
                await collection.find_one()
                await collection.find().to_list()
        else:
            async with session.bind() as bound:
                await collection.find_one()
                await collection.find().to_list()
        after = client.start_session()
        await collection.find_one(session=after)

        assert bound is session
        assert session.has_ended
        assert [listener.used[0][1]] * 2 == [lsid for _, lsid in listener.used[:2]]
        assert [after.session_id] == [lsid for _, lsid in listener.used[2:]]


async def test_nested_bindings(mongod_uri: str) -> None:
    """
    The innermost counts; end_session=False leaves the session alive.
    """
    listener = Sessions()
    async with MotorClient(mongod_uri, event_listeners=[listener]) as client:
        collection = client.motorish_test.sessions
        outer, inner = client.start_session(), client.start_session()
        async with outer.bind(end_session=False):
            await collection.find_one()
            async with inner.bind(end_session=False):
                await collection.find_one()
            await collection.find_one()

        expected = [outer.session_id, inner.session_id, outer.session_id]
        assert expected == [lsid for _, lsid in listener.used]
        await inner.end_session()
        await outer.end_session()


async def test_binding_belongs_to_client_and_context(client: MotorClient, mongod_uri: str) -> None:
    """
    Another client's operations are refused in the block; a task that was started before is not concerned.
    """
    other = MotorClient(mongod_uri)
    go = asyncio.Event()

    async def elsewhere() -> Any:
        await go.wait()
        return await other.motorish_test.sessions.find_one({"_id": None})

    task = asyncio.create_task(elsewhere())
    await asyncio.sleep(0)
    async with client.start_session() as session, session.bind(end_session=False):
        with pytest.raises(InvalidOperation, match="Only the client"):
            await other.motorish_test.sessions.find_one()
        go.set()
        assert await task is None
    await other.close()

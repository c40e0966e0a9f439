"""
Transactions: start_transaction in all its shapes, and with_transaction.
"""

import asyncio
from typing import Any

import pymongo
import pytest
from pymongo import client_session_shared
from pymongo.errors import InvalidOperation, NetworkTimeout, OperationFailure, PyMongoError
from pymongo.read_concern import ReadConcern

import motorish
from motorish import MotorClient, MotorClientSession, MotorCollection


class Transient(PyMongoError):
    """
    An error after which the whole transaction may be tried again.
    """

    def __init__(self) -> None:
        super().__init__("try again", error_labels=["TransientTransactionError"])


@pytest.fixture
def ready(collection: MotorCollection, stock: pymongo.MongoClient[Any]) -> MotorCollection:
    """
    Return a collection that exists.
    """
    stock[collection.database.name].create_collection(collection.name)
    return collection


async def test_commit_and_abort(client: MotorClient, ready: MotorCollection) -> None:
    """
    Nobody else sees what is in progress; all of it after the commit, nothing after an abort.
    """
    async with client.start_session() as session:
        session.start_transaction()
        await ready.insert_one({"_id": 1}, session=session)
        assert session.in_transaction
        assert [{"_id": 1}] == await ready.find(session=session).to_list()
        assert [] == await ready.find().to_list()
        await session.commit_transaction()
        await session.commit_transaction()  # again, as PyMongo allows
        assert [{"_id": 1}] == await ready.find().to_list()

        session.start_transaction()
        await ready.insert_one({"_id": 2}, session=session)
        done = asyncio.get_running_loop().create_future()
        assert session.abort_transaction(callback=lambda *outcome: done.set_result(outcome)) is None
        assert (None, None) == await done
        assert [{"_id": 1}] == await ready.find().to_list()
        with pytest.raises(InvalidOperation, match="abortTransaction twice"):
            await session.abort_transaction()


@pytest.mark.parametrize("awaited", [False, True])
async def test_block(client: MotorClient, ready: MotorCollection, awaited: bool) -> None:
    """
    `async with` commits, and aborts after an exception; awaiting start_transaction() first is optional.
    """
    async with client.start_session() as session:
        transaction = session.start_transaction(ReadConcern("snapshot"))
        async with await transaction if awaited else transaction:
            await ready.insert_one({"_id": 1}, session=session)
        assert not session.in_transaction
        with pytest.raises(ZeroDivisionError):
            async with session.start_transaction():
                await ready.insert_one({"_id": 2}, session=session)
                1 / 0  # noqa: B018
        async with session.start_transaction():
            await ready.insert_one({"_id": 3}, session=session)
            await session.abort_transaction()

    assert [{"_id": 1}] == await ready.find().to_list()


async def test_misuse(client: MotorClient) -> None:
    """
    PyMongo's errors, at once; `with` is refused; leaving the session aborts.
    """
    async with client.start_session() as session:
        with pytest.raises(InvalidOperation, match="No transaction started"):
            await session.commit_transaction()
        with pytest.raises(AttributeError, match="async with"), session.start_transaction():
            pass
        with pytest.raises(InvalidOperation, match="already in progress"):
            session.start_transaction()
    assert not session.in_transaction


async def test_ending_the_session_aborts(client: MotorClient, ready: MotorCollection) -> None:
    """
    Whether its block is left normally or not.
    """
    async with client.start_session() as session:
        session.start_transaction()
        await ready.insert_one({"_id": 1}, session=session)
    with pytest.raises(ZeroDivisionError):
        async with client.start_session() as session:
            session.start_transaction()
            await ready.insert_one({"_id": 1}, session=session)
            1 / 0  # noqa: B018

    await ready.insert_one({"_id": 1})
    assert 1 == await ready.count_documents({})


async def test_bound_session_in_a_transaction(client: MotorClient, ready: MotorCollection) -> None:
    """
    Operations of the block need no session=; an exception aborts.
    """
    with pytest.raises(ZeroDivisionError):
        async with client.start_session() as session, session.bind():
            async with session.start_transaction():
                await ready.insert_one({"_id": 1})
            session.start_transaction()
            await ready.insert_one({"_id": 2})
            1 / 0  # noqa: B018

    assert [{"_id": 1}] == await ready.find().to_list()


@pytest.fixture
def session(client: MotorClient) -> MotorClientSession:
    """
    Return a session that a test need not end.
    """
    return client.start_session()


async def test_with_transaction(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    A coroutine function gets the session itself; what it returns is the result.
    """

    async def insert(given: MotorClientSession) -> Any:
        assert given is session
        assert given.in_transaction
        await ready.insert_one({"_id": 1}, session=given)
        return (await ready.insert_one({"_id": 2}, session=given)).inserted_id

    assert 2 == await session.with_transaction(insert)
    assert 2 == await ready.count_documents({})
    await session.end_session()


async def test_functions_for_with_transaction(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    A plain function on a child, one that returns a future, and PyMongo's name for the parameter.
    """

    def plain(given: MotorClientSession) -> Any:
        motorish.await_(ready.insert_one({"_id": 1}, session=given))
        stock = ready.delegate.insert_one({"_id": 2}, session=given.delegate)
        return stock.inserted_id

    assert 2 == await session.with_transaction(plain)
    inserted = await session.with_transaction(callback=lambda s: ready.insert_one({"_id": 3}, session=s))
    assert 3 == inserted.inserted_id
    for wrong in ({}, {"coro": 1}, {"coro": plain, "callback": plain}):
        with pytest.raises(TypeError, match="one function"):
            session.with_transaction(**wrong)
    await session.end_session()


async def test_an_error_aborts(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    What the function raises comes out as it is, and nothing was written.
    """

    async def fail(given: MotorClientSession) -> None:
        await ready.insert_one({"_id": 1}, session=given)
        raise KeyError("mine")

    async def cancel_oneself(given: MotorClientSession) -> None:
        await ready.insert_one({"_id": 1}, session=given)
        raise asyncio.CancelledError

    with pytest.raises(KeyError, match="mine"):
        await session.with_transaction(fail)
    with pytest.raises(asyncio.CancelledError):
        await session.with_transaction(cancel_oneself)
    await ready.insert_one({"_id": 1})
    await session.end_session()


async def test_pymongo_tries_again(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    After an error with the label, all of it, with a pause; each attempt in a transaction of its own.
    """
    attempts: list[int] = []

    async def insert(given: MotorClientSession) -> int:
        attempts.append(given.delegate._transaction_id)
        await ready.insert_one({"_id": len(attempts)}, session=given)
        if len(attempts) < 3:
            raise Transient
        return len(attempts)

    assert 3 == await session.with_transaction(insert)
    assert 3 == len(set(attempts))
    assert [{"_id": 3}] == await ready.find().to_list()
    await session.end_session()


async def test_write_conflicts_resolve(client: MotorClient, ready: MotorCollection) -> None:
    """
    Twenty transactions that all write the same document lose no update.
    """
    await ready.insert_one({"_id": 1, "count": 0})

    async def add(given: MotorClientSession) -> None:
        document = await ready.find_one({"_id": 1}, session=given)
        await ready.update_one({"_id": 1}, {"$set": {"count": document["count"] + 1}}, session=given)

    async def one() -> None:
        async with client.start_session() as session:
            await session.with_transaction(add)

    await asyncio.gather(*[one() for _ in range(20)])
    assert {"_id": 1, "count": 20} == await ready.find_one()


async def test_commit_is_tried_again(
    client: MotorClient, ready: MotorCollection, session: MotorClientSession
) -> None:
    """
    When its outcome is not known; the function does not run again for that.
    """
    fail_point = {"failCommands": ["commitTransaction"], "errorCode": 262}
    runs: list[int] = []

    async def insert(given: MotorClientSession) -> None:
        runs.append(1)
        await ready.insert_one({"_id": 1}, session=given)

    await client.admin.command("configureFailPoint", "failCommand", mode={"times": 3}, data=fail_point)
    await session.with_transaction(insert)

    assert [1] == runs
    assert 1 == await ready.count_documents({})
    await session.end_session()


async def test_time_limit(
    ready: MotorCollection, session: MotorClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    PyMongo's limit ends the attempts, with PyMongo's error.
    """
    monkeypatch.setattr(client_session_shared, "_WITH_TRANSACTION_RETRY_TIME_LIMIT", 0.1)

    async def fail(_: MotorClientSession) -> None:
        raise Transient

    with pytest.raises(NetworkTimeout, match="try again"):
        await session.with_transaction(fail)
    assert not session.in_transaction
    await session.end_session()


async def test_options_are_passed_on(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    Read concern, write concern, read preference and the commit's limit reach the transaction.
    """

    async def look(given: MotorClientSession) -> Any:
        return given.delegate._transaction.opts

    concern = pymongo.WriteConcern("majority")
    options = await session.with_transaction(
        look, ReadConcern("local"), write_concern=concern, max_commit_time_ms=5000
    )

    assert (ReadConcern("local"), concern, 5000) == (
        options.read_concern,
        options.write_concern,
        options.max_commit_time_ms,
    )
    await session.end_session()


async def test_server_errors_in_a_transaction(ready: MotorCollection, session: MotorClientSession) -> None:
    """
    They come out with their labels; the transaction is over on the server.
    """
    await ready.insert_one({"_id": 1})

    async with session:
        with pytest.raises(OperationFailure):
            async with session.start_transaction():
                await ready.insert_one({"_id": 1}, session=session)
        assert not session.in_transaction

"""
What type checkers accept, and the types that they see.  Nothing in here runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping, MutableMapping
from datetime import datetime
from typing import Any, TypedDict, assert_type

import pymongo
from bson import CodecOptions, ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo.results import InsertManyResult, InsertOneResult, UpdateResult
from tornado import gen, web
from tornado.ioloop import IOLoop

import motorish
from motorish import (
    AsyncClientSession,
    AsyncCollection,
    AsyncCursor,
    AsyncDatabase,
    AsyncGridFSBucket,
    AsyncGridIn,
    AsyncGridOut,
    AsyncMongoClient,
    CallFuture,
    MotorChangeStream,
    MotorClient,
    MotorClientEncryption,
    MotorClientSession,
    MotorCollection,
    MotorCursor,
    MotorDatabase,
    MotorGridFSBucket,
    MotorGridIn,
    MotorGridOut,
    MotorLatentCommandCursor,
)
from motorish.aiohttp import AIOHTTPGridFS
from motorish.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorGridFSBucket
from motorish.motor_tornado import MotorClient as TornadoMotorClient
from motorish.web import GridFSHandler


class Order(TypedDict):
    """
    What the application's documents look like.
    """

    _id: int
    status: str


def no_type_given() -> None:
    """
    Documents are dicts unless something else is said.
    """
    client = MotorClient("mongodb://localhost", 27017, tz_aware=True, serverSelectionTimeoutMS=5000)
    assert_type(client, MotorClient[dict[str, Any]])
    assert_type(client.shop, MotorDatabase[dict[str, Any]])
    assert_type(client["shop"].orders.archive["2024"], MotorCollection[dict[str, Any]])
    assert_type(client.get_default_database("shop"), MotorDatabase[dict[str, Any]])
    assert_type(client.io_loop, IOLoop)
    assert_type(MotorClient(document_class=RawBSONDocument), MotorClient[RawBSONDocument])


def one_type_for_all(client: MotorClient[Order], plain: MotorClient) -> MotorCollection[Order]:
    """
    The type of the documents goes from the client to all that comes from it, and can be changed.
    """
    assert_type(client.shop, MotorDatabase[Order])
    assert_type(client.shop.orders, MotorCollection[Order])
    assert_type(client.shop.orders.database.client, MotorClient[Order])
    assert_type(plain.shop, MotorDatabase[dict[str, Any]])
    options: CodecOptions[RawBSONDocument] = CodecOptions(RawBSONDocument)
    assert_type(client.shop.orders.with_options(options), MotorCollection[RawBSONDocument])
    orders: MotorCollection[Order] = MotorCollection(client.shop, "orders")
    return orders


async def a_collection(orders: MotorCollection[Order], session: MotorClientSession) -> None:
    """
    Calls are futures of what PyMongo's methods return.
    """
    assert_type(orders.find_one({"_id": 1}), CallFuture[Order | None])
    order = await orders.find_one({"_id": 1}, {"status": True}, sort=[("_id", 1)], session=session)
    if order is not None:
        assert_type(order["status"], str)
    assert_type(await orders.insert_one({"_id": 1, "status": "new"}), InsertOneResult)
    assert_type(await orders.insert_many([{"_id": 1, "status": "new"}]), InsertManyResult)
    assert_type(await orders.update_one({"_id": 1}, {"$set": {"status": "paid"}}, upsert=True), UpdateResult)
    assert_type(await orders.find_one_and_delete({"_id": 1}), Order | None)
    assert_type(await orders.count_documents({}, limit=10), int)
    assert_type(await orders.distinct("status"), list[Any])
    assert_type(await orders.create_index([("status", pymongo.ASCENDING)], unique=True), str)
    written = await orders.bulk_write([pymongo.InsertOne(Order(_id=2, status="new"))])
    assert_type(written.inserted_count, int)
    assert_type(orders.name, str)
    first, second = await asyncio.gather(orders.find_one(), orders.count_documents({}))
    assert_type(first, Order | None)
    assert_type(second, int)


async def cursors(orders: MotorCollection[Order]) -> None:
    """
    Cursors give documents; what changes a cursor returns the cursor.
    """
    cursor = orders.find({"status": "new"}, {"_id": True}, batch_size=100).sort("_id", -1).limit(10)
    assert_type(cursor, MotorCursor[Order])
    async for order in cursor:
        assert_type(order, Order)
    assert_type([order["_id"] async for order in orders.find()[10:20]], list[int])
    assert_type(await orders.find().to_list(), list[Order])
    assert_type(await orders.find().to_list(length=10), list[Order])
    assert_type(await orders.find().next(), Order)
    while await cursor.fetch_next:
        assert_type(cursor.next_object(), Order | None)
    assert_type(cursor.clone().rewind(), MotorCursor[Order])
    assert_type(cursor.session, MotorClientSession | None)
    assert_type(await orders.find().explain(), Order)
    async with orders.find() as entered:
        assert_type(entered, MotorCursor[Order])
    async for batch in orders.find_raw_batches({"status": "new"}):
        assert_type(batch, bytes)


async def latent_objects(orders: MotorCollection[Order], client: MotorClient[Order]) -> None:
    """
    What is returned can be used at once, or awaited.
    """
    latent = orders.aggregate([{"$match": {"status": "new"}}], allowDiskUse=True)
    assert_type(latent, MotorLatentCommandCursor[Order])
    assert_type(await latent, MotorLatentCommandCursor[Order])
    assert_type(await latent.batch_size(10).to_list(), list[Order])
    async for order in orders.aggregate([]):
        assert_type(order, Order)
    async for index in orders.list_indexes():
        assert_type(index, MutableMapping[str, Any])
    async for batch in orders.aggregate_raw_batches([]):
        assert_type(batch, bytes)
    async for description in await client.list_databases():
        assert_type(description, dict[str, Any])
    async with client.shop.watch([], max_await_time_ms=100) as stream:
        assert_type(stream, MotorChangeStream[Order])
        assert_type(await stream.try_next(), Order | None)
        assert_type(stream.resume_token, Mapping[str, Any] | None)
    async with await orders.watch() as awaited:
        async for change in awaited:
            assert_type(change, Order)


def on_order(order: Order | None, error: BaseException | None) -> None:
    """
    A callback gets a result or an error.
    """


def callbacks(orders: MotorCollection[Order], client: MotorClient[Order]) -> None:
    """
    With a callback there is no future.
    """
    orders.find_one({"_id": 1}, callback=on_order)
    orders.find().next(on_order)
    orders.find().to_list(10, callback=lambda found, error: print(found, error))
    orders.find().to_list(None, lambda found, error: print(found and found[0]["status"], error))
    orders.find().each(on_order)
    orders.aggregate([], callback=lambda cursor, error: print(cursor, error))
    orders.count_documents({}, callback=print)
    assert_type(orders.find_one({"_id": 1}, callback=None), CallFuture[Order | None])
    client.start_session(callback=lambda session, error: print(session, error))
    client.close(lambda result, error: print(error))
    client.open(callback=lambda opened, error: print(opened, error))


async def sessions(client: MotorClient[Order], orders: MotorCollection[Order]) -> None:
    """
    Sessions and transactions, in both call shapes; the type of a transaction's function is kept.
    """

    async def move(session: MotorClientSession) -> int:
        await orders.delete_one({"_id": 1}, session=session)
        return 1

    def move_in_child(session: MotorClientSession) -> str:
        return "done"

    async with client.start_session() as session, session.start_transaction():
        await orders.insert_one({"_id": 1, "status": "new"}, session=session)
    async with await client.start_session(causal_consistency=True) as session:
        assert_type(await session.with_transaction(move), int)
        assert_type(await session.with_transaction(move_in_child, max_commit_time_ms=1000), str)
        async with session.bind():
            await orders.find_one()
        with session.bind() as bound:
            assert_type(bound, MotorClientSession)
        assert_type(session.in_transaction, bool)


async def a_database(database: MotorDatabase[Order], session: MotorClientSession) -> None:
    """
    Commands return dicts, or what the codec options say.
    """
    assert_type(await database.command("ping", session=session), dict[str, Any])
    options: CodecOptions[RawBSONDocument] = CodecOptions(RawBSONDocument)
    assert_type(await database.command("ping", codec_options=options), RawBSONDocument)
    assert_type(await database.list_collection_names(), list[str])
    assert_type(await database.create_collection("orders", capped=True, size=4096), MotorCollection[Order])
    await database.drop_collection(database.orders)


async def files(client: MotorClient) -> None:
    """
    GridFS: buckets, and what they open.
    """
    bucket = MotorGridFSBucket(client.shop, chunk_size_bytes=1024)
    assert_type(await bucket.upload_from_stream("a", b"data", metadata={"a": 1}), ObjectId)
    async with bucket.open_upload_stream("a") as upload:
        assert_type(upload, MotorGridIn)
        await upload.write(b"data")
        await upload.set("content_type", "text/plain")
    download = await bucket.open_download_stream_by_name("a")
    assert_type(download, MotorGridOut)
    assert_type(await download.read(10), bytes)
    assert_type(await download.seek(0), int)
    assert_type(download.upload_date, datetime)
    async for chunk in download:
        assert_type(chunk, bytes)
    async for file in bucket.find({"filename": "a"}, limit=3).sort("uploadDate", -1):
        assert_type(file, MotorGridOut)
    assert_type(await bucket.find().to_list(), list[MotorGridOut])
    bucket.open_download_stream(1, callback=lambda out, error: print(out and out.length, error))


async def encryption(client: MotorClient) -> None:
    """
    Explicit encryption.
    """
    async with MotorClientEncryption({"local": {}}, "shop.keys", client, CodecOptions()) as vault:
        key = await vault.create_data_key("local")
        assert_type(await vault.decrypt(await vault.encrypt("card", "Random", key)), Any)
        assert_type(await vault.get_keys().to_list(), list[RawBSONDocument])
        made = await vault.create_encrypted_collection(client.shop, "cards", {"fields": []}, "local")
        assert_type(made, tuple[MotorCollection[dict[str, Any]], Mapping[str, Any]])


async def the_lazy_family(client: AsyncMongoClient[Order]) -> None:
    """
    AsyncMongoClient's family: the same with coroutine functions, of which tasks can be made.
    """
    orders = client.shop.orders
    assert_type(client.shop, AsyncDatabase[Order])
    assert_type(orders, AsyncCollection[Order])
    assert_type(await orders.find_one({"_id": 1}), Order | None)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(orders.count_documents({}))
    assert_type(task.result(), int)
    assert_type(orders.find().limit(1), AsyncCursor[Order])
    assert_type([order["status"] async for order in orders.find()], list[str])
    assert_type(await (await orders.aggregate([])).to_list(), list[Order])
    assert_type(await orders.aggregate([]).to_list(), list[Order])
    async for batch in orders.aggregate_raw_batches([]):
        assert_type(batch, bytes)
    async with client.start_session() as session:
        assert_type(session, AsyncClientSession)
        async with await session.start_transaction():
            await orders.insert_one({"_id": 1, "status": "new"}, session=session)
    async with await orders.watch() as stream:
        assert_type(await stream.next(), Order)
    bucket = AsyncGridFSBucket(client.shop)
    assert_type(await bucket.open_download_stream(1), AsyncGridOut)
    assert_type(bucket.open_upload_stream("a"), AsyncGridIn)
    assert_type(await bucket.find().to_list(), list[AsyncGridOut])
    await client.aclose()


async def motor_s_modules(client: AsyncIOMotorClient[Order], tornado: TornadoMotorClient[Order]) -> None:
    """
    Motor's modules have the same classes under Motor's names.
    """
    assert_type(AsyncIOMotorClient("mongodb://localhost").shop, MotorDatabase[dict[str, Any]])
    assert_type(client.get_io_loop(), asyncio.AbstractEventLoop)
    assert_type(tornado.get_io_loop(), IOLoop)
    orders: AsyncIOMotorCollection[Order] = client.shop.orders
    assert_type(await orders.find_one(), Order | None)
    AsyncIOMotorGridFSBucket(client.shop)


@gen.coroutine
def tornado_coroutine(orders: MotorCollection[Order]) -> Generator[Any, Any, int]:
    """
    Calls can be yielded.
    """
    yield orders.find_one({"_id": 1})
    return 1


def web_applications(client: MotorClient) -> object:
    """
    The handlers of both web servers.
    """
    AIOHTTPGridFS(client.shop, root_collection="files")
    return web.Application([("/(.*)", GridFSHandler, {"database": client.shop})])


def load(number: int, name: str = "") -> list[int]:
    """
    A synchronous function.
    """
    with motorish.timeout(1.0):
        motorish.await_(asyncio.sleep(0))
    return [number]


def move(cursor: Any, amount: int, note: str = "") -> int:
    """
    What a pool runs in a transaction.
    """
    cursor.execute("update accounts set sum = sum - %s, note = %s", (amount, note))
    return amount


load_async = motorish.asynchronize(load)


class Repository:
    """
    A class with an asynchronous method made of a synchronous one.
    """

    @motorish.asynchronize
    def count(self, name: str) -> int:
        """
        The method.
        """
        return len(name)


async def functions() -> None:
    """
    spawn() and asynchronize() keep the function's types.
    """
    assert_type(motorish.spawn(load, 1, name="a"), CallFuture[list[int]])
    assert_type(await motorish.spawn(load, 1), list[int])
    assert_type(load_async(1), CallFuture[list[int]])
    assert_type(await load_async(1, name="a"), list[int])
    load_async(1, callback=lambda numbers, error: print(numbers and numbers[0], error))
    assert_type(await Repository().count("a"), int)
    assert_type(motorish.await_(asyncio.sleep(0, "a")), str)
    with motorish.timeout(1.0), motorish.scope():
        future = load_async(1)
    async with motorish.timeout(None), motorish.scope():
        await future
    assert_type(future.cancel(), bool)
    pool = motorish.ConnectionPool("pymysql", kwargs={"host": "localhost"}, max_size=2)
    assert_type(await pool.run_interaction(move, 5, note="a"), int)
    assert_type(pool.runWithConnection(move, 5), CallFuture[int])
    assert_type(pool.run_interaction(move, 5, callback=lambda moved, error: print(moved, error)), None)
    with motorish.patch("pymysql", on_loop="error") as report:
        assert_type(report, motorish.PatchReport)

"""
Deliberate mistakes: type checkers report each line that is marked, and no other.  Nothing in here runs.
"""

from __future__ import annotations

from typing import TypedDict

import motorish
from motorish import AsyncMongoClient, MotorClient, MotorClientSession, MotorCollection, MotorGridFSBucket
from motorish.motor_asyncio import AsyncIOMotorClient


class Order(TypedDict):
    """
    What the application's documents look like.
    """

    _id: int
    status: str


def takes_dict(found: dict[str, int] | None, error: BaseException | None) -> None:
    """
    A callback for something else.
    """


def takes_one(order: Order | None) -> None:
    """
    No callback: it takes no error.
    """


def load(number: int, name: str = "") -> list[int]:
    """
    A synchronous function.
    """
    return [number]


load_async = motorish.asynchronize(load)


def making_clients() -> None:
    """
    Arguments of constructors.
    """
    MotorClient(27017)  # error
    MotorClient(io_loop="asyncio")  # error
    MotorClient[int]()  # error
    MotorGridFSBucket(MotorClient())  # error
    AsyncIOMotorClient(document_class="dict")  # error


async def documents(orders: MotorCollection[Order]) -> None:
    """
    Results have the documents' type.
    """
    order = await orders.find_one({"_id": 1})
    print(order["status"])  # error
    if order is not None:
        print(order["price"])  # error
        order["status"] = 1  # error
    await orders.insert_one("new")  # error
    await orders.find_one("status = new")  # error
    await orders.update_one({"_id": 1})  # error
    await orders.count_documents({}, sesion=None, filter={})  # error
    status: str = (await orders.insert_one({"_id": 1, "status": "new"})).inserted_idd  # error
    number: str = await orders.count_documents({})  # error
    print(status, number)


async def forgotten_await(orders: MotorCollection[Order]) -> None:
    """
    A call is a future, not its result.
    """
    print(orders.find_one({"_id": 1})["status"])  # error
    print(orders.count_documents({}) + 1)  # error
    documents: list[Order] = orders.find().to_list()  # error
    print(documents)


async def no_such_method(orders: MotorCollection[Order], client: MotorClient[Order]) -> None:
    """
    What is no method is a collection or database, which cannot be called.
    """
    await orders.find_onee({"_id": 1})  # error
    await client.shop.list_collections_names()  # error
    await orders.find().sorted("_id").to_list()  # error


async def cursors(orders: MotorCollection[Order]) -> None:
    """
    How cursors can be used.
    """
    for order in orders.find():  # error
        print(order)
    with orders.find() as cursor:  # error
        print(cursor)
    async for found in orders.find():
        print(found["price"])  # error
    async for batch in orders.find_raw_batches():
        print(batch["status"])  # error
    orders.find().limit("ten")  # error
    await orders.find()["first"].to_list()  # error
    orders.find(limits=10)  # error


async def callbacks(orders: MotorCollection[Order]) -> None:
    """
    Callbacks take the result or None, and the error or None.
    """
    orders.find_one({"_id": 1}, callback=takes_dict)  # error
    orders.find_one({"_id": 1}, callback=takes_one)  # error
    orders.count_documents({}, callback="print")  # error
    await orders.find_one({"_id": 1}, callback=print)  # error
    orders.find().each(takes_one)  # error


async def sessions(client: MotorClient[Order], orders: MotorCollection[Order]) -> None:
    """
    Sessions of motorish, in async with.
    """
    with client.start_session() as session:  # error
        print(session)
    await orders.find_one({}, session=client.delegate.start_session())  # error
    await orders.insert_one({"_id": 1, "status": "new"}, session=client)  # error

    async def without_session() -> None: ...

    async with client.start_session() as other:
        await other.with_transaction(without_session)  # error
        number: str = await other.with_transaction(gives_number)  # error
        print(number)


async def gives_number(session: MotorClientSession) -> int:
    """
    What a transaction does.
    """
    return 1


async def the_lazy_family(client: AsyncMongoClient[Order], orders: MotorCollection[Order]) -> None:
    """
    Coroutine functions take no callback, and are not mixed with the other family.
    """
    await client.shop.orders.find_one({"_id": 1}, callback=print)  # error
    print((await client.shop.orders.find_one({"_id": 1}))["status"])  # error
    async with client.start_session() as session:
        await orders.find_one({"_id": 1}, session=session)  # error
    await client.shop.orders.insert_one({"_id": "1"})  # error


def move(cursor: object, amount: int) -> int:
    """
    What a pool runs in a transaction.
    """
    return amount


async def functions() -> None:
    """
    spawn() and asynchronize() keep the function's types.
    """
    await motorish.spawn(load, "1")  # error
    await motorish.spawn(load)  # error
    await load_async("1")  # error
    await load_async(1, nam="a")  # error
    numbers: list[str] = await load_async(1)  # error
    await load_async(1, callback=print)  # error
    motorish.await_(1)  # error
    pool = motorish.ConnectionPool("pymysql", host="localhost")  # error
    await pool.run_interaction(move, "5")  # error
    await pool.run_with_connection(move)  # error
    moved: str = await pool.runInteraction(move, 5)  # error
    print(moved)
    with motorish.timeout("1 s"):  # error
        print(numbers)
    motorish.patch("pymysql", on_loop="never")  # error

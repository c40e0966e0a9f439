"""
Beanie 1.30 on motorish in Motor's place: models and their indexes, every kind of operation, transactions.
"""

# ruff: noqa: E402  # what is imported later has to be patched, or replaced, first

import motorish

motorish.install_as_motor()  # the line that is added

import asyncio
import os
import threading
from typing import Annotated

import pymongo
from beanie import BulkWriter, Document, Indexed, Link, init_beanie
from beanie.operators import In, Inc, Set
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError

DATABASE = "motorish_beanie_1"


class Category(BaseModel):
    """
    A part of a product.
    """

    name: str
    description: str = ""


class Maker(Document):
    """
    Who products link to.
    """

    name: Annotated[str, Indexed(unique=True)]


class Product(Document):
    """
    The model of most operations below.
    """

    name: str
    price: Annotated[float, Indexed(index_type=pymongo.DESCENDING)]
    category: Category
    maker: Link[Maker] | None = None

    class Settings:
        """
        Its collection and its compound index.
        """

        name = "products"
        indexes = [[("category.name", pymongo.ASCENDING), ("name", pymongo.ASCENDING)]]


CHOCOLATE = Category(name="Chocolate", description="made of cacao beans")
TEA = Category(name="Tea")


async def check_indexes() -> None:
    """
    init_beanie() has created what the models declare.
    """
    indexes = await Product.get_motor_collection().index_information()
    assert {"_id_", "price_-1", "category.name_1_name_1"} == set(indexes)
    assert (await Maker.get_motor_collection().index_information())["name_1"]["unique"]


async def insert() -> None:
    """
    One by one, many at once, and what a unique index refuses.
    """
    maker = await Maker(name="Tony").insert()
    try:
        await Maker(name="Tony").insert()
    except DuplicateKeyError:
        pass
    else:
        raise AssertionError("the unique index does not work")

    bar = Product(name="Bar", price=5.95, category=CHOCOLATE, maker=maker)
    await bar.insert()
    assert bar.id is not None
    more = [Product(name=f"Tea {number}", price=number, category=TEA) for number in range(5)]
    assert 5 == len((await Product.insert_many(more)).inserted_ids)


async def query() -> None:
    """
    One, many, sorted, counted, aggregated, linked.
    """
    bar = await Product.find_one(Product.price > 5, Product.category.name == "Chocolate")
    assert bar is not None
    assert "Bar" == bar.name
    assert isinstance(bar.maker, Link)
    await bar.fetch_all_links()
    assert "Tony" == bar.maker.name

    dear_first = Product.find(Product.category.name == "Tea").sort(-Product.price)
    assert ["Tea 4", "Tea 3", "Tea 2"] == [product.name async for product in dear_first.limit(3)]
    assert 2 == len(await Product.find(In(Product.name, ["Bar", "Tea 1"])).to_list())
    assert 6 == await Product.count()
    assert 2.0 == await Product.find(Product.category.name == "Tea").avg(Product.price)
    assert ["Chocolate", "Tea"] == sorted(await Product.distinct("category.name"))
    groups = Product.aggregate([{"$group": {"_id": "$category.name", "n": {"$sum": 1}}}])
    assert {"Chocolate": 1, "Tea": 5} == {group["_id"]: group["n"] async for group in groups}
    linked = await Product.find(Product.maker.name == "Tony", fetch_links=True).to_list()
    assert ["Bar"] == [product.name for product in linked]


async def update_and_delete() -> None:
    """
    Of a document, of a query, in bulk; an upsert.
    """
    bar = await Product.find_one(Product.name == "Bar")
    assert bar is not None
    await bar.set({Product.price: 6})
    bar.name = "Big bar"
    await bar.save()
    assert ("Big bar", 6) == ((await Product.get(bar.id)).name, bar.price)
    await Product.find(Product.category.name == "Tea").update(Inc({Product.price: 10}))
    assert 5 == await Product.find(Product.price >= 10).count()
    await Product.find_one(Product.name == "Cake").upsert(
        Set({Product.price: 1}), on_insert=Product(name="Cake", price=3, category=TEA)
    )
    async with BulkWriter() as bulk:
        await Product.insert_one(Product(name="Milk", price=1, category=TEA), bulk_writer=bulk)
        await Product.find_one(Product.name == "Tea 0").update(Set({Product.price: 0}), bulk_writer=bulk)
    assert 0 == (await Product.find_one(Product.name == "Tea 0")).price

    await bar.delete()
    assert await Product.get(bar.id) is None
    await Product.find(Product.category.name == "Tea").delete()
    assert 0 == await Product.count()


async def transactions(client: AsyncIOMotorClient) -> None:
    """
    One is committed, one is aborted by an error, one is PyMongo's with_transaction().
    """
    async with await client.start_session() as session, session.start_transaction():
        await Product(name="Committed", price=1, category=TEA).insert(session=session)
        assert await Product.find_one(Product.name == "Committed") is None
    try:
        async with await client.start_session() as session, session.start_transaction():
            await Product(name="Aborted", price=1, category=TEA).insert(session=session)
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass

    async def double(session: object) -> None:
        product = await Product.find_one(Product.name == "Committed", session=session)
        await product.set({Product.price: 2 * product.price}, session=session)

    async with await client.start_session() as session:
        await session.with_transaction(double)
    assert [("Committed", 2)] == [(product.name, product.price) for product in await Product.find().to_list()]


async def main() -> None:
    """
    All of it, on motorish and no thread.
    """
    client = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    await client.drop_database(DATABASE)
    await init_beanie(database=client[DATABASE], document_models=[Maker, Product])
    assert type(Product.get_motor_collection()).__module__.startswith("motorish.")
    await check_indexes()
    await insert()
    await query()
    await update_and_delete()
    await transactions(client)
    await asyncio.gather(*(Product(name=f"At once {n}", price=n, category=TEA).insert() for n in range(100)))
    assert 101 == await Product.count()
    await client.drop_database(DATABASE)
    client.close()
    print("done, threads:", threading.active_count())


asyncio.run(main())

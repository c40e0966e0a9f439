"""
ODMantic 1.1 on motorish in Motor's place: models and their indexes, operations, sessions, transactions.
"""

# ruff: noqa: E402  # what is imported later has to be patched, or replaced, first

import motorish

motorish.install_as_motor()  # the line that is added

import asyncio
import os
import threading

from motor.motor_asyncio import AsyncIOMotorClient
from odmantic import AIOEngine, EmbeddedModel, Field, Index, Model, Reference
from odmantic.exceptions import DuplicateKeyError

DATABASE = "motorish_odmantic_1"


class Address(EmbeddedModel):
    """
    A part of a publisher.
    """

    city: str
    country: str


class Publisher(Model):
    """
    The model of most operations below, with a unique, a plain and a compound index.
    """

    name: str = Field(unique=True)
    founded: int = Field(ge=1440, index=True)
    address: Address = Address(city="?", country="?")

    model_config = {
        "collection": "publishers",
        "indexes": lambda: [Index(Publisher.founded, Publisher.name, name="age_and_name")],
    }


class Book(Model):
    """
    What refers to publishers.
    """

    title: str
    publisher: Publisher = Reference()


PUBLISHERS = (
    Publisher(name="Hachette", founded=1826, address=Address(city="Paris", country="FR")),
    Publisher(name="Elsevier", founded=1880, address=Address(city="Amsterdam", country="NL")),
    Publisher(name="Springer", founded=1842),
)


async def check_indexes(engine: AIOEngine) -> None:
    """
    configure_database() creates what the models declare, and the unique one is unique.
    """
    await engine.configure_database([Publisher, Book])
    indexes = await engine.get_collection(Publisher).index_information()
    assert {"_id_", "age_and_name"} < set(indexes)
    assert 4 == len(indexes)
    try:
        await engine.save(Publisher(name="Hachette", founded=1999))
    except DuplicateKeyError:
        pass
    else:
        raise AssertionError("the unique index does not work")


async def query(engine: AIOEngine) -> None:
    """
    One, many, sorted, counted, by a part, with what they refer to.
    """
    old = await engine.find(Publisher, Publisher.founded < 1850, sort=Publisher.founded)
    assert ["Hachette", "Springer"] == [publisher.name for publisher in old]
    by_name = engine.find(Publisher, sort=Publisher.name.desc(), skip=1, limit=1)
    assert ["Hachette"] == [publisher.name async for publisher in by_name]
    assert 1 == await engine.count(Publisher, Publisher.address.country == "NL")
    await engine.save_all([Book(title=f"Volume {n}", publisher=PUBLISHERS[0]) for n in range(5)])
    book = await engine.find_one(Book, Book.title == "Volume 3")
    assert book is not None
    assert PUBLISHERS[0] == book.publisher


async def update_and_delete(engine: AIOEngine) -> None:
    """
    Of a document, and of what a query finds.
    """
    springer = await engine.find_one(Publisher, Publisher.name == "Springer")
    assert springer is not None
    springer.model_update({"founded": 1843, "address": Address(city="Berlin", country="DE")})
    await engine.save(springer)
    found = await engine.find_one(Publisher, Publisher.address.city == "Berlin")
    assert 1843 == found.founded

    await engine.delete(springer)
    assert await engine.find_one(Publisher, Publisher.id == springer.id) is None
    assert 5 == await engine.remove(Book, Book.publisher == PUBLISHERS[0].id)
    assert 1 == await engine.remove(Publisher, Publisher.founded > 1850, just_one=True)
    assert ["Hachette"] == [publisher.name for publisher in await engine.find(Publisher)]


async def transactions(engine: AIOEngine) -> None:
    """
    A session; a transaction that commits; one that is aborted, and one that an error aborts.
    """
    async with engine.session() as session:
        await session.save(Publisher(name="Session", founded=1950))
        assert 2 == await session.count(Publisher)
        async with session.transaction() as transaction:
            await transaction.save(Publisher(name="Committed", founded=1950))
            assert 2 == await engine.count(Publisher)
            await transaction.commit()
    async with engine.transaction() as transaction:
        await transaction.save(Publisher(name="Aborted", founded=1950))
        await transaction.abort()
    try:
        async with engine.transaction() as transaction:
            await transaction.save(Publisher(name="Failed", founded=1950))
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    names = [publisher.name for publisher in await engine.find(Publisher, sort=Publisher.name)]
    assert ["Committed", "Hachette", "Session"] == names


async def main() -> None:
    """
    All of it, on motorish and no thread.
    """
    client = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    await client.drop_database(DATABASE)
    engine = AIOEngine(client=client, database=DATABASE)
    assert type(engine.get_collection(Publisher)).__module__.startswith("motorish.")
    await engine.save_all(PUBLISHERS)
    await check_indexes(engine)
    await query(engine)
    await update_and_delete(engine)
    await transactions(engine)
    await asyncio.gather(*(engine.save(Publisher(name=f"At once {n}", founded=1900 + n)) for n in range(100)))
    assert 103 == await engine.count(Publisher)
    await client.drop_database(DATABASE)
    client.close()
    print("done, threads:", threading.active_count())


asyncio.run(main())

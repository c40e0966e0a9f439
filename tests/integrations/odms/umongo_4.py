"""
uMongo 4 on motorish in Motor's place: documents and their indexes, every kind of operation, transactions.
"""

# ruff: noqa: E402  # what is imported later has to be patched, or replaced, first

import motorish

motorish.install_as_motor()  # the line that is added

import asyncio
import os
import threading

from motor.motor_asyncio import AsyncIOMotorClient
from umongo import Document, EmbeddedDocument, ValidationError, fields, validate
from umongo.frameworks import MotorAsyncIOInstance

DATABASE = "motorish_umongo_4"

instance = MotorAsyncIOInstance()


@instance.register
class Address(EmbeddedDocument):
    """
    A part of a user.
    """

    city = fields.StringField(required=True)


@instance.register
class User(Document):
    """
    The document of most operations below.
    """

    email = fields.EmailField(required=True, unique=True)
    name = fields.StringField(validate=validate.Length(max=20))
    age = fields.IntegerField()
    address = fields.EmbeddedField(Address)
    friends = fields.ListField(fields.ReferenceField("User"))

    class Meta:
        """
        Its collection and its compound index.
        """

        collection_name = "users"
        indexes = ["-age", ("name", "age")]


async def check_indexes() -> None:
    """
    ensure_indexes() creates what the document declares.
    """
    await User.ensure_indexes()
    indexes = await User.collection.index_information()
    assert {"_id_", "email_1", "age_-1", "name_1_age_1"} == set(indexes)


async def insert() -> None:
    """
    One by one, many at once, and what validation and a unique index refuse.
    """
    goku = User(email="goku@example.com", name="Goku", age=30, address=Address(city="Mount Paozu"))
    await goku.commit()
    assert goku.is_created
    many = [{"email": f"{n}@example.com", "name": f"No. {n}", "age": n} for n in range(5)]
    assert 5 == len((await User.collection.insert_many(many)).inserted_ids)
    for wrong in ({"email": "goku@example.com"}, {"email": "a@example.com", "name": "a" * 21}):
        try:
            await User(**wrong).commit()
        except ValidationError:
            pass
        else:
            raise AssertionError(f"{wrong} was not refused")


async def query() -> None:
    """
    One, many, sorted, counted, by a part, with what they refer to.
    """
    goku = await User.find_one({"address.city": "Mount Paozu"})
    assert "Goku" == goku.name
    oldest = User.find({"age": {"$lt": 10}}).sort("age", -1).limit(2)
    assert [4, 3] == [user.age async for user in oldest]
    assert ["No. 0", "No. 1"] == [user.name for user in await User.find().sort("email").to_list(2)]
    assert 6 == await User.count_documents()

    goku.friends = [await User.find_one({"age": 3})]
    await goku.commit()
    goku = await User.find_one({"name": "Goku"})
    assert "No. 3" == (await goku.friends[0].fetch()).name


async def update_and_delete() -> None:
    """
    Of a document, read again, and on a condition that holds or does not.
    """
    goku = await User.find_one({"name": "Goku"})
    goku.update({"age": 31})
    await goku.commit(conditions={"age": 30})
    same = await User.find_one(goku.pk)
    same.name = "Kakarot"
    await same.commit()
    await goku.reload()
    assert ("Kakarot", 31) == (goku.name, goku.age)

    await goku.delete()
    assert await User.find_one(goku.pk) is None
    assert 5 == (await User.collection.delete_many({"age": {"$lt": 10}})).deleted_count


async def transactions() -> None:
    """
    One is committed, one is aborted by an error; documents take part through the instance's session.
    """
    async with instance.session() as session, session.start_transaction():
        await User(email="committed@example.com").commit()
        assert 1 == await User.count_documents()
        assert 0 == await instance.db.users.count_documents({})
    try:
        async with instance.session() as session, session.start_transaction():
            await User(email="aborted@example.com").commit()
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert ["committed@example.com"] == [user.email async for user in User.find()]


async def main() -> None:
    """
    All of it, on motorish and no thread.
    """
    client = AsyncIOMotorClient(os.environ["MONGODB_URI"])
    await client.drop_database(DATABASE)
    instance.set_db(client[DATABASE])
    assert type(User.collection).__module__.startswith("motorish.")
    await check_indexes()
    await insert()
    await query()
    await update_and_delete()
    await transactions()
    await asyncio.gather(*(User(email=f"at-once-{n}@example.com").commit() for n in range(100)))
    assert 101 == await User.count_documents()
    await client.drop_database(DATABASE)
    client.close()
    print("done, threads:", threading.active_count())


asyncio.run(main())

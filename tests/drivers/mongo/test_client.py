"""
MotorClient: names, properties that never wait, loops, closing.
"""

import asyncio
import threading
from typing import Any

import pymongo
import pytest
import tornado
from pymongo.driver_info import DriverInfo
from pymongo.errors import ConfigurationError, InvalidName, InvalidOperation
from tornado.ioloop import IOLoop

import motorish
from motorish import ForeignLoopError, MotorClient, MotorCollection, MotorDatabase, UsageError
from tests.faults.figures import Figures


def test_children_by_name() -> None:
    """
    Databases and collections by attribute and by item; a dotted name for a collection of a collection.
    """
    client = MotorClient()

    assert isinstance(client.shop, MotorDatabase)
    assert client.shop == client["shop"]
    assert client is client.shop.client
    assert isinstance(client.shop.orders, MotorCollection)
    assert client.shop == client.shop.orders.database
    assert "orders.archive" == client.shop.orders.archive.name
    assert "shop.orders.archive" == client.shop.orders["archive"].full_name
    with pytest.raises(InvalidName):
        client["a b"]


def test_what_is_no_child() -> None:
    """
    Names with an underscore and PyMongo's own names are attributes that are missing.
    """
    client = MotorClient()

    for parent in (client, client.shop, client.shop.orders):
        assert not hasattr(parent, "_private")
        with pytest.raises(TypeError, match="not iterable"):
            parent.next()
        with pytest.raises(TypeError, match="not iterable"):
            next(parent)
        with pytest.raises(TypeError, match="not iterable"):
            iter(parent)


def test_a_method_that_does_not_exist() -> None:
    """
    Calling a database or a collection is a TypeError that says what was called.
    """
    client = MotorClient()

    with pytest.raises(TypeError, match="'MotorDatabase' object is not callable"):
        client.drop_everything()
    with pytest.raises(TypeError, match="no method 'save'"):
        client.shop.orders.save({})


def test_equality_repr_and_truth() -> None:
    """
    Equal delegates, equal proxies; databases and collections have no truth value, as in PyMongo.
    """
    client = MotorClient("mongodb://a:1")

    assert client == MotorClient("mongodb://a:1")
    assert client != MotorClient("mongodb://a:2")
    assert hash(client.x) == hash(MotorClient("mongodb://a:1").x)
    assert repr(client).startswith("MotorClient(MongoClient(host=['a:1']")
    assert client
    for child in (client.x, client.x.y):
        with pytest.raises(NotImplementedError):
            bool(child)


def test_options_are_pymongo_s() -> None:
    """
    Arguments, URI options and errors are those of PyMongo's client; connect= is ignored.
    """
    client = MotorClient("mongodb://a:1/shop?w=2", tz_aware=True, connect=True, maxPoolSize=7)

    assert 7 == client.options.pool_options.max_pool_size
    assert client.codec_options.tz_aware
    assert 2 == client.write_concern.document["w"]
    assert "shop" == client.get_default_database().name
    assert isinstance(client.get_database("x"), MotorDatabase)
    assert not client.delegate._opened
    with pytest.raises(ConfigurationError):
        MotorClient(no_such_option=1)


def test_the_handshake_says_who_we_are() -> None:
    """
    The driver's metadata name motorish and Tornado, and after them what the user added.
    """
    client = MotorClient(driver=DriverInfo("odm", "1.2"))
    metadata = client.options.pool_options.metadata

    assert metadata["driver"]["name"].endswith("|motorish|odm")
    assert "Tornado" in metadata["platform"]


async def test_properties_answer_from_what_is_known(client: MotorClient, mongod_uri: str) -> None:
    """
    Before the first operation they are empty or say what to do; afterwards they know.
    """
    for name in ("address", "is_primary", "is_mongos"):
        with pytest.raises(UsageError, match=r"await client\.aconnect\(\)"):
            getattr(client, name)
    assert (None, set(), set(), frozenset()) == (
        client.primary,
        client.secondaries,
        client.arbiters,
        client.nodes,
    )

    await client.aconnect()
    host, port = pymongo.uri_parser.parse_uri(mongod_uri)["nodelist"][0]
    assert (host, port) == client.address == client.primary
    assert {(host, port)} == client.nodes
    assert (set(), set()) == (client.secondaries, client.arbiters)
    assert client.is_primary
    assert not client.is_mongos
    assert "ReplicaSetWithPrimary" == client.topology_description.topology_type_name


async def test_lists_and_drops_databases(client: MotorClient) -> None:
    """
    list_databases gives a cursor, list_database_names a list; drop_database takes name or database.
    """
    await client.motorish_gone.c.insert_one({})
    assert "motorish_gone" in [item["name"] async for item in await client.list_databases()]

    await client.drop_database(client.motorish_gone)
    assert "motorish_gone" not in await client.list_database_names()
    assert "version" in await client.server_info()


async def test_bulk_write_of_several_collections(client: MotorClient, collection: MotorCollection) -> None:
    """
    The client's own bulk_write needs MongoDB 8; an older server's answer is PyMongo's error.
    """
    models = [pymongo.InsertOne(namespace=collection.full_name, document={"_id": 1})]
    version = (await client.server_info())["versionArray"]

    if version[0] >= 8:
        assert 1 == (await client.bulk_write(models)).inserted_count
    else:
        with pytest.raises(InvalidOperation):
            await client.bulk_write(models)


def test_a_second_loop_is_refused(mongod_uri: str) -> None:
    """
    While the loop of its first use is open, another loop gets an error at once.
    """
    client = MotorClient(mongod_uri)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()

    async def use() -> None:
        await client.admin.command("ping")

    async def misuse() -> None:
        with pytest.raises(ForeignLoopError, match="MotorClient belongs to"):
            client.shop.orders.find_one()
        with pytest.raises(ForeignLoopError):
            client.shop.orders.find().to_list()

    async def close() -> None:
        await client.close()

    try:
        first.run_until_complete(use())
        second.run_until_complete(misuse())
        first.run_until_complete(close())
    finally:
        first.close()
        second.close()


@pytest.mark.row("G28")
def test_after_its_loop_is_closed_the_client_starts_afresh(mongod_uri: str, figures: Figures) -> None:
    """
    The same client, and a collection made long before, work on one loop after the other.
    """
    client = MotorClient(mongod_uri)
    collection = client.motorish_test.fresh
    worked = 0

    async def use(close: bool = False) -> None:
        await asyncio.gather(*[collection.find_one({"_id": n}) for n in range(5)])
        if close:
            await client.close()

    for last in (False, False, True):
        asyncio.run(use(last))
        worked += 1
    figures.equal("MotorClient, of three asyncio.run with one client worked", 3, worked)


async def test_connecting_on_request(mongod_uri: str) -> None:
    """
    aconnect() gives None and open(), Motor's old one, the client; both take callbacks.
    """
    outcomes: list[Any] = []
    client = MotorClient(mongod_uri)
    assert await client.aconnect() is None
    assert client.is_primary
    assert client is await client.open()
    assert client.open(callback=lambda *outcome: outcomes.append(outcome)) is None
    assert client.aconnect(callback=lambda *outcome: outcomes.append(outcome)) is None
    await client.aclose()
    await asyncio.sleep(0)

    assert [(client, None), (None, None)] == outcomes


async def test_connecting_to_secondaries(replica_set: Any) -> None:
    """
    A member that was asked for directly is the address, though it takes no writes; elsewhere the primary.
    """
    async with MotorClient(replica_set.uri, readPreference="secondary") as client:
        await client.aconnect()
        with motorish.timeout(10):
            while not client.secondaries:
                await asyncio.sleep(0.01)
        host, port = next(iter(client.secondaries))
        assert client.address == client.primary
    async with MotorClient(host, port, directConnection=True) as client:
        await client.aconnect()
        assert (host, port) == client.address
        assert not client.is_primary


async def test_closing_by_context(mongod_uri: str) -> None:
    """
    `async with` closes the client, after an exception too.
    """
    with pytest.raises(ZeroDivisionError):
        async with MotorClient(mongod_uri) as client:
            await client.admin.command("ping")
            1 / 0  # noqa: B018

    assert client.delegate._closed
    assert await client.aclose() is None


async def test_the_server_knows_who_we_are(mongod_uri: str) -> None:
    """
    What the handshake said, with what append_metadata() added before it.
    """
    async with MotorClient(mongod_uri, driver=DriverInfo("odm", "1.2", "here")) as client:
        client.append_metadata(DriverInfo("more", "3"))
        mine = [
            {"$currentOp": {"idleConnections": True, "localOps": True}},
            {"$match": {"clientMetadata.driver.name": {"$regex": "odm"}}},
        ]
        operation = (await client.admin.aggregate(mine).to_list())[0]
        metadata = operation["clientMetadata"]

    assert ["motorish", "odm", "more"] == metadata["driver"]["name"].split("|")[-3:]
    assert motorish.__version__ in metadata["driver"]["version"].split("|")
    assert f"Tornado {tornado.version}" in metadata["platform"]


async def test_close_ends_the_client(mongod_uri: str) -> None:
    """
    close() can be awaited or given a callback; the client cannot be used afterwards.
    """
    client = MotorClient(mongod_uri)
    await client.admin.command("ping")
    done = asyncio.get_running_loop().create_future()

    assert client.close(callback=lambda *outcome: done.set_result(outcome)) is None
    assert (None, None) == await done
    with pytest.raises(InvalidOperation, match="after close"):
        await client.admin.command("ping")


def test_close_need_not_be_awaited(mongod_uri: str) -> None:
    """
    A close() just before the loop ends leaves nothing open (a ResourceWarning would fail this test).
    """
    client = MotorClient(mongod_uri)

    async def main() -> None:
        await client.motorish_test.c.find_one()
        client.close()

    asyncio.run(main())
    assert client.delegate._closed


def test_close_without_a_loop(mongod_uri: str) -> None:
    """
    Where no loop runs, close() is done on return.
    """
    client = MotorClient(mongod_uri)

    async def main() -> None:
        await client.motorish_test.c.find_one()

    asyncio.run(main())
    assert client.close() is None
    assert client.delegate._closed


def test_server_listeners_are_called_on_the_loop(mongod_uri: str) -> None:
    """
    In the loop's own thread, on one loop after the other.
    """
    threads: list[int] = []

    class Listener(pymongo.monitoring.ServerListener):
        """
        Notes where it is called once the server is known.
        """

        def opened(self, event: Any) -> None: ...

        def description_changed(self, event: Any) -> None:
            threads.append(threading.get_ident())

        def closed(self, event: Any) -> None: ...

    client = MotorClient(mongod_uri, event_listeners=[Listener()])

    async def use() -> None:
        before = len(threads)
        await client.admin.command("ping")
        while len(threads) == before:
            await asyncio.sleep(0.01)

    asyncio.run(use())
    asyncio.run(use())
    client.close()
    assert {threading.get_ident()} == set(threads)


async def test_get_io_loop(client: MotorClient) -> None:
    """
    Everything made from a client gives the Tornado loop it belongs to.
    """
    await client.admin.command("ping")
    collection = client.shop.orders

    for thing in (client, client.shop, collection, collection.find(), collection.watch()):
        assert IOLoop.current() is thing.get_io_loop()
    assert IOLoop.current() is client.io_loop

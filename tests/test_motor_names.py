"""
Motor's modules: every name is there, and means what it means in Motor.
"""

import asyncio
import inspect
import warnings
from types import ModuleType

import pytest

from motorish import MotorClient, motor_asyncio, motor_tornado
from motorish.drivers.mongo import api

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    theirs_tornado = pytest.importorskip("motor.motor_tornado")
    theirs_asyncio = pytest.importorskip("motor.motor_asyncio")


def test_what_there_is_has_motor_s_names_too() -> None:
    """
    None of our classes is forgotten in Motor's modules, and star imports give them.
    """
    ours = {name for name in dir(api) if name.startswith("Motor")}
    names: dict[str, object] = {}
    exec("from motorish.motor_tornado import *\nfrom motorish.motor_asyncio import *", names)

    assert set() == ours - set(dir(motor_tornado))
    assert set() == {f"AsyncIO{name}" for name in ours} - set(dir(motor_asyncio))
    assert {*motor_tornado.__all__, *motor_asyncio.__all__, "__builtins__"} == set(names)
    for module in (motor_tornado, motor_asyncio):
        with pytest.raises(AttributeError, match="no attribute 'MotorNothing'"):
            _ = module.MotorNothing


@pytest.mark.parametrize(
    ("ours", "theirs"), [(motor_tornado, theirs_tornado), (motor_asyncio, theirs_asyncio)]
)
def test_motor_s_names_are_there(ours: ModuleType, theirs: ModuleType) -> None:
    """
    Every name of Motor's modules is one of ours, and is a class.
    """
    names = {*theirs.__all__, *(name for name in vars(theirs) if name.startswith(("Motor", "AsyncIOMotor")))}

    assert set() == names - set(dir(ours))
    for name in names:
        assert inspect.isclass(getattr(ours, name))


def test_they_are_the_same_classes() -> None:
    """
    What comes from a client is an instance of what either module calls so.
    """
    client = motor_asyncio.AsyncIOMotorClient()

    assert isinstance(client, MotorClient)
    assert isinstance(client.shop, motor_asyncio.AsyncIOMotorDatabase)
    assert isinstance(client.shop, motor_tornado.MotorDatabase)
    assert isinstance(client.shop.orders, motor_asyncio.AsyncIOMotorCollection)
    assert inspect.signature(MotorClient) == inspect.signature(motor_asyncio.AsyncIOMotorClient)


def test_the_loop_is_asyncio_s(mongod_uri: str) -> None:
    """
    get_io_loop() gives a loop that has run_until_complete(), from the client and what comes from it.
    """
    loop = asyncio.new_event_loop()
    client = motor_asyncio.AsyncIOMotorClient(mongod_uri, io_loop=loop)

    async def main() -> bool:
        return bool((await client.admin.command("ping"))["ok"])

    assert loop is client.get_io_loop() is client.io_loop is client.shop.orders.get_io_loop()
    assert client.get_io_loop().run_until_complete(main())
    loop.run_until_complete(closed(client))
    loop.close()


async def closed(client: MotorClient) -> None:
    """
    Close the client.
    """
    await client.close()


def test_the_loop_of_the_first_use(mongod_uri: str) -> None:
    """
    Without io_loop it is the loop that runs.
    """

    async def main() -> None:
        client = motor_asyncio.AsyncIOMotorClient(mongod_uri)
        assert client.get_io_loop() is asyncio.get_running_loop()
        await client.admin.command("ping")
        assert client.get_io_loop() is asyncio.get_running_loop()
        await client.close()

    asyncio.run(main())

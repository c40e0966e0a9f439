"""
motorish.wrap with a driver that it does not know, on both engines: calls, values, attributes.
"""

import asyncio
import copy
import inspect
import pickle
import pydoc
import smtplib
import sys
from typing import Any

import pytest

import motorish
from motorish import CallFuture
from motorish.patcher.table import green_for
from motorish.proxy import WrappedObject
from tests.loops import on_every_loop, outcome, run_asyncio


@on_every_loop
def test_calls_are_futures(echo: Any, server: Any, run: Any) -> None:
    """
    Functions, classes and methods give started futures, on every loop; what the driver returns is wrapped.
    """

    async def main() -> None:
        call = echo.connect(server.port, name="one")
        assert isinstance(call, CallFuture)
        connection = await call
        assert isinstance(connection, WrappedObject)
        assert "one" == connection.name
        assert "hi" == await connection.call("echo hi")
        second = await echo.Connection(server.port, "two")
        assert ["a", "b"] == await asyncio.gather(connection.call("echo a"), second.call("echo b"))
        await connection.close()
        await second.close()

    run(main)


def test_callbacks(echo: Any, server: Any) -> None:
    """
    With callback= a call returns None and calls back once, with the result or the driver's error.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        got: asyncio.Queue[Any] = asyncio.Queue()

        def done(result: Any, error: BaseException | None) -> None:
            got.put_nowait((result, error))

        assert connection.call("echo hi", callback=done) is None
        assert ("hi", None) == await got.get()
        connection.call("fail badly", callback=done)
        result, error = await got.get()
        assert (None, "error badly") == (result, str(error))
        assert isinstance(error, echo.Error)
        with pytest.raises(TypeError, match="callback must be"):
            connection.call("echo hi", callback=1)
        await connection.close()

    run_asyncio(main)


def test_callback_of_the_driver(echo: Any, server: Any) -> None:
    """
    Where the driver's own signature has a callback, it is the driver's.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        lines: list[str] = []
        assert 3 == await connection.each(callback=lines.append, count=3)
        assert ["0", "1", "2"] == lines
        assert ["callback", "count"] == list(inspect.signature(connection.each).parameters)
        await connection.close()

    run_asyncio(main)


def test_errors_are_the_drivers(echo: Any, driver: Any, server: Any) -> None:
    """
    Exceptions pass unchanged, and their classes are the driver's own; StopIteration is a RuntimeError.
    """

    async def main() -> None:
        assert echo.Error is driver.Error
        connection = await echo.connect(server.port)
        with pytest.raises(driver.Error, match="badly"):
            await connection.call("fail badly")
        with pytest.raises(RuntimeError, match="StopIteration"):
            await connection.stop()
        assert AttributeError is await outcome(_attribute(connection, "nothing"))
        await connection.close()

    async def _attribute(connection: Any, name: str) -> Any:
        return getattr(connection, name)

    run_asyncio(main)


def test_values(echo: Any, driver: Any, server: Any) -> None:
    """
    Data is given as it is, objects are wrapped, and a wrapped argument is the driver's own for the driver.
    """

    async def main() -> None:
        connection = await echo.connect(server.port)
        assert type(await connection.pair()) is driver.Pair
        message = await connection.message("hello")
        assert type(message.delegate) is driver.Message
        assert ("hello", 5) == (message.text, len(message))
        assert 5 == await connection.length(message)
        with pytest.raises(TypeError, match="len"):
            len(connection)
        assert bool(connection)
        assert not bool(await connection.message(""))
        assert "hi" == await echo.ask(connection, "echo hi")
        await connection.close()

    run_asyncio(main)


def test_attributes(echo: Any, driver: Any, server: Any) -> None:
    """
    Attributes are read from the driver's object and set on it; constants of the module are plain.
    """

    async def main() -> None:
        connection = await echo.connect(server.port, "a")
        connection.name = "b"
        assert ("b", "b", "tcp") == (connection.name, connection.delegate.name, connection.kind)
        del connection.name
        assert not hasattr(connection, "name")
        connection.name = "c"
        assert "<wrapped <Connection 'c'>>" == repr(connection)
        assert {"call", "name", "delegate"} <= set(dir(connection))
        assert (100, "2.0") == (echo.LIMIT, echo.apilevel)
        assert {"connect", "LIMIT"} <= set(dir(echo))
        cursor = await connection.cursor()
        assert cursor.connection is connection
        await connection.close()

    run_asyncio(main)


def test_equality(echo: Any, server: Any) -> None:
    """
    Wrapped objects are equal, and hash, as the driver's own; the same object is wrapped the same.
    """

    async def main() -> None:
        one, two = await echo.connect(server.port), await echo.connect(server.port)
        assert one != two
        assert one == one.delegate
        assert hash(one) == hash(one.delegate)
        assert {one.delegate: 1}[one]
        assert motorish.wrap(one) is motorish.wrap(one.delegate, one._wrapping.engine)
        await one.close()
        await two.close()

    run_asyncio(main)


def test_documentation(echo: Any, driver: Any) -> None:
    """
    Names, docstrings and signatures are the driver's, with callback= where it is ours.
    """
    assert "connect" == echo.connect.__name__
    assert driver.connect.__doc__ == echo.connect.__doc__
    assert driver.__doc__ == echo.__doc__
    assert driver.Connection.__doc__ == echo.Connection.__doc__
    signature = inspect.signature(echo.connect)
    assert ["port", "name", "callback"] == list(signature.parameters)
    assert ["port", "name", "callback"] == list(inspect.signature(echo.Connection).parameters)
    assert "Make a connection" in pydoc.render_doc(echo.connect)


def test_classes(echo: Any, driver: Any, server: Any) -> None:
    """
    A wrapped class answers isinstance and can be derived from; attributes of it are there.
    """

    class Louder(echo.Connection):  # type: ignore[misc,name-defined]
        def call(self, text: str) -> str:
            return str(super().call(text)).upper()

    Louder.__module__ = driver.__name__

    async def main() -> None:
        connection = await motorish.wrap(Louder, echo._wrapping.engine)(server.port)
        assert "HI" == await connection.call("echo hi")
        assert isinstance(connection, echo.Connection)
        assert not isinstance(connection, echo.Cursor)
        assert issubclass(Louder, echo.Connection)
        assert "HI" == (await echo.Connection.call(connection, "echo hi")).upper()
        assert "tcp" == echo.Connection.kind
        await connection.close()

    run_asyncio(main)


def test_pickling(echo: Any, driver: Any, server: Any) -> None:
    """
    Modules, classes and functions pickle by reference, objects if the driver's do; the engine is kept.
    """
    for target in (echo, echo.connect, echo.Connection):
        copied = pickle.loads(pickle.dumps(target))
        assert target == copied
        assert type(target) is type(copied)
        assert target._wrapping is copied._wrapping

    async def main() -> None:
        connection = await echo.connect(server.port)
        message = await connection.message("hello")
        assert "hello" == pickle.loads(pickle.dumps(message)).text
        assert copy.copy(message) is message
        assert "hello" == copy.deepcopy(message).text
        with pytest.raises((TypeError, pickle.PicklingError), match="pickle"):
            pickle.dumps(connection)
        await connection.close()

    run_asyncio(main)


@pytest.mark.parametrize("engine", ["greenlet", "thread"])
def test_name_of_a_module(driver: Any, engine: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The name of a module is as good as the module, which need not have been imported; the stdlib's too.
    """
    monkeypatch.delitem(sys.modules, "echodriver")
    echo = motorish.wrap("echodriver", engine)

    async def main() -> None:
        connection = await echo.connect(server.port)
        assert "hi" == await connection.call("echo hi")
        await connection.close()

    run_asyncio(main)
    assert "echodriver" == echo.__name__
    assert motorish.wrap(echo.delegate, engine) == echo
    assert motorish.wrap(smtplib) == motorish.wrap("smtplib")
    assert motorish.wrap(smtplib) == motorish.wrap(green_for(smtplib)), "as a patched application imports it"
    for name in ("echodrivr", "no driver", ""):
        with pytest.raises(ModuleNotFoundError, match=f"there is no module '{name}' here"):
            motorish.wrap(name, engine)


def test_what_is_asynchronous_already(echo: Any) -> None:
    """
    ``async with`` of a driver's own asynchronous class says so; what cannot be closed is told as well.
    """

    async def main() -> None:
        for name in ("AsyncConnection", "AsyncPool"):
            with pytest.raises(
                TypeError, match=f"{name} is asynchronous already: use the one of 'echodriver'"
            ):
                async with getattr(echo, name)():
                    pass
        with pytest.raises(TypeError, match="Message is no context manager, and has no close"):
            async with echo.Message("hello"):
                pass

    run_asyncio(main)


def test_wrong_use(echo: Any, driver: Any, server: Any) -> None:
    """
    Mistakes are told: plain ``with`` and ``for``, no loop, no such engine, coroutines, a forgotten await.
    """

    async def coroutine() -> None: ...

    with pytest.raises(ValueError, match="engine must be one of"):
        motorish.wrap(driver, "process")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="coroutine function already"):
        motorish.wrap(coroutine)
    with pytest.raises(TypeError, match="is data"):
        motorish.wrap([1, 2])
    with pytest.raises(motorish.UsageError, match="no event loop is running"):
        echo.connect(server.port)

    async def main() -> None:
        connection = await echo.connect(server.port)
        with pytest.raises(motorish.UsageError, match="async with"), connection:
            pass
        with pytest.raises(TypeError, match="not iterable"):
            list(connection)
        call = connection.cursor()
        with pytest.raises(AttributeError, match="await it first"):
            call.execute(1)
        await call
        with pytest.raises(TypeError, match="cannot be used in 'async with'"):
            async with connection.call("echo hi"):
                pass
        await connection.close()

    run_asyncio(main)

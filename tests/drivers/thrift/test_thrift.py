"""
Thrift's own features in children: structures, exceptions, oneway calls, large values, time limits, reuse.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAccelerated
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TTransportException

import motorish
from tests.drivers.thrift.clients import Connection
from tests.loops import on_every_loop

KINDS = ["binary", "pure", "compact"]


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("thrift", strict=True):
        yield


@pytest.fixture(params=KINDS)
def connect(request: pytest.FixtureRequest, talk: Any, thrift_ports: Any) -> Any:
    """
    Return a function that makes a connection.
    """
    port = thrift_ports.compact if request.param == "compact" else thrift_ports.binary
    return lambda: Connection(talk, request.param, "127.0.0.1", port)


@on_every_loop
@pytest.mark.parametrize("count", [1, 100])
def test_right_answers_on_one_thread(run: Any, connect: Any, count: int) -> None:
    """
    Calls at once, each on a connection of its own, need one thread.
    """
    threads = set()

    def call(number: int) -> str:
        threads.add(threading.get_native_id())
        connection = connect()
        try:
            return str(connection.client.echo(f"text{number}"))
        finally:
            connection.close()

    async def main() -> list[str]:
        return await asyncio.gather(*(motorish.spawn(call, number) for number in range(count)))

    assert [f"text{number}" for number in range(count)] == run(main)
    assert {threading.get_native_id()} == threads


def test_structures_exceptions_and_oneway_calls(connect: Any, talk: Any) -> None:
    """
    What the service declares comes as the compiler's own classes.
    """

    def call() -> list[Any]:
        connection = connect()
        person = connection.client.improve(talk.ttypes.Person(7, "Ada", [0.5]))
        with pytest.raises(talk.ttypes.Refused, match="not today"):
            connection.client.refuse("not today")
        connection.client.forget("gone")
        forgotten = connection.client.forgotten()
        connection.close()
        return [person, forgotten[-1]]

    async def main() -> list[Any]:
        return await motorish.spawn(call)

    assert [talk.ttypes.Person(7, "Ada", [0.5, 1.5]), "gone"] == asyncio.run(main())


def test_large_values(connect: Any) -> None:
    """
    A reply of some megabytes is complete.
    """

    def call() -> bytes:
        connection = connect()
        try:
            return bytes(connection.client.blob(8 << 20))
        finally:
            connection.close()

    async def main() -> bytes:
        return await motorish.spawn(call)

    assert b"x" * (8 << 20) == asyncio.run(main())


def test_thrifts_own_timeout(talk: Any, thrift_ports: Any) -> None:
    """
    ``setTimeout`` raises what it raises in a thread.
    """

    def call() -> int:
        connection = Connection(talk, "binary", "127.0.0.1", thrift_ports.binary)
        connection.transport._TBufferedTransport__trans.setTimeout(50)
        try:
            connection.client.slow(5.0)
        except TTransportException as error:
            return int(error.type)
        finally:
            connection.close()
        return -1

    async def main() -> int:
        return await motorish.spawn(call)

    assert TTransportException.TIMED_OUT == asyncio.run(main()) == call()


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_transport_can_be_opened_again_after_an_abort(connect: Any, how: str) -> None:
    """
    An aborted call closes its socket; the transport says so, and works once it is opened again.
    """

    async def main() -> str:
        connection = await motorish.spawn(connect)
        with motorish.timeout(0.05 if how == "deadline" else None):
            call = motorish.spawn(connection.client.slow, 60.0)
        if how == "cancel":
            call.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await call
        assert not await motorish.spawn(connection.transport.isOpen)
        with pytest.raises(TTransportException):
            await motorish.spawn(connection.client.echo, "closed")
        await motorish.spawn(connection.transport.open)
        assert await motorish.spawn(connection.transport.isOpen)
        said: str = await motorish.spawn(connection.client.echo, "again")
        await motorish.spawn(connection.close)
        return said

    assert "again" == asyncio.run(main())


def test_wrap(talk: Any, thrift_ports: Any) -> None:
    """
    A wrapped transport and a wrapped client: calls are awaited, and take turns on the connection.
    """

    async def main() -> list[str]:
        transport = motorish.wrap(TBufferedTransport(TSocket("127.0.0.1", thrift_ports.binary)))
        await transport.open()
        client = motorish.wrap(talk.Talk.Client(TBinaryProtocolAccelerated(transport.delegate)))
        with pytest.raises(talk.ttypes.Refused):
            await client.refuse("no")
        said: list[str] = await asyncio.gather(*(client.echo(f"text{number}") for number in range(20)))
        await transport.close()
        return said

    assert [f"text{number}" for number in range(20)] == asyncio.run(main())
    motorish.unpatch("motorish_talk")

"""
A child waits for a reply without PyMongo's half-second polls, and all else is as PyMongo has it.
"""

import asyncio
import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from time import monotonic
from types import SimpleNamespace
from typing import Any

import greenlet
import pytest
from pymongo import network_layer
from pymongo.errors import AutoReconnect, NetworkTimeout, _OperationCancelled
from pymongo.network_layer import NetworkingInterface
from pymongo.pool_shared import _CancellationContext

from motorish import MotorClient
from motorish.drivers.mongo import _receive
from motorish.green import socket
from tests.loops import in_child, in_threads, on_every_loop, parked, turns, until

SLOW = {"find": "any", "filter": {"$where": "sleep(30000) || true"}}


class Connection(SimpleNamespace):
    """
    What receive_data() uses of PyMongo's Connection, and the other end.
    """

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            sock = socket.create_connection(server.getsockname())
            self.peer, _ = server.accept()
        super().__init__(conn=NetworkingInterface(sock), cancel_context=_CancellationContext(), is_sdam=False)
        self.set_conn_timeout = sock.settimeout

    def receive(self, deadline: float | None = None, length: int = 4) -> bytes:
        return bytes(network_layer.receive_data(self, length, deadline))  # type: ignore[arg-type]

    def waits(self) -> bool:
        return self.cancel_context.reader is not None  # type: ignore[attr-defined]

    def cancel_in_thread(self) -> None:
        in_threads([self.cancel_context.cancel])


@pytest.fixture
def connection() -> Iterator[Connection]:
    """
    Return one that is open.
    """
    connection = Connection()
    yield connection
    connection.conn.close()
    connection.peer.close()


def test_it_takes_the_place_of_pymongos() -> None:
    """
    What this PyMongo has is what was replaced: a function of the same arguments.
    """
    assert network_layer.receive_data is _receive.receive_data
    assert ["conn", "length", "deadline"] == list(inspect.signature(_receive._stock_receive_data).parameters)


@on_every_loop
@pytest.mark.parametrize(
    "cancel",
    [lambda connection: connection.cancel_context.cancel(), Connection.cancel_in_thread],
    ids=["on the loop", "in a thread"],
)
def test_cancelling_wakes_who_waits(
    run: Callable[..., Any], cancel: Callable[[Connection], None], connection: Connection
) -> None:
    """
    At once, though the wait has no limit; a timer has not woken it before.
    """

    async def main() -> None:
        call = parked(connection.receive)
        await until(connection.waits)
        assert call._child is not None
        assert call._child._timer is None
        cancel(connection)
        with pytest.raises(_OperationCancelled):
            async with asyncio.timeout(0.4):
                await call
        assert not connection.waits()

    run(main)


@pytest.mark.parametrize("length", [10_000, 300_000])
def test_cancelling_amid_a_reply(length: int, connection: Connection) -> None:
    """
    A part of it has come, and lies in the kernel where the child waits for more: no reason to go on.
    """

    async def main() -> None:
        call = parked(connection.receive, None, length)
        connection.peer.sendall(b"x" * (length // 10))
        await turns(3)
        connection.cancel_context.cancel()
        with pytest.raises(_OperationCancelled):
            async with asyncio.timeout(2):
                await call

    asyncio.run(main())


def test_cancelling_from_another_child(connection: Connection) -> None:
    """
    The two are not switched into each other.
    """

    async def main() -> None:
        call = parked(connection.receive)
        await parked(connection.cancel_context.cancel)
        with pytest.raises(_OperationCancelled):
            await call

    asyncio.run(main())


def test_a_cancelled_connection_does_not_wait(connection: Connection) -> None:
    """
    What was cancelled before the read gives what is there already, and ends when nothing is.
    """
    connection.cancel_context.cancel()
    connection.peer.sendall(b"1234")

    assert b"1234" == in_child(connection.receive)
    with pytest.raises(_OperationCancelled):
        in_child(connection.receive)


@pytest.mark.parametrize("seconds", [-1.0, 0.05])
def test_deadline(seconds: float, connection: Connection) -> None:
    """
    It ends the read, which has taken what came; the socket's own timeout is as it was.
    """
    connection.set_conn_timeout(7.0)

    with pytest.raises(TimeoutError, match="timed out"):
        in_child(connection.receive, monotonic() + seconds)
    assert 7.0 == connection.conn.gettimeout()


def test_past_deadline_with_the_reply_there(connection: Connection) -> None:
    """
    A busy loop was what took so long: no error.
    """
    connection.peer.sendall(b"1234")

    assert b"1234" == in_child(connection.receive, monotonic() - 1)


def test_a_reply_in_pieces(connection: Connection) -> None:
    """
    They are put together; a connection that ends amid them is an error.
    """

    async def main() -> None:
        call = parked(connection.receive)
        connection.peer.sendall(b"12")
        await until(connection.waits)
        connection.peer.sendall(b"3412")
        assert b"1234" == await call
        call = parked(connection.receive)
        connection.peer.close()
        with pytest.raises(OSError, match="connection closed"):
            await call

    asyncio.run(main())


def test_what_came_too_early(connection: Connection) -> None:
    """
    One system call takes it off the socket; the next reads get it, in threads as well, and then go on.
    """
    received: list[bytes] = []
    connection.peer.sendall(b"1234567890")

    assert b"1234" == in_child(connection.receive)
    with pytest.raises(BlockingIOError):
        connection.conn.conn.recv(1, socket.MSG_DONTWAIT)
    assert b"5678" == in_child(connection.receive)
    connection.peer.sendall(b"12")
    in_threads([lambda: received.append(connection.receive())])
    assert [b"9012"] == received


@pytest.mark.parametrize("length", [_receive.READ_AHEAD - 1, _receive.READ_AHEAD, 3 * _receive.READ_AHEAD])
def test_large_replies(length: int, connection: Connection) -> None:
    """
    What came with the header is their beginning.
    """
    body = bytes(range(251)) * (length // 251 + 1)
    connection.conn.conn.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
    connection.peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    connection.peer.sendall(b"1234" + body[:length] + b"5678")

    assert b"1234" == in_child(connection.receive)
    assert body[:length] == in_child(connection.receive, None, length)
    assert b"5678" == in_child(connection.receive)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel counts there only")
def test_a_large_reply_wakes_once(connection: Connection) -> None:
    """
    Not for each part of it that arrives; a small reply after it is seen at once, as ever.
    """
    length, parts = 1 << 19, 8
    wakes: list[int] = []
    connection.peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, length)

    async def main() -> None:
        call = parked(connection.receive, None, length)
        child = call._child
        before = greenlet.settrace(lambda _, switch: wakes.append(switch[1] is child))
        try:
            for _ in range(parts):
                await asyncio.to_thread(connection.peer.sendall, b"x" * (length // parts))
                await turns(3)
            assert length == len(await call)
        finally:
            greenlet.settrace(before)
        call = parked(connection.receive)
        connection.peer.sendall(b"1234")
        assert b"1234" == await call

    asyncio.run(main())
    assert 1 <= sum(wakes) <= 2


def test_a_large_reply_that_breaks_off(connection: Connection) -> None:
    """
    The end of the connection wakes the child, though it waits for more.
    """

    async def main() -> None:
        call = parked(connection.receive, None, 1 << 18)
        connection.peer.sendall(b"x" * 1000)
        await until(connection.waits)
        connection.peer.close()
        with pytest.raises(OSError, match="connection closed"):
            await call

    asyncio.run(main())


def test_a_thread_receives_as_pymongo_does(connection: Connection) -> None:
    """
    It polls, and sees the flag.
    """
    threading.Timer(0.05, connection.cancel_context.cancel).start()

    def receive() -> None:
        with pytest.raises(_OperationCancelled):
            connection.receive()

    in_threads([receive])


async def test_a_cleared_pool_ends_its_reads(client: MotorClient) -> None:
    """
    As PyMongo does to the operations on a server whose monitor has timed out.
    """
    database = client.motorish_receive
    await database["any"].insert_one({})
    call = database.command(SLOW)
    pools = [server.pool for server in client.delegate._topology._servers.values()]
    contexts = [context for pool in pools for context in pool.active_contexts]
    await until(lambda: any(context.reader for context in contexts))

    with pytest.raises(AutoReconnect, match="operation cancelled"):
        async with asyncio.timeout(5):
            for context in contexts:
                context.cancel()
            await call
    assert await database["any"].find_one() is not None
    await client.drop_database(database)


async def test_socket_timeout(mongod_uri: str) -> None:
    """
    socketTimeoutMS ends a read that takes longer, and its connection with it.
    """
    async with MotorClient(mongod_uri, socketTimeoutMS=200) as client:
        await client.motorish_receive["any"].insert_one({})
        with pytest.raises(NetworkTimeout):
            await client.motorish_receive.command(SLOW)
        await client.drop_database("motorish_receive")

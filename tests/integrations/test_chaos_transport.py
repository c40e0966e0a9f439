"""
The chaos transport: operations of green sockets in pieces, late, reset, cancelled.
"""

from __future__ import annotations

import _socket
import asyncio
import socket as stock_socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import pytest
import trustme

import motorish
from motorish.green import socket as green_socket
from motorish.green import ssl as green_ssl
from motorish.testing import chaos

PATIENCE_S = 10.0


class Server(socketserver.ThreadingTCPServer):
    """
    Says again what it is told, line by line.
    """

    daemon_threads = True
    block_on_close = False


class Handler(socketserver.StreamRequestHandler):
    """
    One of its connections.
    """

    def handle(self) -> None:
        try:
            for line in self.rfile:
                self.wfile.write(line)
        except OSError:
            pass  # the client has gone


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler]) -> Iterator[tuple[str, int]]:
    """
    Run a server in a thread; gives its address.
    """
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address  # type: ignore[misc]
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """
    Return the address of a server that echoes lines.
    """
    with serving(Handler) as address:
        yield address


def echo(address: tuple[str, int], line: bytes = b"question\n", timeout: float | None = PATIENCE_S) -> bytes:
    """
    Connect, send a line, receive it.
    """
    with green_socket.create_connection(address, timeout) as sock:
        return say(sock, line)


def say(sock: Any, line: bytes) -> bytes:
    """
    Send a line and receive it, in as many pieces as it comes.
    """
    sock.sendall(line)
    answer = b""
    while not answer.endswith(b"\n"):
        more = sock.recv(1000)
        assert more, "the connection has ended"
        answer += more
    return answer


async def in_child(function: Callable[..., Any], *args: Any) -> Any:
    """
    Run a function on a child, within the patience of the test.
    """
    async with asyncio.timeout(PATIENCE_S):
        return await motorish.spawn(function, *args)


def test_split(address: tuple[str, int]) -> None:
    """
    Everything is sent and received in pieces of the size, and is the same in the end.
    """
    with chaos.transport(split=3) as wire:
        assert b"question\n" == asyncio.run(in_child(echo, address))

    assert 1 + 3 + 3 == wire.operations  # to connect, to send, to receive
    assert not wire.hit


def test_split_at_random(address: tuple[str, int]) -> None:
    """
    With a seed the pieces are of random sizes, the same ones for the same seed.
    """
    line = b"x" * 300 + b"\n"
    counts = []
    for seed in (1, 1, 2):
        with chaos.transport(split=9, seed=seed) as wire:
            assert line == asyncio.run(in_child(echo, address, line))
        counts.append(wire.operations)

    assert counts[0] == counts[1] != counts[2]
    assert min(counts) > 1 + 2 * len(line) / 9


def test_split_receive_into(address: tuple[str, int]) -> None:
    """
    The same holds for what is received into a buffer, and for files made of sockets.
    """

    def work() -> tuple[int, bytes, bytes]:
        with green_socket.create_connection(address) as sock, sock.makefile("rb") as file:
            sock.sendall(b"ab\n")
            buffer = bytearray(10)
            count = sock.recv_into(buffer)
            return count, bytes(buffer[:count]), file.readline()

    with chaos.transport(split=1):
        assert (1, b"a", b"b\n") == asyncio.run(in_child(work))


def test_reset_at_every_operation(address: tuple[str, int]) -> None:
    """
    The operation with the number finds the connection reset: the connect, each send, each receive.
    """

    async def main() -> int:
        for number in range(1, 1000):
            with chaos.transport(split=4, reset_at=number) as wire:
                try:
                    assert b"question\n" == await in_child(echo, address)
                except ConnectionResetError:
                    assert wire.hit
                    assert number == wire.operations
                    continue
            assert not wire.hit
            return number
        raise AssertionError("no end")

    assert 1 + 3 + 3 + 1 == asyncio.run(main())


def test_reset_ends_the_connection(address: tuple[str, int]) -> None:
    """
    After a reset nothing can be sent or received on the socket, and the server sees its end.
    """

    async def main() -> None:
        with stock_socket.create_server(("127.0.0.1", 0)) as listening:
            sock = await in_child(green_socket.create_connection, listening.getsockname())
            server, _ = listening.accept()
            with sock, server:
                server.settimeout(PATIENCE_S)
                with chaos.transport(reset_at=1), pytest.raises(ConnectionResetError):
                    await in_child(sock.send, b"lost")
                assert b"" == server.recv(10)
                with pytest.raises(BrokenPipeError):
                    await in_child(sock.send, b"lost")
                assert b"" == await in_child(sock.recv, 10)

    asyncio.run(main())


@pytest.mark.slow
def test_delay(address: tuple[str, int]) -> None:
    """
    Each operation is late, and the loop is not.
    """

    async def main() -> float:
        began = monotonic()
        call = asyncio.ensure_future(in_child(echo, address))
        turns = 0
        while not call.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert b"question\n" == await call
        assert turns > 20
        return monotonic() - began

    with chaos.transport(delay_s=0.1) as wire:
        assert 0.3 <= asyncio.run(main()) < 2

    assert 3 == wire.operations


def test_delay_runs_into_the_timeout(address: tuple[str, int]) -> None:
    """
    An operation that is late by more than the socket's timeout times out.
    """
    with chaos.transport(delay_s=60.0), pytest.raises(TimeoutError):
        asyncio.run(in_child(echo, address, b"line\n", 0.05))


def test_cancel_while_late(address: tuple[str, int]) -> None:
    """
    A call that is cancelled while its operation is late ends, and its socket is closed.
    """

    async def main() -> int:
        sock = await in_child(green_socket.create_connection, address)
        with chaos.transport(delay_s=60.0):
            call = motorish.spawn(sock.sendall, b"line\n")
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled()
        return int(sock.fileno())

    assert -1 == asyncio.run(main())


def test_cancel_at_every_operation(address: tuple[str, int]) -> None:
    """
    The call is cancelled in the operation with the number; what it was using is closed.
    """

    async def main() -> int:
        for number in range(1, 1000):
            sock = await in_child(green_socket.create_connection, address)
            with chaos.transport(split=4, cancel_at=number) as wire:
                call = motorish.spawn(say, sock, b"question\n")
                await asyncio.wait([call])
            if call.cancelled():
                assert wire.hit
                assert number == wire.operations
                assert -1 == sock.fileno()
                continue
            assert not wire.hit
            assert b"question\n" == call.result()
            sock.close()
            return number
        raise AssertionError("no end")

    assert 3 + 3 + 1 == asyncio.run(main())


def test_other_calls_do_not_suffer(address: tuple[str, int]) -> None:
    """
    Calls that were made before the block, or are made elsewhere meanwhile, are as ever.
    """

    async def main() -> None:
        sock = await in_child(green_socket.create_connection, address)
        other = asyncio.Event()

        async def elsewhere() -> bytes:
            await other.wait()
            answer = await motorish.spawn(echo, address)
            return bytes(answer)

        task = asyncio.create_task(elsewhere())
        before = motorish.spawn(sock.recv, 100)
        with chaos.transport(reset_at=1) as wire:
            other.set()
            assert b"question\n" == await task
            assert 0 == wire.operations
            with pytest.raises(ConnectionResetError):
                await in_child(echo, address)
        await motorish.spawn(sock.sendall, b"question\n")
        assert b"question\n" == await before
        sock.close()

    asyncio.run(main())


def test_in_a_thread(address: tuple[str, int]) -> None:
    """
    In a plain thread it works as well, but there is no call that could be cancelled.
    """
    outcomes: list[Any] = []

    def work() -> None:
        with chaos.transport(split=1, cancel_at=2) as wire:
            outcomes.append(echo(address))
        outcomes.append((wire.operations, wire.hit))
        with chaos.transport(reset_at=3):
            try:
                echo(address)
            except ConnectionResetError as error:
                outcomes.append(type(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(PATIENCE_S)

    assert [b"question\n", (1 + 9 + 9, False), ConnectionResetError] == outcomes


def test_messages_are_counted_and_whole(address: tuple[str, int]) -> None:
    """
    sendmsg() and recvmsg() are operations, too; they are not split.
    """

    def work() -> bytes:
        with green_socket.create_connection(address) as sock:
            sock.sendmsg([b"ques", b"tion\n"])
            return bytes(sock.recvmsg(100)[0])

    with chaos.transport(split=1) as wire:
        assert b"question\n" == asyncio.run(in_child(work))
    assert 3 == wire.operations
    with chaos.transport(reset_at=3), pytest.raises(ConnectionResetError):
        asyncio.run(in_child(work))


def test_nothing_stays_replaced() -> None:
    """
    After the last block the sockets are what they were.
    """
    before = dict(vars(green_socket)), dict(vars(green_socket.socket))
    with chaos.transport(split=1), chaos.transport(split=2):
        assert _socket.socket.recv is not green_socket._recv

    assert before == (dict(vars(green_socket)), dict(vars(green_socket.socket)))
    assert _socket.socket.recv is green_socket._recv


@pytest.fixture(scope="module")
def tls_address(authority: trustme.CA) -> Iterator[tuple[str, int]]:
    """
    Return the address of the same server behind TLS.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    class TLSHandler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), context.wrap_socket(self.request, server_side=True) as sock:
                while line := sock.recv(1000):
                    sock.sendall(line)

    with serving(TLSHandler) as address:
        yield address


def test_tls(tls_address: tuple[str, int], authority: trustme.CA) -> None:
    """
    Over TLS what is read and written comes in pieces, and each operation can be reset, the handshake too.
    """
    context = green_ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(context)

    def work() -> bytes:
        sock = green_socket.create_connection(tls_address)
        with sock, context.wrap_socket(sock, server_hostname="127.0.0.1") as tls:
            return say(tls, b"question\n")

    with motorish.patch("pymysql"):  # any package: contexts then make green sockets
        with chaos.transport(split=4) as wire:
            assert b"question\n" == asyncio.run(in_child(work))
        assert 1 + 1 + 3 + 3 == wire.operations
        for number in range(1, 9):
            with chaos.transport(split=4, reset_at=number), pytest.raises(ConnectionResetError):
                asyncio.run(in_child(work))

"""
TLS on the loop: it parks, is cancelled and closed like a plain socket, and leaves other TLS alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket as stdlib
import ssl as stdlib_ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tornado.iostream import SSLIOStream
from tornado.netutil import bind_sockets
from tornado.tcpclient import TCPClient
from tornado.tcpserver import TCPServer

import motorish
from motorish.errors import BusyError
from motorish.green import select, socket, ssl, time
from motorish.hub import current_hub

RunAsync = Callable[..., Any]
Contexts = tuple[stdlib_ssl.SSLContext, stdlib_ssl.SSLContext]

pytestmark = pytest.mark.usefixtures("dispatcher")


@contextlib.contextmanager
def plain_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """
    Two green sockets that are connected to each other.
    """
    ours, peer = socket.socketpair()
    with ours, peer:
        yield ours, peer


async def shake_hands(contexts: Contexts, ours: socket.socket, peer: socket.socket) -> tuple[Any, Any]:
    """
    TLS between two green sockets, one child for each end.
    """
    client, server = contexts
    answering = motorish.spawn(server.wrap_socket, peer, server_side=True)
    asking = motorish.spawn(client.wrap_socket, ours, server_hostname="localhost")
    return await asking, await answering


def test_handshake_and_reading_park(run_async: RunAsync, contexts: Contexts) -> None:
    """
    Both ends of a connection live in children of one loop, with contexts of the stock ssl.
    """

    async def main() -> None:
        with plain_pair() as pair:
            ours, peer = await shake_hands(contexts, *pair)
            with ours, peer:
                assert type(ours) is ssl.GreenSSLSocket
                assert isinstance(ours, ssl.SSLSocket)
                for _ in range(3):
                    reading = motorish.spawn(ours.recv, 9)
                    await asyncio.sleep(0)
                    assert not reading.done()
                    await motorish.spawn(peer.sendall, b"hello")
                    assert b"hello" == await reading
                blob = bytes(3_000_000)
                sending = motorish.spawn(peer.sendall, blob)
                assert not sending.done()
                received = 0
                while received < len(blob):
                    received += len(await motorish.spawn(ours.recv, 100_000))
                await sending
                unwrapping = motorish.spawn(ours.unwrap)
                assert not unwrapping.done()
                (await motorish.spawn(peer.unwrap)).close()
                (await unwrapping).close()

    run_async(main())


def test_silent_server_is_cancelled(run_async: RunAsync, contexts: Contexts) -> None:
    """
    A handshake that nobody answers lets the loop run; cancelled or overdue, it closes the connection.
    """

    async def main() -> None:
        with plain_pair() as (ours, peer):
            shaking = motorish.spawn(contexts[0].wrap_socket, ours, server_hostname="localhost")
            await asyncio.sleep(0)
            shaking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await shaking
            assert at_end(peer)
        with plain_pair() as (ours, peer):
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.01):
                await motorish.spawn(contexts[0].wrap_socket, ours, server_hostname="localhost")
            assert at_end(peer)

    run_async(main())


def at_end(peer: socket.socket) -> bool:
    """
    Whether the other side closed the connection, after whatever it sent.
    """
    peer.setblocking(False)
    while stdlib.socket.recv(peer, 100_000):
        pass
    return True


def read(sock: Any) -> None:
    """
    Wait for data.
    """
    sock.recv(1)


def write_much(sock: Any) -> None:
    """
    Send more than the peer takes.
    """
    sock.sendall(bytes(10_000_000))


def sleep_after_send(sock: Any) -> None:
    """
    Wait for something else while an answer is outstanding.
    """
    sock.sendall(b"question")
    time.sleep(60)


@pytest.mark.parametrize("wait", [read, write_much, sleep_after_send])
def test_cancel_closes(run_async: RunAsync, contexts: Contexts, wait: Callable[..., None]) -> None:
    """
    A TLS exchange that is cancelled closes the socket.
    """

    async def main() -> None:
        with plain_pair() as pair:
            ours, peer = await shake_hands(contexts, *pair)
            with ours, peer:
                waiting = motorish.spawn(wait, ours)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
                assert -1 == ours.fileno()

    run_async(main())


@pytest.mark.parametrize("wait", [read, write_much])
def test_close_wakes_who_waits(run_async: RunAsync, contexts: Contexts, wait: Callable[..., None]) -> None:
    """
    A TLS socket that is closed under a wait gives EBADF; a second call in the same direction is refused.
    """

    async def main() -> None:
        with plain_pair() as pair:
            ours, peer = await shake_hands(contexts, *pair)
            with ours, peer:
                waiting = motorish.spawn(wait, ours)
                with pytest.raises(BusyError):
                    await motorish.spawn(wait, ours)
                ours.close()
                with pytest.raises(OSError) as caught:
                    await waiting
                assert errno.EBADF == caught.value.errno

    run_async(main())


def test_timeout_loses_nothing(run_async: RunAsync, contexts: Contexts) -> None:
    """
    A read that timed out can be made again, and gets all.
    """

    async def main() -> None:
        with plain_pair() as pair:
            ours, peer = await shake_hands(contexts, *pair)
            with ours, peer:
                ours.settimeout(0.001)
                for _ in range(3):
                    with pytest.raises(TimeoutError, match="The read operation timed out"):
                        await motorish.spawn(ours.recv, 9)
                    await motorish.spawn(peer.sendall, b"in time")
                    assert b"in time" == await motorish.spawn(ours.recv, 9)

    run_async(main())


class Renegotiating:
    """
    An _SSLSocket that can write only once there is something to read, and then wants to be writable.
    """

    def __init__(self, real: Any, fd: int) -> None:
        self.read = real.read
        self.real = real
        self.fd = fd
        self.asked = 0

    def write(self, data: Any) -> Any:
        """
        As ``_SSLSocket.write``, three calls later.
        """
        self.asked += 1
        if not select.select([self.fd], [], [], 0)[0]:
            raise ssl.SSLWantReadError("renegotiating")
        if self.asked < 3:
            raise ssl.SSLWantWriteError("renegotiating")
        return self.real.write(data)


def test_write_that_wants_to_read(run_async: RunAsync, contexts: Contexts) -> None:
    """
    OpenSSL may want to read in order to write: the child waits for what it wants.
    """

    async def main() -> None:
        with plain_pair() as pair:
            ours, peer = await shake_hands(contexts, *pair)
            with ours, peer:
                await motorish.spawn(peer.sendall, b"so that nothing of the handshake is left")
                assert b"so that" == (await motorish.spawn(ours.recv, 99))[:7]
                ours._sslobj = Renegotiating(ours._sslobj, ours.fileno())
                writing = motorish.spawn(ours.sendall, b"hello")
                await asyncio.sleep(0)
                assert ours._stream.reader is not None
                await motorish.spawn(peer.sendall, b"handshake")
                await writing
                assert b"hello" == await motorish.spawn(peer.recv, 9)
                assert b"handshake" == await motorish.spawn(ours.recv, 9)

    run_async(main())


def test_registration_is_taken_over(run_async: RunAsync, contexts: Contexts) -> None:
    """
    A plain socket that waited on the loop is upgraded to TLS and closed in threads, and used in a child.
    """
    client, server = contexts

    def upgrade(sock: socket.socket) -> Any:
        return client.wrap_socket(sock, server_hostname="localhost")

    async def main() -> None:
        hub = current_hub()
        with plain_pair() as (ours, peer):
            waiting = motorish.spawn(ours.recv, 9)
            await motorish.spawn(peer.sendall, b"STARTTLS")
            assert b"STARTTLS" == await waiting
            stream, number = ours._stream, ours.fileno()
            answering = motorish.spawn(server.wrap_socket, peer, server_side=True)
            tls = await asyncio.to_thread(upgrade, ours)
            theirs = await answering
            assert (number, -1) == (tls.fileno(), ours.fileno())
            assert hub.streams[number] is stream is tls._stream
            assert {} == socket.handed_on
            with theirs:
                reading = motorish.spawn(tls.recv, 9)
                await motorish.spawn(theirs.sendall, b"hello")
                assert b"hello" == await reading
                await asyncio.to_thread(tls.close)
                while number in hub.streams:
                    await asyncio.sleep(0)
                assert b"" == await motorish.spawn(theirs.recv, 9)

    run_async(main())


def test_refused_upgrade_leaves_the_plain_socket(run_async: RunAsync, contexts: Contexts) -> None:
    """
    If wrapping is refused before it began, the plain socket goes on working.
    """

    async def main() -> None:
        with plain_pair() as (ours, peer):
            await motorish.spawn(ours.sendall, b"plain")
            stream = ours._stream
            with pytest.raises(ValueError, match="server_hostname"):
                await motorish.spawn(contexts[0].wrap_socket, ours)
            assert ours._stream is stream
            assert {} == socket.handed_on
            reading = motorish.spawn(ours.recv, 9)
            await motorish.spawn(peer.sendall, b"still")
            assert b"still" == await reading

    run_async(main())


def test_stock_sockets_stay_stock(contexts: Contexts) -> None:
    """
    The dispatcher gives stock TLS sockets for stock sockets, and is gone when it is removed.
    """
    ours, peer = stdlib.socketpair()
    with peer, contexts[1].wrap_socket(ours, server_side=True, do_handshake_on_connect=False) as tls:
        assert type(tls) is stdlib_ssl.SSLSocket
        assert tls.gettimeout() is None
    ssl.remove_dispatcher()
    assert stdlib_ssl.SSLContext.sslsocket_class is stdlib_ssl.SSLSocket
    ssl.remove_dispatcher()
    ssl.install_dispatcher()
    ssl.install_dispatcher()


def test_asyncio_tls_is_untouched(run_async: RunAsync, contexts: Contexts) -> None:
    """
    asyncio's own TLS works beside the dispatcher.
    """
    client, server = contexts

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(9))
        writer.close()
        await writer.wait_closed()

    async def main() -> None:
        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server) as listening:
            port = listening.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=client, server_hostname="localhost"
            )
            writer.write(b"hello")
            assert b"hello" == await reader.read(9)
            writer.close()
            await writer.wait_closed()

    run_async(main())


def test_tornado_tls_is_untouched(run_async: RunAsync, contexts: Contexts) -> None:
    """
    Tornado's own TLS works beside the dispatcher, and with a green client.
    """
    client, server = contexts

    class Echo(TCPServer):
        async def handle_stream(self, stream: Any, address: Any) -> None:
            assert isinstance(stream, SSLIOStream)
            assert type(stream.socket) is stdlib_ssl.SSLSocket
            await stream.write(await stream.read_bytes(5))

    def ask(address: Any) -> bytes:
        with client.wrap_socket(socket.create_connection(address), server_hostname="localhost") as sock:
            sock.sendall(b"green")
            return sock.recv(9)

    async def main() -> None:
        echo = Echo(ssl_options=server)
        sockets = bind_sockets(0, "127.0.0.1", family=stdlib.AF_INET)
        echo.add_sockets(sockets)
        address = sockets[0].getsockname()
        stream = await TCPClient().connect("localhost", address[1], af=stdlib.AF_INET, ssl_options=client)
        await stream.write(b"hello")
        assert b"hello" == await stream.read_bytes(5)
        stream.close()
        assert b"green" == await motorish.spawn(ask, address)
        echo.stop()

    run_async(main())

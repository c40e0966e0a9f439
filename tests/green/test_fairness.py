"""
A peer that is always faster than we are does not keep the loop to itself.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import motorish
from motorish.green import select as green_select
from motorish.green import selectors as green_selectors
from motorish.green import socket as green_socket
from motorish.green import ssl as green_ssl

ENDLESS = bytes(1 << 20)
PLENTY_BYTES = 64 << 20


@pytest.fixture(params=["plain", "tls"])
def flooded(request: pytest.FixtureRequest, authority: Any) -> Iterator[Callable[[], Any]]:
    """
    Return what makes a green socket whose peer never stops sending.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server, client = (ssl.SSLContext(kind) for kind in (ssl.PROTOCOL_TLS_SERVER, ssl.PROTOCOL_TLS_CLIENT))
    authority.issue_cert("localhost").configure_cert(server)
    authority.configure_trust(client)

    def flood() -> None:
        connection: Any = listener.accept()[0]
        try:
            if request.param == "tls":
                connection = server.wrap_socket(connection, server_side=True)
            while True:
                connection.sendall(ENDLESS)
        except OSError:
            connection.close()

    def connect() -> Any:
        connection = green_socket.create_connection(listener.getsockname())
        if request.param == "tls":
            return client.wrap_socket(connection, server_hostname="localhost")
        return connection

    thread = threading.Thread(target=flood)
    thread.start()
    green_ssl.install_dispatcher()
    yield connect
    green_ssl.remove_dispatcher()
    thread.join()
    listener.close()


def receive_into(connection: Any, got: list[int]) -> None:
    """
    Receive what there is, for ever.
    """
    buffer = bytearray(1 << 16)
    while True:
        got[0] += connection.recv_into(buffer)


def receive(connection: Any, got: list[int]) -> None:
    """
    The same in bytes objects.
    """
    while True:
        got[0] += len(connection.recv(1 << 16))


@pytest.mark.parametrize("how", [receive, receive_into])
def test_the_loop_turns_while_a_call_receives(flooded: Any, how: Callable[..., Any]) -> None:
    """
    A call that never has to wait for data lets the loop turn all the same, and can be cancelled.
    """
    got = [0]

    def call() -> None:
        with flooded() as connection:
            how(connection, got)

    async def main() -> int:
        future = motorish.spawn(call)
        turns = 0
        while got[0] < PLENTY_BYTES and not future.done():
            turns += 1
            await asyncio.sleep(0)
        future.cancel()
        with pytest.raises(asyncio.CancelledError):
            await future
        return turns

    assert PLENTY_BYTES / (1 << 20) < asyncio.run(main())


def test_a_deadline_ends_a_call_that_never_waits(flooded: Any) -> None:
    """
    The time of a call runs out although there is always something to receive.
    """

    def call() -> None:
        with flooded() as connection:
            receive(connection, [0])

    async def main() -> None:
        with motorish.timeout(0.3), pytest.raises(motorish.DeadlineExceeded):
            await motorish.spawn(call)

    asyncio.run(main())


def poll(sock: Any) -> Callable[[], Any]:
    """
    Return what asks a poll object whether *sock* may be written, without waiting.
    """
    poller = green_select.poll()
    poller.register(sock, green_select.POLLOUT)
    return lambda: poller.poll(0)


def selector(sock: Any) -> Callable[[], Any]:
    """
    Return what asks a selector, for as long as it takes.
    """
    chosen = green_selectors.DefaultSelector()
    chosen.register(sock, green_selectors.EVENT_WRITE)
    return chosen.select


def select(sock: Any) -> Callable[[], Any]:
    """
    Return what asks select(), for as long as it takes.
    """
    return lambda: green_select.select([], [sock], [])


@pytest.mark.parametrize("how", [poll, selector, select])
def test_the_loop_turns_while_a_call_polls(how: Callable[[Any], Callable[[], Any]]) -> None:
    """
    A call that polls again and again and always finds something lets others run, and can be cancelled.
    """
    pair = green_socket.socketpair()
    turns = 0

    def ask_for_ever() -> None:
        ask = how(pair[0])
        while ask():
            pass

    async def main() -> None:
        nonlocal turns
        call = motorish.spawn(ask_for_ever)
        while turns < 3:
            await asyncio.sleep(0)
            turns += 1
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(main())
    for sock in pair:
        sock.close()

    assert 3 == turns

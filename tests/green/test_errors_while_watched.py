"""
The loop is told of an error before the driver is: whoever waits next hears of it, on each loop.

libuv says once that a socket has failed, and ends its watch.
"""

from __future__ import annotations

import asyncio
import socket as stdlib
import struct
import threading
from collections.abc import Callable
from time import sleep
from typing import Any

import pytest

import motorish
from motorish.green import select, selectors, socket

RunAsync = Callable[..., Any]

TO_RESET = stdlib.SOL_SOCKET, stdlib.SO_LINGER, struct.pack("ii", 1, 0)


def by_select(ours: socket.socket) -> None:
    """
    select() for reading.
    """
    select.select([ours], [], [], 5)


def by_poll(ours: socket.socket) -> None:
    """
    poll() for reading.
    """
    poller = select.poll()
    poller.register(ours, select.POLLIN)
    poller.poll(5000)


def by_selector(ours: socket.socket) -> None:
    """
    A selector.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(ours, selectors.EVENT_READ)
        selector.select(5)


def connected() -> tuple[socket.socket, stdlib.socket]:
    """
    A green socket that gives up after five seconds, and its peer that will reset the connection.
    """
    with stdlib.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname(), 5)
        peer, _ = server.accept()
    peer.setsockopt(*TO_RESET)
    return ours, peer


@pytest.mark.parametrize("wait", [by_select, by_poll, by_selector])
def test_reset_that_a_poll_has_seen(run_async: RunAsync, wait: Callable[[socket.socket], None]) -> None:
    """
    The call that asked and polled gets the error, at once.
    """

    def call() -> None:
        ours, peer = connected()
        with ours:
            ours.sendall(b"?")
            resetting = threading.Timer(0.01, peer.close)
            resetting.start()
            wait(ours)
            with pytest.raises(ConnectionResetError):
                ours.recv(9)
            resetting.join()

    async def main() -> None:
        await motorish.spawn(call)

    run_async(main())


def test_reset_that_came_with_the_reply(run_async: RunAsync) -> None:
    """
    A driver that reads on after a send has failed finds the end.
    """

    def call() -> list[Any]:
        ours, peer = connected()
        with ours:
            ours.sendall(b"?")
            answering.append(peer)
            seen: list[Any] = [ours.recv(9)]
            for _ in range(2):
                with pytest.raises(OSError, match=r"reset|Broken"):
                    ours.sendall(b"more")
            return [*seen, ours.recv(9)]

    async def main() -> None:
        called = motorish.spawn(call)
        while not answering:
            await asyncio.sleep(0)
        peer = answering.pop()
        peer.recv(9)
        peer.send(b"reply")
        peer.setsockopt(*TO_RESET)
        peer.close()  # both are there before the loop asks
        assert [b"reply", b""] == await called

    answering: list[stdlib.socket] = []
    run_async(main())


def test_refused_datagram(run_async: RunAsync) -> None:
    """
    The socket hears, afterwards, of what is sent to it.
    """

    def call() -> bytes:
        with (
            socket.socket(stdlib.AF_INET, stdlib.SOCK_DGRAM) as ours,
            stdlib.socket(stdlib.AF_INET, stdlib.SOCK_DGRAM) as peer,
        ):
            peer.bind(("127.0.0.1", 0))
            address = peer.getsockname()
            peer.close()
            ours.settimeout(5)
            ours.connect(address)
            ours.send(b"?")
            with pytest.raises(ConnectionRefusedError):
                ours.recv(9)
            with stdlib.socket(stdlib.AF_INET, stdlib.SOCK_DGRAM) as there:
                there.bind(address)
                ours.send(b"?")
                there.sendto(b"reply", there.recvfrom(9)[1])
                return ours.recv(9)

    async def main() -> None:
        async with asyncio.timeout(2):
            assert b"reply" == await motorish.spawn(call)

    run_async(main())


def test_connected_in_time_though_the_loop_is_late(run_async: RunAsync) -> None:
    """
    What counts is when the connection was made, not when the loop was there to hear of it.
    """

    async def main() -> None:
        with stdlib.create_server(("127.0.0.1", 0)) as server:
            call = motorish.spawn(socket.create_connection, server.getsockname(), 0.01)
            sleep(0.03)  # on the loop
            (await call).close()

    run_async(main())

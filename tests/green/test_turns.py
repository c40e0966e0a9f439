"""
Many sockets that are ready at once: the calls that wait for them do not hold up the rest of the loop.
"""

from __future__ import annotations

import asyncio
import socket as stdlib_socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest

import motorish
from motorish.green import socket
from motorish.green.stream import READ
from motorish.hub import LONG_S, TURN_S, current_hub
from tests.loops import on_every_loop, turns

CALLS = 20


def work(sock: Any, seconds: float) -> bytes:
    """
    Wait for a byte, then compute.
    """
    received: bytes = sock.recv(1)
    end = monotonic() + seconds
    while monotonic() < end:
        pass
    return received


def rounds_of(run: Callable[..., Any], seconds: float) -> int:
    """
    Let CALLS calls compute for so long, all of them ready at once; how many rounds of the loop had results.
    """
    rounds = 0

    async def main() -> None:
        nonlocal rounds
        pairs = [socket.socketpair() for _ in range(CALLS)]
        calls = [motorish.spawn(work, near, seconds) for near, _ in pairs]
        await turns(2)
        for _, far in pairs:
            far.send(b"x")
        before = sum(call.done() for call in calls)
        while not all(call.done() for call in calls):
            await asyncio.sleep(0)
            now = sum(call.done() for call in calls)
            rounds += now > before
            before = now
        assert [b"x"] * CALLS == await asyncio.gather(*calls)
        for pair in pairs:
            for sock in pair:
                sock.close()

    run(main)
    return rounds


@on_every_loop
def test_the_loop_comes_round(run: Callable[..., Any]) -> None:
    """
    Between some calls and the next, not after all of them; each gets what it waits for.
    """
    assert CALLS * LONG_S / 2 // TURN_S <= rounds_of(run, LONG_S / 2)


@on_every_loop
def test_a_long_reply_is_a_turn(run: Callable[..., Any]) -> None:
    """
    What it gave is used before the next is made.
    """
    assert CALLS == rounds_of(run, 1.2 * LONG_S)


@on_every_loop
def test_an_error_is_not_lost(run: Callable[..., Any]) -> None:
    """
    libuv speaks of one once only: it must be heard though the turn is over.
    """

    async def main() -> None:
        with stdlib_socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
        call = motorish.spawn(socket.create_connection, address)
        asyncio.get_running_loop().call_soon(current_hub().end_turn)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.wait_for(call, 5)

    run(main)


@on_every_loop
def test_who_was_ready_first_is_served_first(run: Callable[..., Any]) -> None:
    """
    A socket that always has something more does not keep the loop from others, whatever epoll names first.
    """

    def busy(sock: Any, done: Callable[[], bool]) -> None:
        while not done():
            work(sock, 1.2 * LONG_S)

    async def main() -> int:
        (far, near), (one, other) = socket.socketpair(), socket.socketpair()
        far.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                far.send(bytes(4096))
        quick = motorish.spawn(other.recv, 1)  # its socket comes last in each list of epoll's
        busier = motorish.spawn(busy, near, quick.done)
        await turns(5)
        one.send(b"x")
        rounds = 0
        while not quick.done() and rounds < 100:
            await asyncio.sleep(0)
            rounds += 1
        near.close()
        await asyncio.wait([quick, busier])
        for sock in (far, one, other):
            sock.close()
        return rounds

    assert run(main) < 10


def test_many_that_wait_make_turns_longer() -> None:
    """
    The loop is not told of a thousand sockets for each few of them that it serves.
    """

    async def main() -> None:
        hub, idle = current_hub(), SimpleNamespace(serve=int)
        hub.end_turn()
        for _ in range(1000):
            hub.put_off(idle, READ)
        await turns(1)
        assert not hub.turn_is_over
        assert 0.02 == hub.turn_s == hub.long_s
        hub.end_turn()
        await turns(1)
        assert (TURN_S, LONG_S) == (hub.turn_s, hub.long_s)

    asyncio.run(main())

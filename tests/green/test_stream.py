"""
The private names of Tornado's IOStream that GreenStream builds on do what it thinks they do.
"""

from __future__ import annotations

import asyncio
import inspect
import socket as stdlib
from collections.abc import Callable
from typing import Any

import pytest
import tornado
import uvloop
from tornado.ioloop import IOLoop
from tornado.iostream import BaseIOStream, IOStream
from tornado.platform.asyncio import BaseAsyncIOLoop

import motorish
from motorish.green import select, socket
from motorish.green.stream import GreenStream
from motorish.hub import current_hub

RunAsync = Callable[..., Any]


def test_tornado_is_a_known_version() -> None:
    """
    GreenStream was written against Tornado 6.
    """
    assert 6 == tornado.version_info[0]


def test_private_names_are_there() -> None:
    """
    ``_add_io_state`` and ``_handle_events`` have the parameters that we use, ``_state`` starts as None.
    """

    async def main() -> None:
        stream = GreenStream(current_hub(), 12345)
        assert stream._state is None
        del current_hub().streams[12345]

    asyncio.run(main())
    assert ["self", "state"] == list(inspect.signature(BaseIOStream._add_io_state).parameters)
    assert ["self", "fd", "events"] == list(inspect.signature(BaseIOStream._handle_events).parameters)
    assert "_handle_events, self._state" in inspect.getsource(BaseIOStream._add_io_state)


def test_adding_a_state_registers_the_handler(run_async: RunAsync) -> None:
    """
    ``_add_io_state`` registers ``_handle_events``, later changes the registration, and keeps count in _state.
    """

    async def main() -> None:
        ours, peer = stdlib.socketpair()
        with ours, peer:
            stream = GreenStream(current_hub(), ours.fileno())
            stream._add_io_state(IOLoop.READ)
            assert stream._state & IOLoop.READ
            assert not stream._state & IOLoop.WRITE
            loop = IOLoop.current()
            assert isinstance(loop, BaseAsyncIOLoop)
            assert stream._handle_events == loop.handlers[ours.fileno()][1]
            stream._add_io_state(IOLoop.WRITE)
            assert ours.fileno() in loop.readers & loop.writers
            stream._drop(IOLoop.READ)
            assert ours.fileno() not in loop.readers
            stream.forget()
            assert ours.fileno() not in loop.handlers

    run_async(main())


def test_handler_gets_read_and_write_apart(run_async: RunAsync, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The IOLoop calls the handler once for READ and once for WRITE, never for both.
    """
    seen: list[int] = []

    def handle(self: GreenStream, fd: Any, events: int) -> None:
        seen.append(events)
        self._drop(events)

    monkeypatch.setattr(GreenStream, "_handle_events", handle)

    async def main() -> None:
        ours, peer = stdlib.socketpair()
        with ours, peer:
            stream = GreenStream(current_hub(), ours.fileno())
            stream._add_io_state(IOLoop.READ)
            stream._add_io_state(IOLoop.WRITE)
            peer.close()
            while len(seen) < 2:
                await asyncio.sleep(0)
            stream.forget()

    run_async(main())

    assert sorted([IOLoop.READ, IOLoop.WRITE]) == sorted(seen)


def test_stock_streams_live_beside_green_sockets(run_async: RunAsync) -> None:
    """
    A green socket on the descriptor of one of Tornado's own streams fails loudly and does it no harm.
    """

    async def main() -> None:
        ours, peer = stdlib.socketpair()
        stream = IOStream(ours)
        reading = stream.read_bytes(5)
        with peer:
            await asyncio.sleep(0)
            green = socket.socket(fileno=ours.fileno())
            with pytest.raises(ValueError, match="added twice"):
                await motorish.spawn(green.recv, 1)
            with pytest.raises(ValueError, match="added twice"):
                await motorish.spawn(select.select, [green], [], [])
            assert green.detach() == ours.fileno()
            peer.send(b"hello")
            assert b"hello" == await reading
        stream.close()

    run_async(main())


def test_forgotten_stream_does_not_wake_a_later_wait(run_async: RunAsync) -> None:
    """
    A child that was reading from a socket when it was closed, and waits elsewhere next, is woken once only.
    """

    def wait_twice(ours: socket.socket, other: socket.socket) -> bytes:
        with pytest.raises(OSError, match="Bad file descriptor"):
            ours.recv(1)
        return other.recv(9)

    async def main() -> None:
        ours, peer = socket.socketpair()
        other, other_peer = socket.socketpair()
        with ours, peer, other, other_peer:
            waiting = motorish.spawn(wait_twice, ours, other)
            writing = motorish.spawn(ours.sendall, bytes(10_000_000))
            ours.close()
            with pytest.raises(OSError, match="Bad file descriptor"):
                await writing
            assert not waiting.done()
            other_peer.send(b"later")
            assert b"later" == await waiting

    run_async(main())


def test_uvloop_resumes_no_child_from_amid_its_poll() -> None:
    """
    libuv's poll keeps its events on the C stack, where a child's stack may lie: it is resumed later.
    """

    async def main() -> None:
        ours, theirs = socket.socketpair()
        call = motorish.spawn(ours.recv, 1)
        stream = current_hub().streams[ours.fileno()]
        theirs.send(b"x")
        stream._handle_events(ours.fileno(), IOLoop.READ)  # as uvloop's poll does
        assert not call.done()
        assert stream.reader is not None
        assert b"x" == await call
        ours.close()
        theirs.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())

"""
A cancelled or overdue exchange closes its socket, so that nobody reads another's reply; a timeout does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import socket as stdlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tornado.ioloop import IOLoop

import motorish
from motorish.green import select, selectors, socket, threading, time

RunAsync = Callable[..., Any]


@contextlib.contextmanager
def pair() -> Iterator[tuple[socket.socket, stdlib.socket]]:
    """
    A green socket and its stock peer, which gives up after five seconds.
    """
    ours, peer = stdlib.socketpair()
    peer.settimeout(5)
    with socket.socket(fileno=ours.detach()) as green, peer:
        yield green, peer


def wait_by_select(ours: socket.socket) -> None:
    """
    select() for reading.
    """
    select.select([ours], [], [])


def wait_by_exceptional(ours: socket.socket) -> None:
    """
    select() for out-of-band data.
    """
    select.select([], [], [ours])


def wait_by_poll(ours: socket.socket) -> None:
    """
    A poll object.
    """
    poll = select.poll()
    poll.register(ours, select.POLLIN)
    poll.poll()


def wait_by_selector(ours: socket.socket) -> None:
    """
    The default selector.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(ours, selectors.EVENT_READ)
        selector.select()


def sleep_after_send(ours: socket.socket) -> None:
    """
    A wait for something else, while a reply is outstanding.
    """
    ours.sendall(b"question")
    time.sleep(60)


def lock_after_send(ours: socket.socket) -> None:
    """
    A wait for an event, while a reply is outstanding.
    """
    ours.send(b"question")
    threading.Event().wait()


def read_to_end(ours: socket.socket) -> None:
    """
    A buffered file.
    """
    with ours.makefile("rb") as file:
        file.read()


WAITS: tuple[Callable[[socket.socket], Any], ...] = (
    lambda ours: ours.recv(1),
    lambda ours: ours.recv_into(bytearray(1)),
    lambda ours: ours.recvmsg(1),
    lambda ours: ours.recv(9, socket.MSG_WAITALL),
    lambda ours: ours.recv(9, socket.MSG_PEEK),
    lambda ours: ours.sendall(bytes(10_000_000)),
    wait_by_select,
    wait_by_exceptional,
    wait_by_poll,
    wait_by_selector,
    sleep_after_send,
    lock_after_send,
    read_to_end,
)


def at_end(peer: stdlib.socket) -> bool:
    """
    Whether the other side closed the connection, after whatever it may have sent.
    """
    while peer.recv(1_000_000):
        pass
    return True


@pytest.mark.parametrize("wait", WAITS)
def test_cancel_closes_the_socket(run_async: RunAsync, wait: Callable[..., Any]) -> None:
    """
    A call that is cancelled in whatever wait closes its socket, and the peer sees that.
    """

    async def main() -> None:
        with pair() as (ours, peer):
            waiting = motorish.spawn(wait, ours)
            assert waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert -1 == ours.fileno()
            assert at_end(peer)

    run_async(main())


@pytest.mark.parametrize("wait", WAITS)
def test_deadline_closes_the_socket(run_async: RunAsync, wait: Callable[..., Any]) -> None:
    """
    The same goes for a call whose deadline passes.
    """

    async def main() -> None:
        with pair() as (ours, peer):
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.005):
                await motorish.spawn(wait, ours)
            assert -1 == ours.fileno()
            assert at_end(peer)

    run_async(main())


def test_timeout_leaves_the_socket_open(run_async: RunAsync) -> None:
    """
    A socket's own timeout loses nothing and closes nothing, again and again.
    """

    async def main() -> None:
        with pair() as (ours, peer):
            ours.settimeout(0.001)
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await motorish.spawn(ours.recv, 9)
                peer.sendall(b"in time")
                assert b"in time" == await motorish.spawn(ours.recv, 9)

    run_async(main())


def test_answered_socket_stays_open(run_async: RunAsync) -> None:
    """
    A call that is cancelled after its reply was read, in some other wait, leaves the socket alone.
    """

    def exchange(ours: socket.socket) -> None:
        ours.sendall(b"question")
        assert b"answer" == ours.recv(99)
        time.sleep(60)

    async def main() -> None:
        with pair() as (ours, peer):
            exchanging = motorish.spawn(exchange, ours)
            assert b"question" == peer.recv(99)
            peer.sendall(b"answer")
            ready = motorish.spawn(wait_by_select, peer)  # returns once the loop has seen other events
            peer.shutdown(stdlib.SHUT_RD)
            await ready
            exchanging.cancel()
            with pytest.raises(asyncio.CancelledError):
                await exchanging
            assert ours.fileno() >= 0

    run_async(main())


def test_only_the_sockets_of_the_call_are_closed(run_async: RunAsync) -> None:
    """
    Cancelling one call closes the sockets that it used last, not those of other calls.
    """

    async def main() -> None:
        with pair() as (mine, _), pair() as (other, peer), pair() as (idle, _):
            await motorish.spawn(idle.sendall, b"by an earlier call")
            waiting = motorish.spawn(other.recv, 5)
            sleeping = motorish.spawn(sleep_after_send, mine)
            sleeping.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sleeping
            assert -1 == mine.fileno()
            assert idle.fileno() >= 0
            peer.sendall(b"hello")
            assert b"hello" == await waiting

    run_async(main())


def test_abort_is_raised_again_on_every_socket(run_async: RunAsync) -> None:
    """
    A driver that catches the abort and goes on, with another socket, does not get far.
    """
    errors: list[str] = []

    def stubborn(*sockets: socket.socket) -> None:
        for sock in sockets:
            try:
                sock.recv(1)
            except OSError as error:
                errors.append(type(error).__name__)

    async def main() -> None:
        with contextlib.ExitStack() as stack:
            socks = [stack.enter_context(pair())[0] for _ in range(3)]
            waiting = motorish.spawn(stubborn, *socks)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert [-1] * 3 == [sock.fileno() for sock in socks]

    run_async(main())

    assert ["CallAborted", "CallAborted"] == errors


def test_number_closed_behind_our_back(run_async: RunAsync) -> None:
    """
    A call whose socket's bare number was closed is cancelled all the same.
    """

    def call(ours: socket.socket) -> None:
        ours.sendall(b"question")
        os.close(ours.fileno())
        time.sleep(60)

    async def main() -> None:
        with pair() as (ours, _):
            waiting = motorish.spawn(call, ours)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            ours.detach()

    run_async(main())


def test_new_sockets_while_the_loop_closes() -> None:
    """
    A driver that opens sockets when its loop is closed may say goodbye, but not wait; no other loop is made.
    """
    seen: list[Any] = []
    known = {loop for loop in IOLoop._ioloop_for_asyncio if not loop.is_closed()}

    def stubborn(new: socket.socket, polled: socket.socket, foreign: stdlib.socket) -> None:
        try:
            time.sleep(60)
        finally:
            new.sendall(b"goodbye")
            for wait in (lambda: new.recv(1), lambda: select.select([polled, foreign], [], [])):
                try:
                    wait()
                except BaseException as error:
                    seen.append(type(error).__name__)

    async def main(*args: Any) -> None:
        motorish.spawn(stubborn, *args)

    with pair() as (new, peer), pair() as (polled, foreign):
        asyncio.run(main(new, polled, foreign))
        assert b"goodbye" == peer.recv(9)
    assert ["CallAborted", "CancelledError"] == seen
    assert known == {loop for loop in IOLoop._ioloop_for_asyncio if not loop.is_closed()}


def test_shutdown_finds_nobody_connected(run_async: RunAsync) -> None:
    """
    A driver that ends a connection which was cut off gets ENOTCONN, as if the peer had reset it; not EBADF.
    """

    async def main() -> None:
        with pair() as (ours, _):
            reading = motorish.spawn(ours.recv, 1)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            with pytest.raises(OSError, match="not connected"):
                ours.shutdown(socket.SHUT_RDWR)
        with pair() as (ours, _):
            ours.close()
            with pytest.raises(OSError, match="Bad file descriptor"):
                ours.shutdown(socket.SHUT_RDWR)

    run_async(main())


def test_waiters_of_a_closed_socket_find_out(run_async: RunAsync) -> None:
    """
    A cancelled reader closes the socket under a writer, who gets EBADF.
    """

    async def main() -> None:
        with pair() as (ours, _):
            writing = motorish.spawn(ours.sendall, bytes(10_000_000))
            reading = motorish.spawn(ours.recv, 1)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            with pytest.raises(OSError, match="Bad file descriptor"):
                await writing

    run_async(main())


@pytest.mark.parametrize("mode", ["wb", "rwb", "w", "rw"])
@pytest.mark.parametrize("in_cycle", [False, True])
def test_what_was_not_sent_any_more_is_no_news(
    run_async: RunAsync, unraisable: list[Any], in_cycle: bool, mode: str
) -> None:
    """
    A file with unsent bytes, forgotten by its driver, is finalised silently: the call was told that it ended.
    """

    def exchange(ours: socket.socket) -> None:
        file = ours.makefile(mode)
        if in_cycle:
            driver = [file]
            driver.append(driver)
            gc.collect()  # orders them otherwise
        file.write(b"question" if "b" in mode else "question")
        with contextlib.suppress(OSError):  # the error would keep the file
            ours.recv(1)

    async def main() -> None:
        with pair() as (ours, _):
            waiting = motorish.spawn(exchange, ours)
            waiting.cancel()
            await waiting

    run_async(main())
    gc.collect()

    assert [] == unraisable


@pytest.mark.parametrize("mode", ["wb", "rwb", "w", "rw"])
def test_what_cannot_be_sent_any_more_is_an_error(run_async: RunAsync, mode: str) -> None:
    """
    Who sends on a connection that was given up, by flush() or close(), is told so.
    """

    def send_twice(ours: socket.socket) -> list[str]:
        errors = []
        for end in ("flush", "close"):
            file = ours.makefile(mode)
            file.write(b"question" if "b" in mode else "question")
            try:
                getattr(file, end)()
            except OSError as error:
                errors.append(os.strerror(error.errno))
        return errors

    async def main() -> list[str]:
        with pair() as (ours, _):
            reading = motorish.spawn(ours.recv, 1)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            return await motorish.spawn(send_twice, ours)

    assert ["Bad file descriptor"] * 2 == run_async(main())


@pytest.mark.parametrize("mode", ["wb", "rwb", "w", "rw"])
def test_a_driver_s_own_mistake_is_reported(unraisable: list[Any], mode: str) -> None:
    """
    Unsent bytes of a connection that the driver itself has closed: as the stdlib does it.
    """

    def forget(module: Any) -> list[str]:
        ours, peer = module.socketpair()
        with peer:
            file = ours.makefile(mode)
            file.write(b"question" if "b" in mode else "question")
            stdlib.socket(fileno=ours.detach()).close()
            del file, ours
            gc.collect()
        return [repr(unraisable.pop()) for _ in unraisable[:]]

    assert forget(stdlib) == forget(socket)


def test_many_at_once_cost_as_much_as_one_by_one(run_async: RunAsync) -> None:
    """
    To cancel a call, those of others are not looked at: the loop is not held by thousands that end together.
    """

    def ask(ours: socket.socket) -> bytes:
        ours.send(b"?")
        return ours.recv(1)

    async def lines_for_each(count: int) -> float:
        pairs = [socket.socketpair() for _ in range(count)]
        asking = [motorish.spawn(ask, ours) for ours, _ in pairs]
        lines = 0

        def trace(*_: object) -> Any:
            nonlocal lines
            lines += 1
            return trace

        sys.settrace(trace)
        for future in asking:
            future.cancel()
        await asyncio.wait(asking)
        sys.settrace(None)
        for _, peer in pairs:
            peer.close()
        return lines / count

    async def main() -> None:
        await lines_for_each(20)
        assert await lines_for_each(200) < 1.2 * await lines_for_each(20)

    run_async(main())

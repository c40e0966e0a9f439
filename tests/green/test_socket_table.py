"""
A loop forgets a descriptor before its number is used again, whoever closes it; READ stays registered.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import socket as stdlib
from collections.abc import Callable
from typing import Any

import pytest
from greenlet import GreenletExit
from tornado.ioloop import IOLoop
from tornado.platform.asyncio import BaseAsyncIOLoop

import motorish
from motorish.green import select, socket
from motorish.green.stream import GreenStream
from motorish.hub import _hubs, current_hub, interrupt


def close_in_loop(holder: list[Any]) -> None:
    """
    close() on the loop's own thread.
    """
    holder.pop().close()


async def close_in_child(holder: list[Any]) -> None:
    """
    close() in a child.
    """
    await motorish.spawn(holder.pop().close)


async def close_in_thread(holder: list[Any]) -> None:
    """
    close() in a foreign thread.
    """
    await asyncio.to_thread(holder.pop().close)


def collect_in_loop(holder: list[Any]) -> None:
    """
    Garbage collection on the loop's own thread.
    """
    holder.clear()


async def collect_in_thread(holder: list[Any]) -> None:
    """
    Garbage collection in a foreign thread.
    """
    await asyncio.to_thread(holder.clear)


def detach_in_loop(holder: list[Any]) -> None:
    """
    detach() on the loop's own thread, then os.close().
    """
    os.close(holder.pop().detach())


async def detach_in_thread(holder: list[Any]) -> None:
    """
    detach() in a foreign thread, then os.close().
    """
    await asyncio.to_thread(detach_in_loop, holder)


async def detach_in_thread_close_in_loop(holder: list[Any]) -> None:
    """
    detach() in a foreign thread; the descriptor is closed on the loop's.
    """
    os.close(await asyncio.to_thread(holder.pop().detach))


def cancel(holder: list[Any]) -> None:
    """
    The socket is closed because its call was cancelled.
    """
    motorish.spawn(holder.pop().recv, 1).cancel()


ENDS = (
    close_in_loop, close_in_child, close_in_thread, collect_in_loop, collect_in_thread, detach_in_loop,
    detach_in_thread, detach_in_thread_close_in_loop, cancel,
)  # fmt: skip


async def registered_pair() -> tuple[socket.socket, stdlib.socket]:
    """
    A green socket on which a child of this loop has waited, and its stock peer.
    """
    ours, peer = socket.socketpair()
    peer = stdlib.socket(fileno=peer.detach())
    waiting = motorish.spawn(ours.recv, 5)
    assert not waiting.done()
    peer.sendall(b"first")
    assert b"first" == await waiting
    assert ours.fileno() in current_hub().streams
    return ours, peer


async def duplicate_at(number: int, fd: int) -> int:
    """
    Duplicate *fd* as the descriptor *number*, as soon as that is free.
    """
    for _ in range(1000):
        new = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, number)
        if new == number:
            return new
        os.close(new)
        await asyncio.sleep(0)
    raise AssertionError(f"descriptor {number} was never closed")


async def reused(end: Callable[[list[Any]], Any]) -> tuple[int, stdlib.socket]:
    """
    End a registered socket by *end*; a descriptor with its number, and that one's peer.
    """
    new, other = stdlib.socketpair()
    ours, peer = await registered_pair()
    number = ours.fileno()
    holder = [ours]
    del ours
    result = end(holder)
    if result is not None:
        await result
    with new, peer:
        await duplicate_at(number, new.fileno())
        peer.settimeout(5)
        assert b"" == peer.recv(1)
    return number, other


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_number_is_reused_by_a_green_socket(
    run_async: Callable[..., Any], unraisable: list[Any], end: Callable[..., Any]
) -> None:
    """
    A new green socket with the number of a closed one gets its events, and the peer saw the end.
    """

    async def reuse() -> bytes:
        number, other = await reused(end)
        with other, socket.socket(fileno=number) as new:
            waiting = motorish.spawn(new.recv, 9)
            assert not waiting.done()
            other.sendall(b"delivered")
            seen = await waiting
            assert new is current_hub().streams[number].owner()
        assert {} == current_hub().streams
        return seen

    assert b"delivered" == run_async(reuse())
    expected = [ResourceWarning] if end in (collect_in_loop, collect_in_thread) else []
    assert expected == [type(error) for error in unraisable]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_number_is_reused_by_the_loop_itself(
    run_async: Callable[..., Any], unraisable: list[Any], end: Callable[..., Any]
) -> None:
    """
    asyncio's own reading works on the number of a closed green socket.
    """

    async def reuse() -> bytes:
        number, other = await reused(end)
        with other, stdlib.socket(fileno=number) as new:
            new.setblocking(False)
            waiting = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(new, 9))
            await asyncio.sleep(0)
            other.sendall(b"delivered")
            return await waiting

    assert b"delivered" == run_async(reuse())


def dropped(make: Callable[[], stdlib.socket]) -> int:
    """
    Make a socket and let it be collected; its descriptor.
    """
    return make().fileno()


@pytest.mark.parametrize("kind", ["made", "accepted", "detached"])
def test_dropped_without_a_wait_is_closed(unraisable: list[Any], kind: str) -> None:
    """
    A socket that no loop knows and that is dropped warns and is closed, like the stdlib's.
    """
    with socket.create_server(("127.0.0.1", 0)) as server, stdlib.create_connection(server.getsockname()):
        if kind == "made":
            number = dropped(socket.socket)
        elif kind == "accepted":
            number = dropped(lambda: server.accept()[0])
        else:
            number = dropped(lambda: socket.socket(fileno=stdlib.socket().detach()))
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)

    assert [(ResourceWarning, True)] == [
        (type(error), str(error).startswith(f"unclosed <socket.socket fd={number},")) for error in unraisable
    ]


def test_close_in_thread_leaves_duplicates_connected(run_async: Callable[..., Any]) -> None:
    """
    Closing one of two duplicates, in a thread or by collection, does not end the connection.
    """

    async def main() -> bytes:
        ours, peer = await registered_pair()
        with ours.dup() as twin, peer:
            await asyncio.to_thread(ours.close)
            await asyncio.sleep(0)
            peer.sendall(b"still there")
            return await motorish.spawn(twin.recv, 99)

    assert b"still there" == run_async(main())


def test_descriptor_handed_to_a_loop_that_ends_is_closed(run_async: Callable[..., Any]) -> None:
    """
    A descriptor that a thread gave to the loop to close is closed even if the loop ends first.
    """

    async def main() -> tuple[int, stdlib.socket]:
        ours, peer = await registered_pair()
        number = ours.fileno()
        ours._let_go(in_finaliser=True)
        return number, peer

    number, peer = run_async(main())
    with peer, pytest.raises(OSError):
        os.fstat(number)


def test_reading_needs_one_registration(
    run_async: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The READ registration stays between calls: ten exchanges, one call to the loop.
    """
    calls: list[str] = []
    for name in ("add_handler", "update_handler", "remove_handler"):
        real = getattr(BaseAsyncIOLoop, name)

        def counting(self: Any, *args: Any, real: Any = real, name: str = name) -> None:
            calls.append(name)
            real(self, *args)

        monkeypatch.setattr(BaseAsyncIOLoop, name, counting)

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            for _ in range(10):
                waiting = motorish.spawn(ours.recv, 5)
                peer.send(b"reply")
                assert b"reply" == await waiting
        assert ["add_handler", "remove_handler"] == calls

    run_async(main())


def test_data_that_nobody_waits_for_costs_one_event(
    run_async: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What arrives while nobody waits ends the registration (no busy loop), and is there for the next call.
    """
    events: list[int] = []
    real = GreenStream._handle_events

    def counting(self: GreenStream, fd: Any, mask: int) -> None:
        if fd is not None:  # else uvloop has put it off, and it was counted
            events.append(mask)
        real(self, fd, mask)

    monkeypatch.setattr(GreenStream, "_handle_events", counting)

    async def main() -> None:
        ours, peer = await registered_pair()
        with ours, peer:
            events.clear()
            peer.sendall(b"unexpected")
            for _ in range(20):
                await asyncio.sleep(0)
            assert 1 == len(events)
            assert b"unexpected" == await motorish.spawn(ours.recv, 99)
            waiting = motorish.spawn(ours.recv, 99)
            peer.sendall(b"expected")
            assert b"expected" == await waiting

    run_async(main())


def test_writing_is_registered_only_while_waiting(run_async: Callable[..., Any]) -> None:
    """
    A socket that became writable does not keep the loop busy.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            sending = motorish.spawn(ours.sendall, bytes(1_000_000))
            assert not sending.done()
            received = 0
            while received < 1_000_000:
                received += len(await motorish.spawn(peer.recv, 1_000_000))
            await sending
            assert not ours._stream._state & ours._stream.io_loop.WRITE

    run_async(main())


def test_table_is_empty_after_the_loop(run_async: Callable[..., Any]) -> None:
    """
    Closing the loop takes every socket off it; the sockets stay usable on the next one.
    """

    async def main() -> tuple[socket.socket, stdlib.socket, Any]:
        ours, peer = await registered_pair()
        return ours, peer, current_hub()

    async def again(ours: socket.socket, peer: stdlib.socket) -> bytes:
        waiting = motorish.spawn(ours.recv, 9)
        peer.sendall(b"second")
        return await waiting

    ours, peer, hub = run_async(main())
    with ours, peer:
        assert {} == hub.streams
        assert b"second" == run_async(again(ours, peer))


@pytest.mark.parametrize("how", ["recv", "select", "other"])
def test_ioloop_closes_all_descriptors(how: str) -> None:
    """
    IOLoop.close(all_fds=True), as Tornado's AsyncTestCase does it, closes green sockets, and those only.
    """
    loop = IOLoop(make_current=False)
    ours, peer = socket.socketpair()
    file = ours.makefile("rb")
    number = ours.fileno()
    stock, stock_peer = stdlib.socketpair()

    async def main() -> None:
        waiting = {"recv": lambda: ours.recv(1), "select": lambda: select.select([ours], [], [])}
        motorish.spawn(waiting.get(how, lambda: select.select([stock], [], [])))

    with peer, stock, stock_peer:
        loop.run_sync(main)
        loop.close(all_fds=True)
        os.fstat(stock.fileno())
        if how == "other":
            ours.close()
            file.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(number)
        assert -1 == ours.fileno()
        with stdlib.socket(fileno=os.dup2(stock.fileno(), number)) as innocent:
            ours.close()
            file.close()
            os.fstat(innocent.fileno())


def test_loop_closed_by_its_own_close(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """
    A loop that was closed by a close() bound before the first call has no hold on its sockets either.
    """
    loop = new_loop()
    close = loop.close
    ours, peer = socket.socketpair()

    async def main() -> None:
        motorish.spawn(ours.recv, 1)

    async def again() -> bytes:
        waiting = motorish.spawn(ours.recv, 9)
        peer.sendall(b"second")
        return await waiting

    with ours, peer:
        loop.run_until_complete(main())
        (call,) = _hubs[loop].calls
        close()
        with asyncio.Runner(loop_factory=new_loop) as runner:
            assert b"second" == runner.run(again())
    interrupt(call, GreenletExit())


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_forked_process_closes_only_its_own(run_async: Callable[..., Any]) -> None:
    """
    close() in a forked process closes the descriptor there; the parent's loop goes on with its own.
    """

    def in_fork(*sockets: Any) -> int:
        numbers = [sock.fileno() for sock in sockets]
        for sock in sockets:
            sock.close()
        left = 0
        for number in numbers:
            with contextlib.suppress(OSError):
                os.fstat(number)
                left += 1
        return left

    async def main() -> None:
        ours, peer = await registered_pair()
        epoll = select.epoll()
        with ours, peer, epoll:
            waiting = motorish.spawn(ours.recv, 9)
            epoll.register(peer, select.EPOLLIN)
            polling = motorish.spawn(epoll.poll)
            if not (pid := os.fork()):
                os._exit(in_fork(ours, epoll))
            assert 0 == os.waitpid(pid, 0)[1]
            peer.sendall(b"still here")
            assert b"still her" == await waiting
            await motorish.spawn(ours.send, b"x")
            assert 1 == len(await polling)

    run_async(main())


def test_listener_closed_in_a_thread_frees_its_address(run_async: Callable[..., Any]) -> None:
    """
    When close() of a listener returns, in whatever thread, its address can be bound again.
    """

    def restart(listener: socket.socket) -> None:
        address = listener.getsockname()
        listener.close()
        socket.create_server(address).close()

    async def main() -> None:
        for _ in range(10):
            listener = socket.create_server(("127.0.0.1", 0))
            accepting = motorish.spawn(listener.accept)
            await asyncio.to_thread(restart, listener)
            with pytest.raises(OSError, match="Bad file descriptor"):
                await accepting

    run_async(main())

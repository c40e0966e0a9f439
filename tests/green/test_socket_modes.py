"""
One socket in several hands: children and threads, two loops, two calls at once, close() under a wait.
"""

from __future__ import annotations

import asyncio
import errno
import socket as stdlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import motorish
from motorish.errors import BusyError
from motorish.green import socket

RunAsync = Callable[..., Any]


def ask(sock: socket.socket, question: bytes) -> bytes:
    """
    One exchange with an echo server: what the call sends comes back.
    """
    sock.sendall(question)
    answer = b""
    while len(answer) < len(question) and (part := sock.recv(65536)):
        answer += part
    return answer


def echo(server: stdlib.socket) -> None:
    """
    Serve echo to one connection after another, in a thread for each.
    """

    def serve(sock: stdlib.socket) -> None:
        with sock:
            while data := sock.recv(65536):
                sock.sendall(data)

    threads = []
    while True:
        try:
            sock, _ = server.accept()
        except OSError:
            break
        threads.append(threading.Thread(target=serve, args=(sock,), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join(5)


@pytest.fixture
def echo_server() -> Any:
    """
    Return the address of an echo server.
    """
    server = stdlib.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=echo, args=(server,), daemon=True)
    thread.start()
    yield server.getsockname()
    server.shutdown(stdlib.SHUT_RDWR)
    server.close()
    thread.join(5)
    assert not thread.is_alive()


def test_children_and_threads_at_once(run_async: RunAsync, echo_server: Any) -> None:
    """
    Fifty children and five plain threads use the same code at once, each with a connection of its own.
    """

    def exchanges(number: int) -> bool:
        with socket.create_connection(echo_server) as sock:
            blobs = [b"%d-%d." % (number, i) * 500 for i in range(10)]
            return blobs == [ask(sock, blob) for blob in blobs]

    async def main() -> list[bool]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(5) as pool:
            threads = [loop.run_in_executor(pool, exchanges, 100 + i) for i in range(5)]
            children = [motorish.spawn(exchanges, i) for i in range(50)]
            return list(await asyncio.gather(*threads, *children))

    assert [True] * 55 == run_async(main())


def test_child_then_thread_then_child(run_async: RunAsync, echo_server: Any) -> None:
    """
    A connection goes from a child to a thread and back, and to a thread when the loop is gone.
    """

    async def main() -> socket.socket:
        sock = await motorish.spawn(socket.create_connection, echo_server)
        for i in range(3):
            question = b"round %d" % i
            assert question == await motorish.spawn(ask, sock, question)
            assert question == await asyncio.to_thread(ask, sock, question)
        return sock

    with run_async(main()) as sock:
        assert b"no loop" == ask(sock, b"no loop")


def test_thread_waits_although_a_child_sent(run_async: RunAsync, echo_server: Any) -> None:
    """
    What a child asked, a thread may read.
    """

    def read(sock: socket.socket) -> bytes:
        buffer = bytearray(8)
        return bytes(buffer[: sock.recv_into(buffer)])

    async def main() -> bytes:
        with socket.create_connection(echo_server) as sock:
            await motorish.spawn(sock.sendall, b"question")
            return await asyncio.to_thread(read, sock)

    assert b"question" == run_async(main())


def test_two_loops_one_after_the_other(
    new_loop: Callable[[], asyncio.AbstractEventLoop], echo_server: Any
) -> None:
    """
    A child of one loop and then a child of another, which both still run, use one socket.
    """
    sock = socket.create_connection(echo_server)
    turns = [asyncio.Event() for _ in range(2)]
    loops: list[asyncio.AbstractEventLoop] = []

    async def take_turns(me: int) -> None:
        loops[me : me + 1] = [asyncio.get_running_loop()]
        for i in range(6):
            await turns[me].wait()
            turns[me].clear()
            question = b"%d of %d" % (i, me)
            assert question == await motorish.spawn(ask, sock, question)
            loops[1 - me].call_soon_threadsafe(turns[1 - me].set)

    def thread(barrier: threading.Barrier, me: int) -> None:
        async def main() -> None:
            loops[me] = asyncio.get_running_loop()
            barrier.wait(5)
            if me == 0:
                turns[0].set()
            await asyncio.wait_for(take_turns(me), 5)
            await asyncio.to_thread(barrier.wait, 5)

        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())

    loops += [None, None]  # type: ignore[list-item]
    barrier = threading.Barrier(2)
    with sock, ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(thread, barrier, me) for me in range(2)]:
            done.result(10)


def test_two_loops_at_once_are_refused(
    new_loop: Callable[[], asyncio.AbstractEventLoop], echo_server: Any
) -> None:
    """
    While a child of one loop waits on a socket, a child of another gets an error that names both loops.
    """

    def other_loop(sock: socket.socket) -> str:
        async def main() -> str:
            with pytest.raises(BusyError) as caught:
                await motorish.spawn(sock.recv, 1)
            assert repr(asyncio.get_running_loop()) in str(caught.value)
            return str(caught.value)

        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(main())

    async def main() -> None:
        with socket.create_connection(echo_server) as sock:
            waiting = motorish.spawn(sock.recv, 9)
            message = await asyncio.to_thread(other_loop, sock)
            sock.send(b"go on")
            assert b"go on" == await waiting
        assert type(asyncio.get_running_loop()).__name__ in message

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


def test_second_reader_is_refused(run_async: RunAsync) -> None:
    """
    A second call that would read, or write, gets BusyError; the first one does not notice.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            reading = motorish.spawn(ours.recv, 9)
            writing = motorish.spawn(ours.sendall, b"1" * 1_000_000)
            assert not reading.done()
            assert not writing.done()
            with pytest.raises(
                BusyError, match=f"already waiting to read from the socket with fd {ours.fileno()}"
            ):
                await motorish.spawn(ours.recv, 9)
            with pytest.raises(BusyError, match="already waiting to write"):
                await motorish.spawn(ours.sendall, b"2" * 1_000_000)
            received = b""
            while len(received) < 1_000_000:
                received += await motorish.spawn(peer.recv, 1_000_000)
            await writing
            assert {ord("1")} == set(received)
            peer.send(b"for the first")
            assert b"for the " == (await reading)[:8]

    run_async(main())


def test_thread_beside_a_waiting_child_is_refused(run_async: RunAsync) -> None:
    """
    A plain thread may read or write what is there to be, but not wait for what a child is waiting for.
    """

    def in_thread(ours: socket.socket) -> None:
        with pytest.raises(BusyError, match="already waiting to read"):
            ours.recv(1)
        assert 1 == ours.send(b"x")
        ours.settimeout(0)
        with pytest.raises(BlockingIOError):
            ours.recv(1)
        ours.settimeout(None)

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            reading = motorish.spawn(ours.recv, 9)
            await asyncio.to_thread(in_thread, ours)
            peer.send(b"for it")
            assert b"for it" == await reading
            sending = motorish.spawn(ours.sendall, bytes(1_000_000))
            with pytest.raises(BusyError, match="already waiting to write"):
                await asyncio.to_thread(ours.sendall, bytes(1_000_000))
            sending.cancel()

    run_async(main())


READS = (lambda sock: sock.recv(9), lambda sock: sock.recv_into(bytearray(9)))


@pytest.mark.parametrize("read", READS)
def test_reply_is_waited_for_first(
    run_async: RunAsync, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Any]
) -> None:
    """
    After a send, reading makes no system call before there is something to read.
    """
    tries: list[str] = []
    for name in ("_recv", "_recv_into"):
        real = getattr(socket, name)

        def counting(*args: Any, real: Any = real, name: str = name) -> Any:
            tries.append(name)
            return real(*args)

        monkeypatch.setattr(socket, name, counting)

    def exchange(ours: socket.socket) -> None:
        ours.sendall(b"question")
        read(ours)

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            waiting = motorish.spawn(exchange, ours)
            assert [] == tries
            peer.sendall(b"reply")
            await waiting
            assert 1 == len(tries)

    run_async(main())


def test_nothing_is_read_without_a_wait(run_async: RunAsync) -> None:
    """
    After a send, an empty read, a non-blocking one and a look need not wait.
    """

    def exchange(ours: socket.socket) -> None:
        ours.sendall(b"question")
        assert b"" == ours.recv(0)
        ours.setblocking(False)
        with pytest.raises(BlockingIOError):
            ours.recv(1)
        ours.setblocking(True)
        with pytest.raises(BlockingIOError):
            ours.recv(1, socket.MSG_DONTWAIT)

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            await motorish.spawn(exchange, ours)

    run_async(main())


def waits_of(ours: socket.socket, listener: socket.socket) -> list[Callable[[], Any]]:
    """
    Everything that can wait on a socket.
    """
    return [
        lambda: ours.recv(1),
        lambda: ours.recv_into(bytearray(1)),
        lambda: ours.recvmsg(1),
        lambda: ours.sendall(bytes(10_000_000)),
        listener.accept,
    ]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("in_a_thread", [False, True])
def test_close_wakes_who_waits(run_async: RunAsync, number: int, in_a_thread: bool) -> None:
    """
    close(), on the loop or in a thread, ends a wait in another child with EBADF.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer, socket.create_server(("127.0.0.1", 0)) as listener:
            waiting = motorish.spawn(waits_of(ours, listener)[number])
            assert not waiting.done()
            closing = listener if number == 4 else ours
            if in_a_thread:
                await asyncio.to_thread(closing.close)
            else:
                closing.close()
            with pytest.raises(OSError) as caught:
                await waiting
            assert errno.EBADF == caught.value.errno

    run_async(main())


def test_shutdown_wakes_who_waits(run_async: RunAsync) -> None:
    """
    shutdown() ends a reader's wait with the end of the stream, and a writer's with EPIPE.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            reading = motorish.spawn(ours.recv, 1)
            writing = motorish.spawn(ours.sendall, bytes(10_000_000))
            await asyncio.to_thread(ours.shutdown, stdlib.SHUT_RDWR)
            assert b"" == await reading
            with pytest.raises(BrokenPipeError):
                await writing
        with socket.create_server(("127.0.0.1", 0)) as listener:
            accepting = motorish.spawn(listener.accept)
            listener.shutdown(stdlib.SHUT_RDWR)
            with pytest.raises(OSError) as caught:
                await accepting
            assert errno.EINVAL == caught.value.errno

    run_async(main())


def test_peer_that_dies_wakes_who_waits(run_async: RunAsync) -> None:
    """
    A reset connection ends a wait with ECONNRESET.
    """

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = await motorish.spawn(socket.create_connection, listener.getsockname())
            peer, _ = listener.accept()
            with ours, peer:
                reading = motorish.spawn(ours.recv, 1)
                peer.setsockopt(stdlib.SOL_SOCKET, stdlib.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                peer.close()
                with pytest.raises(ConnectionResetError):
                    await reading

    run_async(main())


def test_busy_loop_does_not_time_out_what_has_arrived(run_async: RunAsync) -> None:
    """
    If the loop was held up past the timeout, a call whose data is there returns it.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            ours.settimeout(0.01)
            reading = motorish.spawn(ours.recv, 9)
            peer.send(b"long ago")
            threading.Event().wait(0.03)  # the loop is held up
            assert b"long ago" == await reading

    run_async(main())


def test_every_blocking_method_is_ours() -> None:
    """
    A method of the stdlib's C socket is either known not to block, or replaced: new ones fail here.
    """
    harmless = {
        "bind", "close", "detach", "fileno", "getblocking", "getpeername", "getsockname", "getsockopt",
        "gettimeout", "listen", "setblocking", "setsockopt", "settimeout", "shutdown", "family", "proto",
        "timeout", "type",
    }  # fmt: skip
    not_for_networks = {"sendmsg_afalg"}  # non-blocking: fails loudly
    methods = {name for name in vars(stdlib.socket.__base__) if not name.startswith("__")}

    assert methods - harmless - not_for_networks <= set(vars(socket.socket))

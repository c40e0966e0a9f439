"""
Two calls that use one connection at once: no call ever gets a reply that is another's.
"""

from __future__ import annotations

import asyncio
import ssl as stdlib_ssl
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

import motorish
from motorish.errors import BusyError
from motorish.green import socket

RunAsync = Callable[..., Any]
Contexts = tuple[stdlib_ssl.SSLContext, stdlib_ssl.SSLContext]

pytestmark = [
    pytest.mark.usefixtures("dispatcher"),
    pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"]),
]


async def connected(contexts: Contexts, *, tls: bool) -> tuple[Any, Any]:
    """
    Two green sockets that are connected to each other.
    """
    ours, peer = socket.socketpair()
    if not tls:
        return ours, peer
    client, server = contexts
    answering = motorish.spawn(server.wrap_socket, peer, server_side=True)
    asking = motorish.spawn(client.wrap_socket, ours, server_hostname="localhost")
    return await asking, await answering


def ask(ours: Any, question: bytes) -> bytes:
    """
    Send something and read the reply.
    """
    ours.sendall(question)
    return bytes(ours.recv(9))


def fail_after_sending(ours: Any) -> None:
    """
    A writer with a bug, which is not that of two calls on one connection.
    """
    ours.sendall(b"?")
    raise RuntimeError("an error of its own")


def test_the_first_gets_its_reply_and_nobody_the_seconds(
    run_async: RunAsync, contexts: Contexts, tls: bool
) -> None:
    """
    The second call is refused; its reply is on the way, so the connection serves no later call.
    """

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer:
            first = motorish.spawn(ask, ours, b"1")
            with pytest.raises(BusyError):
                await motorish.spawn(ask, ours, b"2")
            peer.send(b"to 1")
            assert b"to 1" == await first
            peer.send(b"to 2")
            with pytest.raises(ConnectionAbortedError, match="two calls"):
                await motorish.spawn(ask, ours, b"3")
            assert -1 == ours.fileno()

    run_async(main())


def test_files_made_of_sockets_refuse_the_second(run_async: RunAsync, contexts: Contexts, tls: bool) -> None:
    """
    The same where a driver reads from ``makefile()``, which refuses with a RuntimeError of its own.
    """

    def ask_by_file(ours: Any, replies: Any, question: bytes) -> bytes:
        ours.sendall(question)
        return bytes(replies.readline())

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer, ours.makefile("rb") as replies:
            first = motorish.spawn(ask_by_file, ours, replies, b"1")
            with pytest.raises(BusyError, match="another call is already waiting"):
                await motorish.spawn(ask_by_file, ours, replies, b"2")
            peer.send(b"to 1\n")
            assert b"to 1\n" == await first
            peer.send(b"to 2\n")
            with pytest.raises(ConnectionAbortedError, match="two calls"):
                await motorish.spawn(ask_by_file, ours, replies, b"3")

    run_async(main())


@pytest.mark.parametrize(
    ("where", "by_file"), [("loop", False), ("loop", True), ("thread", False)], ids=["loop", "file", "thread"]
)
@pytest.mark.filterwarnings("ignore::motorish.BlockingCallWarning")
def test_a_second_call_outside_children_is_refused_too(
    run_async: RunAsync, contexts: Contexts, tls: bool, where: str, by_file: bool
) -> None:
    """
    The same where the second call is made without motorish, on the loop's own thread or in another one.
    """

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer, ours.makefile("rb") if by_file else nullcontext() as replies:

            def ask(question: bytes) -> bytes:
                ours.sendall(question)
                return bytes(replies.readline() if by_file else ours.recv(9))

            async def second() -> bytes:
                return ask(b"2") if where == "loop" else await asyncio.to_thread(ask, b"2")

            first = motorish.spawn(ask, b"1")
            with pytest.raises((BusyError, RuntimeError)):
                await second()
            peer.send(b"to 1\n")
            assert b"to 1\n" == await first
            peer.send(b"to 2\n")
            with pytest.raises(ConnectionAbortedError, match="two calls"):
                await motorish.spawn(ask, b"3")

    run_async(main())


def test_what_was_not_sent_any_more_is_no_news(
    run_async: RunAsync, contexts: Contexts, unraisable: list[Any], tls: bool
) -> None:
    """
    A file with unsent bytes, of a call that was refused or of a later one, is finalised silently.
    """

    def prepare(ours: Any) -> None:
        files.append(ours.makefile("wb"))
        files[-1].write(b"3")

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer:
            first = motorish.spawn(ask, ours, b"1")
            with pytest.raises(BusyError):
                await motorish.spawn(ask, ours, b"2")
            peer.send(b"to 1")
            await first
            await motorish.spawn(prepare, ours)
            await motorish.spawn(prepare, ours)
            files.clear()
            assert -1 == ours.fileno()

    files: list[Any] = []
    run_async(main())

    assert [] == unraisable


def test_a_reply_that_is_there_is_not_for_the_second(
    run_async: RunAsync, contexts: Contexts, tls: bool
) -> None:
    """
    The reply has come, and the call that waits for it has not been woken: the second one does not take it.
    """

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer:
            first = motorish.spawn(ask, ours, b"1")
            peer.send(b"to 1")
            with pytest.raises(BusyError):
                await motorish.spawn(ask, ours, b"2")
            assert b"to 1" == await first

    run_async(main())


def test_who_only_listens_may_be_helped_by_another(
    run_async: RunAsync, contexts: Contexts, tls: bool
) -> None:
    """
    One call reads and others write, which is no mistake: all goes on.
    """

    async def main() -> None:
        ours, peer = await connected(contexts, tls=tls)
        with ours, peer:
            for number in (b"1", b"2"):
                listening = motorish.spawn(ours.recv, 9)
                await motorish.spawn(ours.sendall, number)
                peer.send(number)
                assert number == await listening
            listening = motorish.spawn(ours.recv, 9)
            with pytest.raises(RuntimeError, match="of its own"):
                await motorish.spawn(fail_after_sending, ours)
            peer.send(b"3")
            assert b"3" == await listening
            await motorish.spawn(ours.sendall, b"4")

    run_async(main())

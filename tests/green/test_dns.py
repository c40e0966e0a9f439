"""
Looking up names in a child leaves the loop running, and can be cancelled.
"""

from __future__ import annotations

import asyncio
import socket as stdlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import motorish
from motorish.green import dns, socket

ADDRESS = ("127.0.0.1", 80)


class SlowLoop(asyncio.SelectorEventLoop):
    """
    A loop whose resolver answers when it is told to.
    """

    asked: list[Any]
    answer: asyncio.Future[str]

    async def getaddrinfo(self, host: Any, port: Any, **kwargs: Any) -> Any:
        """
        Wait for the answer to every question.
        """
        self.asked.append(host)
        address = await asyncio.shield(self.answer)
        return await super().getaddrinfo(address, port, **kwargs)


@pytest.fixture
def slow() -> Iterator[Callable[[Any], Any]]:
    """
    Return a runner of coroutines on a loop with a slow resolver.
    """
    loop = SlowLoop()
    loop.asked = []
    loop.answer = loop.create_future()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        yield runner.run


@pytest.fixture
def server() -> Iterator[stdlib.socket]:
    """
    Return a listening stock socket.
    """
    with stdlib.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def connect(sock: socket.socket, port: int) -> None:
    """
    connect() of a socket.
    """
    sock.connect(("slow.example", port))


def connect_ex(sock: socket.socket, port: int) -> None:
    """
    connect_ex() of a socket.
    """
    assert 0 == sock.connect_ex((b"slow.example", port))


def create_connection(sock: socket.socket, port: int) -> None:
    """
    create_connection() of the module.
    """
    with socket.create_connection(("slow.example", port)) as made:
        assert made.getpeername()[1] == port


def send_datagram(sock: socket.socket, port: int) -> None:
    """
    sendto() of a datagram socket.
    """
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        assert 1 == datagrams.sendto(b"x", ("slow.example", port))


def send_message(sock: socket.socket, port: int) -> None:
    """
    sendmsg() of a datagram socket.
    """
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        assert 1 == datagrams.sendmsg([b"x"], [], 0, ("slow.example", port))


def look_up(sock: socket.socket, port: int) -> None:
    """
    getaddrinfo() of the module.
    """
    found = socket.getaddrinfo("slow.example", port, type=socket.SOCK_STREAM)
    assert [("127.0.0.1", port)] == [address for *_, address in found]


QUESTIONS = (connect, connect_ex, create_connection, send_datagram, send_message, look_up)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_slow_name_parks(slow: Any, server: stdlib.socket, question: Callable[..., None]) -> None:
    """
    While a name is looked up the loop runs; then the call goes on with its address.
    """

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SlowLoop)
        with socket.socket() as sock:
            waiting = motorish.spawn(question, sock, server.getsockname()[1])
            for _ in range(10):
                await asyncio.sleep(0)
            assert not waiting.done()
            assert ["slow.example"] == [_text(host) for host in loop.asked]
            loop.answer.set_result("127.0.0.1")
            await waiting

    slow(main())


def _text(host: str | bytes) -> str:
    return host if isinstance(host, str) else host.decode()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.__name__)
def test_cancel_while_looking_up(slow: Any, server: stdlib.socket, question: Callable[..., None]) -> None:
    """
    A call that is cancelled during the look-up ends at once.
    """

    async def main() -> None:
        with socket.socket() as sock:
            waiting = motorish.spawn(question, sock, server.getsockname()[1])
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.005):
                await motorish.spawn(question, sock, server.getsockname()[1])

    slow(main())


def test_unknown_name(slow: Any) -> None:
    """
    The resolver's error is the call's, and the socket can still be used.
    """

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SlowLoop)
        loop.answer.set_exception(stdlib.gaierror(stdlib.EAI_NONAME, "Name or service not known"))
        with socket.socket() as sock:
            for call in (sock.connect, sock.connect_ex):
                with pytest.raises(socket.gaierror) as caught:
                    await motorish.spawn(call, ("unknown.example", 80))
                assert (stdlib.EAI_NONAME, "Name or service not known") == caught.value.args
            assert sock.fileno() >= 0

    slow(main())


OTHER_QUESTIONS = (
    ("gethostbyname", "slow.example"),
    ("gethostbyname_ex", "slow.example"),
    ("gethostbyaddr", "192.0.2.1"),
    ("getnameinfo", ADDRESS, 0),
)


@pytest.mark.parametrize(("name", "args"), [(name, args) for name, *args in OTHER_QUESTIONS])
def test_other_questions_park(
    run_async: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, name: str, args: list[Any]
) -> None:
    """
    The resolver's other functions run in a worker thread; cancelling them leaves nothing to complain of.
    """
    go_on = threading.Event()

    def slow_stdlib(*given: Any) -> Any:
        assert tuple(args) == given
        go_on.wait(5)
        raise stdlib.gaierror(stdlib.EAI_NONAME, "unknown")

    monkeypatch.setattr(stdlib, name, slow_stdlib)

    async def main() -> None:
        first, second = (motorish.spawn(getattr(socket, name), *args) for _ in range(2))
        await asyncio.sleep(0)
        assert not first.done()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        go_on.set()
        with pytest.raises(stdlib.gaierror, match="unknown"):
            await second

    run_async(main())


LITERALS = (
    "127.0.0.1", b"127.0.0.1", "::1", "fe80::1%lo", "", None, "localhost", "<broadcast>", bytearray(b"::1"),
)  # fmt: skip


@pytest.mark.parametrize("host", LITERALS)
def test_literals_ask_nobody(host: Any) -> None:
    """
    Addresses and this machine's names for itself need no look-up.
    """
    assert dns.is_literal(host)


@pytest.mark.parametrize(
    "host", ["example.org", b"example.org", "127.1", "1.2.3.4.5", "ünïcode.example", "::g"]
)
def test_names_are_looked_up(host: Any) -> None:
    """
    Everything else does.
    """
    assert not dns.is_literal(host)


def test_literals_do_not_need_the_resolver(slow: Any, server: stdlib.socket) -> None:
    """
    Connecting to an address works while the resolver is stuck.
    """

    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SlowLoop)
        with await motorish.spawn(socket.create_connection, server.getsockname()):
            pass
        with await motorish.spawn(socket.create_connection, ("localhost", server.getsockname()[1])):
            pass
        assert [] == loop.asked

    slow(main())


def test_same_look_up_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    In a plain thread the stdlib looks up, as always.
    """
    monkeypatch.setattr(stdlib, "getaddrinfo", lambda *args, **kwargs: args)

    assert ("example.org", 80, 0, 0, 0, 0) == socket.getaddrinfo("example.org", 80)


def test_real_resolver(run: Callable[..., Any]) -> None:
    """
    The loop's own resolver takes what the stdlib's takes, and raises the same errors.
    """

    def ask() -> None:
        with pytest.raises(socket.gaierror) as caught:
            socket.getaddrinfo("not a host name", 80, 0, socket.SOCK_STREAM)
        assert stdlib.EAI_NONAME == caught.value.errno
        with socket.socket() as sock, pytest.raises(socket.gaierror):
            sock.connect(("not a host name", 80))
        family, *_, address = socket.getaddrinfo("127.1", "80", socket.AF_INET, socket.SOCK_STREAM)[0]
        assert (socket.AF_INET, ("127.0.0.1", 80)) == (family, address)

    run(ask)

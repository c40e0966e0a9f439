"""
On the loop's own thread outside a child, a wait warns once per call site, or does as the policy says.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import socket as stdlib
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from motorish.errors import BlockingCallError, BlockingCallWarning
from motorish.green import outside, select, socket, ssl, time

RunAsync = Callable[..., Any]

DRIVER = """
def fetch(sock):
    return read(sock)

def read(sock):
    return sock.recv(9)

def read_line(sock):
    with sock.makefile("rb") as file:
        return file.readline()
"""


@pytest.fixture(autouse=True)
def forget_call_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Each test begins as a new process does.
    """
    monkeypatch.setattr(outside, "_warned", set())


@pytest.fixture
def driver() -> Iterator[Any]:
    """
    Return a module of a package that is known as patched, "somedriver.core".
    """
    module = ModuleType("somedriver.core")
    exec(compile(DRIVER, "/somedriver/core.py", "exec"), vars(module))
    outside.policies["somedriver"] = "warn"
    yield module
    del outside.policies["somedriver"]


@pytest.fixture
def late() -> Iterator[tuple[socket.socket, Callable[[], None]]]:
    """
    Return a green socket on which data arrives a moment after it was asked for, and what asks.
    """
    ours, peer = stdlib.socketpair()
    with socket.socket(fileno=ours.detach()) as green, peer:

        def ask() -> None:
            asyncio.get_running_loop().run_in_executor(None, answer)

        def answer() -> None:
            select._stdlib.select([], [], [], 0.01)
            peer.sendall(b"x\n")

        yield green, ask


def lines_of(function: Any, text: str) -> int:
    """
    The line number of the line of *function* that holds *text*.
    """
    lines, start = inspect.getsourcelines(function)
    return start + next(i for i, line in enumerate(lines) if text in line)


def test_warns_once_per_call_site(run_async: RunAsync, driver: Any, late: Any) -> None:
    """
    The warning names the call and the cure, points at the application's line, and comes once for it.
    """
    sock, ask = late

    async def main() -> list[bytes]:
        answers = []
        for _ in range(3):
            ask()
            answers.append(driver.fetch(sock))  # here
        ask()
        answers.append(driver.fetch(sock))
        return answers

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [b"x\n"] * 4 == run_async(main())

    assert [BlockingCallWarning] * 2 == [warning.category for warning in caught]
    text = str(caught[0].message)
    assert text.startswith("somedriver.core.fetch(), waiting to receive from a socket, blocks the event loop")
    assert "await motorish.spawn(" in text
    here = lines_of(test_warns_once_per_call_site, "# here")
    assert [(__file__, here), (__file__, here + 2)] == [(each.filename, each.lineno) for each in caught]


def test_stdlib_frames_are_not_call_sites(run_async: RunAsync, driver: Any, late: Any) -> None:
    """
    Reading through the stdlib's buffered files warns where the application called the driver.
    """
    sock, ask = late

    async def main() -> bytes:
        ask()
        with pytest.warns(BlockingCallWarning, match=r"somedriver\.core\.read_line\(\)") as caught:
            line = driver.read_line(sock)
        assert __file__ == caught[0].filename
        return line

    assert b"x\n" == run_async(main())


def test_policy_error(run_async: RunAsync, driver: Any, late: Any) -> None:
    """
    on_loop="error": the wait is refused, the socket is as before.
    """
    sock, ask = late
    outside.policies["somedriver"] = "error"

    async def main() -> bytes:
        with pytest.raises(BlockingCallError, match=r"somedriver\.core\.fetch\(\).*motorish\.spawn"):
            driver.fetch(sock)
        outside.policies["somedriver"] = "allow"
        ask()
        return driver.fetch(sock)

    assert b"x\n" == run_async(main())


def test_ready_data_does_not_warn(run_async: RunAsync) -> None:
    """
    A call that would not block does not warn, nor does one that must not wait.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            peer.sendall(b"here")
            assert b"here" == ours.recv(9)
            ours.setblocking(False)
            with pytest.raises(BlockingIOError):
                ours.recv(9)
            select.select([ours], [], [], 0)
            time.sleep(0)

    run_async(main())


WAITS: dict[str, Callable[[socket.socket], Any]] = {
    "waiting to receive from a socket": lambda sock: sock.recv(1),
    "waiting to send to a socket": lambda sock: sock.sendall(bytes(10_000_000)),
    "select.select()": lambda sock: select.select([sock], [], [], 0.01),
    "select.poll()": lambda sock: _poll(sock),
    "select.epoll.poll()": lambda sock: _epoll(sock),
    "time.sleep(0.01)": lambda sock: time.sleep(0.01),
}


def _poll(sock: socket.socket) -> Any:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return poll.poll(10)


def _epoll(sock: socket.socket) -> Any:
    with select.epoll() as epoll:
        epoll.register(sock, select.EPOLLIN)
        return epoll.poll(0.01)


@pytest.mark.parametrize("what", WAITS)
def test_every_wait_warns_and_goes_on(run_async: RunAsync, what: str) -> None:
    """
    Without a patched package on the stack, the caller of the stand-in is told; then it waits all the same.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            ours.settimeout(0.01)
            with pytest.warns(BlockingCallWarning) as caught, contextlib.suppress(TimeoutError):
                WAITS[what](ours)
            assert str(caught[0].message).startswith(f"{what} blocks the event loop")
            assert __file__ == caught[0].filename

    run_async(main())


def test_no_warning_in_threads(run_async: RunAsync) -> None:
    """
    A plain thread, beside a running loop or without one, blocks silently.
    """

    def wait() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            ours.settimeout(0.001)
            with pytest.raises(TimeoutError):
                ours.recv(1)
            select.select([ours], [], [], 0.001)

    async def main() -> None:
        await asyncio.to_thread(wait)

    run_async(main())
    wait()


def test_tls_warns_too(run_async: RunAsync, dispatcher: None) -> None:
    """
    A TLS handshake on the loop's thread warns.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with peer:
            ours.settimeout(0.01)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            with pytest.warns(BlockingCallWarning), pytest.raises(TimeoutError):
                context.wrap_socket(ours)

    run_async(main())


NAME = "no such host"  # the stdlib refuses it without asking a server
LOOK_UPS: dict[str, Callable[[], Any]] = {
    "getaddrinfo": lambda: socket.getaddrinfo(NAME, 1),
    "gethostbyname": lambda: socket.gethostbyname(NAME),
    "gethostbyname_ex": lambda: socket.gethostbyname_ex(NAME),
    "gethostbyaddr": lambda: socket.gethostbyaddr(NAME),
    "getnameinfo": lambda: socket.getnameinfo((NAME, 1), 0),
    "create_connection": lambda: socket.create_connection((NAME, 1)),
    "connect": lambda: _with_socket(lambda sock: sock.connect((NAME, 1))),
    "sendto": lambda: _with_socket(lambda sock: sock.sendto(b"x", (NAME, 1))),
    "sendmsg": lambda: _with_socket(lambda sock: sock.sendmsg([b"x"], [], 0, (NAME, 1))),
}


def _with_socket(use: Callable[[socket.socket], Any]) -> Any:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        return use(sock)


@pytest.mark.parametrize("what", LOOK_UPS)
def test_looking_up_warns_too(run_async: RunAsync, what: str) -> None:
    """
    So does looking up a name; elsewhere, and for addresses, nobody is warned.
    """

    async def main() -> None:
        with pytest.warns(BlockingCallWarning, match="looking up"), pytest.raises(OSError):
            LOOK_UPS[what]()
        with pytest.raises(OSError):
            await asyncio.to_thread(LOOK_UPS[what])
        socket.getaddrinfo("127.0.0.1", 1)
        socket.gethostbyname("127.0.0.1")
        socket.gethostbyname_ex("127.0.0.1")
        socket.getnameinfo(("127.0.0.1", 1), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
        _with_socket(lambda sock: sock.connect(("127.0.0.1", 1)))

    run_async(main())

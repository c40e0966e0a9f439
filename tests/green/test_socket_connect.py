"""
Connecting and accepting as the stdlib does: TCP, IPv6, Unix, refusals, timeouts, the module's functions.
"""

from __future__ import annotations

import asyncio
import errno
import socket as stdlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import motorish
from motorish.green import socket


def unused_port() -> int:
    """
    A port that refuses connections.
    """
    with stdlib.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def tcp(m: Any) -> Iterator[Any]:
    """
    A server and its client, with every way to connect, and the errors afterwards.
    """
    with m.socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        a = m.socket.create_connection(address, 5)
        b, peer = server.accept()
        with a, b:
            yield a.gettimeout(), b.gettimeout(), peer == a.getsockname(), type(a) is type(b)
            yield m.outcome(a.connect, address), a.connect_ex(address)
            b.sendall(b"welcome")
            yield a.recv(99), a.getpeername() == address
        for timeout in (None, 5):
            with m.socket.socket() as c:
                c.settimeout(timeout)
                yield c.connect_ex(address), c.gettimeout()
                server.accept()[0].close()
                yield c.recv(1)
        with m.socket.socket() as c:
            yield c.connect(("localhost", address[1]))
            server.accept()[0].close()
        for timeout in (0, 0.002):
            server.settimeout(timeout)
            yield m.outcome(server.accept)
        server.settimeout(5)
        with m.socket.create_connection(("127.0.0.1", address[1]), source_address=("127.0.0.2", 0)) as c:
            accepted, peer = server.accept()
            yield peer[0], accepted.gettimeout(), accepted.getblocking()
            accepted.close()


def refused(m: Any, port: int) -> Iterator[Any]:
    """
    A port without a listener: connect, connect_ex, create_connection, one name and several.
    """
    for timeout in (None, 5):
        with m.socket.socket() as sock:
            sock.settimeout(timeout)
            yield m.outcome(sock.connect, ("127.0.0.1", port))
        with m.socket.socket() as sock:
            sock.settimeout(timeout)
            yield sock.connect_ex(("127.0.0.1", port)), sock.connect_ex(("127.0.0.1", port))
    try:
        m.socket.create_connection(("127.0.0.1", port))
    except OSError as error:
        yield type(error), error.args
    yield m.outcome(m.socket.create_connection, ("127.0.0.1", port), 1, None)
    try:
        m.socket.create_connection(("localhost", port), all_errors=True)
    except ExceptionGroup as error:
        yield {type(inner) for inner in error.exceptions}


def in_progress(m: Any) -> Iterator[Any]:
    """
    A non-blocking connect: in progress, then writable, then SO_ERROR says how it went.
    """
    with m.socket.create_server(("127.0.0.1", 0)) as server, m.socket.socket() as sock:
        sock.setblocking(False)
        yield sock.connect_ex(server.getsockname()), m.select.select([], [sock], [], 5)[1] == [sock]
        yield sock.getsockopt(m.socket.SOL_SOCKET, m.socket.SO_ERROR)
        with m.socket.socket() as other:
            other.setblocking(False)
            yield m.outcome(other.connect, server.getsockname())


def bad_addresses(m: Any) -> Iterator[Any]:
    """
    Addresses that cannot be connected to.
    """
    with m.socket.socket() as sock:
        for address in ("127.0.0.1", ("127.0.0.1",), ("127.0.0.1", "x"), ("127.0.0.1", 70000), None):
            yield m.outcome(sock.connect, address), m.outcome(sock.connect_ex, address)
            yield m.outcome(sock.bind, address)
        yield m.outcome(sock.connect, (b"\0", 1)), m.outcome(sock.connect, ("a" * 64, 1))
    with m.socket.socket(m.socket.AF_UNIX) as sock:
        yield m.outcome(sock.connect, "/no/such/socket"), sock.connect_ex("/no/such/socket")
        yield m.outcome(sock.connect, ("127.0.0.1", 1)), m.outcome(sock.connect, "x" * 200)


def unix(m: Any) -> Iterator[Any]:
    """
    Unix sockets: paths, abstract names, peers without names, datagrams.
    """
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/s"
        with m.socket.socket(m.socket.AF_UNIX) as server, m.socket.socket(m.socket.AF_UNIX) as a:
            server.bind(path)
            server.listen()
            yield a.connect(path)
            b, peer = server.accept()
            with b:
                b.sendall(b"hello")
                yield a.recv(9), peer, a.getpeername() == path, b.getsockname() == path
                yield len(b.getsockopt(m.socket.SOL_SOCKET, m.socket.SO_PEERCRED, 12))
    kind = m.socket.SOCK_DGRAM
    with m.socket.socket(m.socket.AF_UNIX, kind) as a, m.socket.socket(m.socket.AF_UNIX, kind) as b:
        a.bind("")
        b.sendto(b"datagram", a.getsockname())
        yield a.recvfrom(99), m.outcome(b.sendto, b"x", b"\0nobody is there")


def ipv6(m: Any) -> Iterator[Any]:
    """
    IPv6, alone and as one end of a dual stack.
    """
    with m.socket.create_server(("::1", 0), family=m.socket.AF_INET6) as server:
        with m.socket.create_connection(server.getsockname()[:2]) as a, server.accept()[0] as b:
            a.sendall(b"six")
            yield b.recv(9), a.getpeername() == server.getsockname(), a.family
        with m.socket.socket(m.socket.AF_INET6) as a:
            yield a.connect_ex(server.getsockname()), a.family
            yield m.outcome(a.sendto, b"x", ("::1", 1, 0, 2**40))
    yield m.socket.has_dualstack_ipv6()
    with m.socket.create_server(("", 0), family=m.socket.AF_INET6, dualstack_ipv6=True) as server:
        a = m.socket.create_connection(("127.0.0.1", server.getsockname()[1]))
        b, peer = server.accept()
        with a, b:
            yield peer[0], a.getpeername()[0]


def functions(m: Any) -> Iterator[Any]:
    """
    The module's own functions, and the names of hosts and services.
    """
    yield m.socket.getaddrinfo("127.0.0.1", 80, type=m.socket.SOCK_STREAM)
    yield m.socket.getaddrinfo("::1", "http", proto=m.socket.IPPROTO_TCP)
    yield m.socket.getaddrinfo(None, 0, flags=m.socket.AI_PASSIVE, type=m.socket.SOCK_DGRAM)
    yield m.socket.gethostbyname("127.0.0.1"), m.socket.gethostbyname_ex("localhost")
    yield m.socket.getnameinfo(("127.0.0.1", 80), m.socket.NI_NUMERICHOST)
    yield m.outcome(m.socket.getnameinfo, ("127.0.0.1", 80)), m.outcome(m.socket.getaddrinfo, 7, 80)
    yield m.outcome(m.socket.getaddrinfo, "a b", 80), m.outcome(m.socket.gethostbyname, "a b")
    yield m.outcome(m.socket.getaddrinfo, "127.0.0.1", "no such service")
    yield m.outcome(m.socket.gethostbyname, "a" * 64), m.outcome(m.socket.gethostbyname_ex, "a b")
    yield m.outcome(m.socket.gethostbyaddr, "a b"), m.socket.getfqdn("127.0.0.1")
    yield m.socket.inet_aton("127.0.0.1"), m.socket.getservbyname("http"), m.socket.htons(1)
    yield m.socket.getdefaulttimeout(), sorted(m.socket.__all__) == sorted(stdlib.__all__)
    a, b = m.socket.socketpair(type=m.socket.SOCK_DGRAM)
    with a, b:
        yield a.family, a.type, a.send(b"x"), b.recv(1), a.gettimeout()
    yield m.outcome(m.socket.socketpair, m.socket.AF_INET)
    yield m.outcome(m.socket.create_connection, ("127.0.0.1", 1, 2))
    with m.socket.create_server(("127.0.0.1", 0), backlog=1, reuse_port=True) as server:
        yield server.gettimeout(), server.getsockopt(m.socket.SOL_SOCKET, m.socket.SO_REUSEPORT)
        yield m.outcome(m.socket.create_server, server.getsockname())


SCRIPTS = (tcp, in_progress, bad_addresses, unix, ipv6, functions)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_same_as_stdlib(same: Callable[..., Any], script: Callable[[Any], Iterator[Any]]) -> None:
    """
    The script observes the same with the stdlib in a thread and with the stand-in in thread and child.
    """
    assert same(script)


def test_refused_as_stdlib(same: Callable[..., Any]) -> None:
    """
    A refused connection raises what the stdlib raises, with the same arguments.
    """
    assert (ConnectionRefusedError, (errno.ECONNREFUSED, "Connection refused")) in same(
        refused, unused_port()
    )


def default_timeouts(m: Any) -> Iterator[Any]:
    """
    Sockets made while a default timeout is set, and those they make.
    """
    with m.socket.socket() as sock, m.socket.create_server(("127.0.0.1", 0)) as server:
        yield sock.gettimeout(), server.gettimeout()
        sock.connect(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            yield accepted.gettimeout(), m.outcome(accepted.recv, 1)
        with m.socket.create_connection(server.getsockname()) as other:
            yield other.gettimeout()
        with m.socket.create_connection(server.getsockname(), None) as other:
            yield other.gettimeout()


def test_default_timeout(same: Callable[..., Any]) -> None:
    """
    setdefaulttimeout() of the stdlib holds for green sockets too.
    """
    socket.setdefaulttimeout(0.01)
    try:
        seen = same(default_timeouts)
    finally:
        socket.setdefaulttimeout(None)

    assert seen[0] == (0.01, 0.01)


def full_backlog(directory: Path) -> tuple[stdlib.socket, list[stdlib.socket], str]:
    """
    A Unix listener that takes no more connections.
    """
    path = str(directory / "s")
    server = stdlib.socket(stdlib.AF_UNIX)
    server.bind(path)
    server.listen(0)
    waiting = []
    while True:
        client = stdlib.socket(stdlib.AF_UNIX)
        client.setblocking(False)
        waiting.append(client)
        if client.connect_ex(path):
            return server, waiting, path


def close_all(*sockets: stdlib.socket) -> None:
    """
    Close them.
    """
    for sock in sockets:
        sock.close()


def test_full_unix_backlog_is_waited_for(run_async: Callable[..., Any], tmp_path: Path) -> None:
    """
    While a Unix listener's queue is full, connect() parks; it goes on when the listener accepts.
    """
    server, clients, path = full_backlog(tmp_path)
    green = [socket.socket(socket.AF_UNIX) for _ in range(3)]

    async def main() -> list[Any]:
        green[1].settimeout(0.02)
        green[2].settimeout(0)
        waits = motorish.spawn(green[0].connect, path)
        assert not waits.done()
        with pytest.raises(TimeoutError, match=r"^timed out$"):
            await motorish.spawn(green[1].connect, path)
        outcomes = [await motorish.spawn(sock.connect_ex, path) for sock in green[1:]]
        server.accept()[0].close()
        await waits
        return outcomes

    try:
        assert [errno.EAGAIN, errno.EAGAIN] == run_async(main())
        assert path == green[0].getpeername()
    finally:
        close_all(server, *clients, *green)


def full_tcp_backlog() -> tuple[stdlib.socket, list[stdlib.socket]]:
    """
    A TCP listener that drops further SYNs, so that connecting to it hangs.
    """
    server = stdlib.create_server(("127.0.0.1", 0), backlog=0)
    clients = []
    for _ in range(3):
        client = stdlib.socket()
        client.setblocking(False)
        client.connect_ex(server.getsockname())
        clients.append(client)
    return server, clients


def hanging(m: Any, address: Any) -> Iterator[Any]:
    """
    A connection that nobody answers.
    """
    with m.socket.socket() as sock:
        sock.settimeout(0.02)
        yield m.outcome(sock.connect, address)
    with m.socket.socket() as sock:
        sock.settimeout(0.02)
        yield sock.connect_ex(address), m.outcome(sock.connect, address)
    with m.socket.socket() as sock:
        soon = (0).to_bytes(8, "little") + (2000).to_bytes(8, "little")
        sock.setsockopt(m.socket.SOL_SOCKET, m.socket.SO_SNDTIMEO, soon)
        yield sock.connect_ex(address)
    yield m.outcome(m.socket.create_connection, address, 0.02)


def test_hanging_connect_as_stdlib(same: Callable[..., Any]) -> None:
    """
    A connection that is not answered in time is a TimeoutError, or EAGAIN from connect_ex.
    """
    server, clients = full_tcp_backlog()
    try:
        seen = same(hanging, server.getsockname())
    finally:
        close_all(server, *clients)

    assert seen[0] == ("TimeoutError", None)


def test_loop_runs_while_connecting(run_async: Callable[..., Any]) -> None:
    """
    A connection that hangs lets the loop run, and ends at once when its call is cancelled.
    """
    server, clients = full_tcp_backlog()
    sock = socket.socket()

    async def main() -> None:
        connecting = motorish.spawn(sock.connect, server.getsockname())
        await asyncio.sleep(0)
        assert not connecting.done()
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting

    try:
        run_async(main())
        assert -1 == sock.fileno()
    finally:
        close_all(server, *clients, sock)


def test_accept_parks_and_is_cancelled_without_harm(run_async: Callable[..., Any]) -> None:
    """
    A child that accepts is woken by a client; cancelling it leaves the listener open.
    """

    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, stdlib.socket() as one, stdlib.socket() as two:
            cancelled = motorish.spawn(server.accept)
            await asyncio.sleep(0)
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            accepting = motorish.spawn(server.accept)
            one.connect(server.getsockname())
            accepted, address = await accepting
            assert one.getsockname() == address
            two.connect(server.getsockname())
            accepted.close()
            (await motorish.spawn(server.accept))[0].close()

    run_async(main())

"""
Green sockets give the bytes and the exceptions that the stdlib's give: receiving, sending, files, flags.
"""

from __future__ import annotations

import array
import os
import socket as stdlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Script = Callable[[Any], Iterator[Any]]
Same = Callable[..., Any]


def receive(m: Any) -> Iterator[Any]:
    """
    Every receiving call, when the data is there already.
    """
    a, b = m.socket.socketpair()
    with a, b:
        for _ in range(8):
            b.sendall(b"0123456789")
        yield a.recv(10), a.recv(0)
        buffer = bytearray(b"-" * 12)
        yield a.recv_into(buffer), bytes(buffer)
        yield a.recv_into(memoryview(buffer)[2:], 4), bytes(buffer)
        yield a.recv_into(buffer, nbytes=6), bytes(buffer)
        yield a.recvfrom(10)
        yield a.recvfrom_into(buffer, 10), bytes(buffer)
        yield a.recvmsg(10)
        parts = [bytearray(4), bytearray(10)]
        yield a.recvmsg_into(parts), parts
        yield a.recv(3, m.socket.MSG_PEEK), a.recv(3), a.recv(100)
        yield m.outcome(a.recv, 1, m.socket.MSG_DONTWAIT)
        yield m.outcome(a.recv, -1), m.outcome(a.recv_into, "text"), m.outcome(a.recv)
        b.close()
        yield a.recv(1), a.recv_into(buffer), a.recvmsg(1)


def receive_later(m: Any) -> Iterator[Any]:
    """
    Every receiving call, when each answer comes on request only.
    """
    a, b = stdlib.socketpair()
    a = m.socket.socket(a.family, a.type, a.proto, a.detach())

    def serve() -> None:
        while b.recv(1):
            b.sendall(b"0123456789")
        b.close()

    with a, b, m.meanwhile(serve):
        buffer = bytearray(10)
        for receive, *args in (
            (a.recv, 10),
            (a.recv_into, buffer),
            (a.recv_into, memoryview(buffer), 10, 0),
            (a.recvfrom, 10),
            (a.recvfrom_into, buffer),
            (a.recvmsg, 10),
            (a.recvmsg_into, [buffer]),
        ):
            a.sendall(b"?")
            yield receive(*args), bytes(buffer)
        a.sendall(b"?")
        yield a.recv(10, m.socket.MSG_PEEK), a.recv(10)
        a.sendall(b"?")
        yield a.recv_into(bytearray()), a.recv(10)
        a.shutdown(m.socket.SHUT_WR)
        yield a.recv(10)


def wait_for_all(m: Any) -> Iterator[Any]:
    """
    MSG_WAITALL collects all that was asked for, or what came before the end of the stream.
    """
    a, b = stdlib.socketpair()
    a = m.socket.socket(fileno=a.detach())
    wait_all = m.socket.MSG_WAITALL

    def serve() -> None:
        while b.recv(1):
            for part in (b"01", b"234567", b"89"):
                b.sendall(part)
        b.sendall(b"end")
        b.close()

    with a, b, m.meanwhile(serve):
        a.send(b"?")
        yield a.recv(10, wait_all)
        a.send(b"?")
        buffer = bytearray(20)
        yield a.recv_into(buffer, 10, wait_all), bytes(buffer)
        a.send(b"?")
        yield a.recvfrom(10, wait_all)
        a.send(b"?")
        yield a.recvfrom_into(buffer, 10, wait_all), bytes(buffer)
        a.shutdown(m.socket.SHUT_WR)
        yield a.recv(10, wait_all), a.recv(10, wait_all)


def send(m: Any) -> Iterator[Any]:
    """
    Every sending call, with every kind of buffer.
    """
    a, b = m.socket.socketpair()
    with a, b:
        yield a.send(b"one"), b.recv(9)
        yield a.sendall(b""), a.sendall(bytearray()), a.sendall(memoryview(b"")), a.send(b"")
        yield a.sendall(array.array("i")), a.sendall(array.array("H", [1, 2])), b.recv(9)
        yield a.sendall(memoryview(b"x-y-z")[1:4]), b.recv(9)
        yield m.outcome(a.sendall, memoryview(b"x-y-z")[::2]), m.outcome(a.sendall, "text")
        yield a.sendmsg([b"two", bytearray(b"three")]), b.recv(9)
        yield a.sendmsg([b"four"], [], 0), b.recv(9)
        yield m.outcome(a.sendto, b"five"), m.outcome(a.sendto, b"five", 0, "nowhere", 1)
        b.close()
        yield m.outcome(a.send, b"x"), m.outcome(a.sendall, b"x"), m.outcome(a.sendmsg, [b"x"])


def fill_and_drain(m: Any) -> Iterator[Any]:
    """
    More than the kernel takes at once arrives whole, whichever call sends it.
    """
    a, b = stdlib.socketpair()
    a = m.socket.socket(fileno=a.detach())
    blob = os.urandom(1_500_000)

    def drain(size: int) -> bytes:
        parts = []
        while size > 0 and (part := b.recv(100_000)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    with a, b:
        for data in (blob, bytearray(blob), memoryview(blob), array.array("I", blob)):
            got = []
            with m.meanwhile(lambda got=got: got.append(drain(len(blob)))):
                a.sendall(data)
            yield got == [blob]
        a.settimeout(5)
        got = []
        with m.meanwhile(lambda: got.append(drain(len(blob)))):
            a.sendall(blob)
        yield got == [blob]
        got = []
        with m.meanwhile(lambda: got.append(drain(len(blob)))):
            sent = 0
            while sent < len(blob):
                sent += a.sendmsg([blob[sent:]])
        yield got == [blob]


def timeouts(m: Any) -> Iterator[Any]:
    """
    Timeouts: how they are set and read, what they raise, and that nothing is lost by them.
    """
    a, b = m.socket.socketpair()
    with a, b:
        yield a.gettimeout(), a.getblocking(), a.timeout
        for value in (None, 0, 5, 0.25, True, 1e-9):
            a.settimeout(value)
            yield value, a.gettimeout(), a.timeout, a.getblocking()
        for value in (-1, "1", float("nan"), float("inf"), 1e300, [], 10**12):
            yield m.outcome(a.settimeout, value)
        for flag in (True, False, 1, 0):
            a.setblocking(flag)
            yield flag, a.gettimeout(), a.getblocking()
        yield m.outcome(setattr, a, "timeout", 1)
        for receive in (
            lambda: a.recv(1),
            lambda: a.recv_into(bytearray(1)),
            lambda: a.recvfrom(1),
            lambda: a.recvmsg(1),
            lambda: a.recvmsg_into([bytearray(1)]),
            lambda: a.recv(1, m.socket.MSG_DONTWAIT),
            lambda: a.recv(1, m.socket.MSG_WAITALL),
            lambda: a.recv(1, m.socket.MSG_PEEK),
        ):
            a.settimeout(0.002)
            yield m.outcome(receive)
            a.settimeout(0)
            yield m.outcome(receive)
        a.settimeout(0.002)
        a.sendall(b"?")
        yield m.outcome(a.recv_into, bytearray(1))
        b.sendall(b"late")
        yield a.recv(9)
        try:
            a.recv(1)
        except m.socket.timeout as error:
            yield repr(error), error.args, error.__cause__
        for fill in (a.send, a.sendall, lambda data: a.sendmsg([data])):
            a.settimeout(0.002)
            results = (m.outcome(fill, b"x" * 300_000) for _ in range(99))
            yield next(error for error in results if isinstance(error, tuple))
            a.settimeout(0)
            yield m.outcome(fill, b"x" * 300_000)
        a.settimeout(None)
        yield m.outcome(a.send, b"x" * 300_000, m.socket.MSG_DONTWAIT)
        yield m.outcome(a.sendall, b"x" * 300_000, m.socket.MSG_DONTWAIT)


def kernel_timeouts(m: Any) -> Iterator[Any]:
    """
    SO_RCVTIMEO and SO_SNDTIMEO bound the calls of a blocking socket, and of its duplicates.
    """
    a, b = m.socket.socketpair()
    soon = (0).to_bytes(8, "little") + (2000).to_bytes(8, "little")
    with a, b:
        a.setsockopt(m.socket.SOL_SOCKET, m.socket.SO_RCVTIMEO, soon)
        a.setsockopt(m.socket.SOL_SOCKET, m.socket.SO_SNDTIMEO, soon)
        yield m.outcome(a.recv, 1), m.outcome(a.recv_into, bytearray(1)), a.gettimeout()
        with a.dup() as twin, m.socket.fromfd(a.fileno(), a.family, a.type) as other:
            yield m.outcome(twin.recv, 1), m.outcome(other.recv, 1)
        b.sendall(b"part")
        yield a.recv(10, m.socket.MSG_WAITALL), m.outcome(a.recv, 10, m.socket.MSG_WAITALL)
        yield m.outcome(a.sendall, bytes(10_000_000))
        a.settimeout(0.004)
        yield m.outcome(a.recv, 1)


def descriptors(m: Any) -> Iterator[Any]:
    """
    File descriptors travel in ancillary data, and by send_fds() and recv_fds().
    """
    a, b = m.socket.socketpair()
    reading, writing = os.pipe()
    with a, b:
        fds = array.array("i", [reading])
        a.sendmsg([b"fd"], [(m.socket.SOL_SOCKET, m.socket.SCM_RIGHTS, fds)])
        data, [(level, kind, raw)], flags, address = b.recvmsg(9, m.socket.CMSG_LEN(4))
        received = array.array("i", raw)[0]
        yield data, level, kind, flags & ~m.socket.MSG_CMSG_CLOEXEC, address
        os.write(writing, b"through")
        yield os.read(received, 9)
        m.socket.send_fds(a, [b"two"], [reading, writing])
        data, fds, _, _ = m.socket.recv_fds(b, 9, 2)
        yield data, len(fds)
        for fd in (reading, writing, received, *fds):
            os.close(fd)


def datagrams(m: Any) -> Iterator[Any]:
    """
    UDP: sendto in both forms, connected and not, truncation, MSG_WAITALL that does not wait.
    """
    a, b = (m.socket.socket(m.socket.AF_INET, m.socket.SOCK_DGRAM) for _ in range(2))
    with a, b:
        for end in (a, b):
            end.bind(("127.0.0.1", 0))
            end.settimeout(5)
        to = b.getsockname()
        yield a.sendto(b"one", to), a.sendto(b"two", 0, to), a.sendto(b"three", ("localhost", to[1]))
        yield b.recvfrom(2)[0], b.recvfrom(9)[1] == a.getsockname(), b.recvmsg(9)[0]
        yield m.outcome(a.send, b"x"), m.outcome(a.sendto, b"x"), m.outcome(a.sendto, b"x", "there")
        a.connect(to)
        yield a.send(b"four"), a.sendall(b"five"), a.sendmsg([b"si", b"x"])
        b.settimeout(None)
        yield b.recv(100, m.socket.MSG_WAITALL), b.recv(9), b.recv(9)
        b.settimeout(0.002)
        yield m.outcome(b.recvfrom, 9), m.outcome(b.recvfrom_into, bytearray(9))


def files(m: Any) -> Iterator[Any]:
    """
    makefile: binary and text, buffered and not, and what a timeout does to it.
    """
    a, b = m.socket.socketpair()
    with a, b:
        with a.makefile("rwb") as file, b.makefile("rw", encoding="utf-8", newline="\n") as text:
            text.write("first\nsecond ü\n")
            text.flush()
            yield file.readline(), file.readline()
            file.write(b"a reply\nrest")
            file.flush()
            yield text.readline()
            a.close()
            yield a.fileno() >= 0, file.closed
        yield a.fileno(), text.closed
    a, b = m.socket.socketpair()
    with a, b, a.makefile("rb", buffering=0) as raw, a.makefile("rb") as file:
        a.settimeout(0.002)
        yield m.outcome(raw.read, 1), m.outcome(raw.read, 1)
        yield m.outcome(file.read, 1), m.outcome(file.readline)
        try:
            file.read(1)
        except OSError as error:
            yield str(error)
        yield m.outcome(a.makefile, "x"), raw.name == a.fileno(), raw.mode
        a.setblocking(False)
        with a.makefile("rb", buffering=0) as other:
            yield other.read(1)


def send_a_file(m: Any) -> Iterator[Any]:
    """
    sendfile: whole and in part, and what it refuses.
    """
    path = Path(__file__)
    a, b = m.socket.socketpair()
    with a, b, path.open("rb") as file, path.open() as text:
        yield a.sendfile(file, 10, 100), b.recv(200) == path.read_bytes()[10:110], file.tell()
        yield m.outcome(a.sendfile, text), m.outcome(a.sendfile, file, 0, -1)
        a.setblocking(False)
        yield m.outcome(a.sendfile, file)


def duplicates(m: Any) -> Iterator[Any]:
    """
    dup, fromfd and detach: the numbers, the timeouts, and the descriptor's blocking mode.
    """
    a, b = m.socket.socketpair()
    with a, b:
        a.settimeout(7)
        with a.dup() as twin, m.socket.fromfd(a.fileno(), a.family, a.type) as other:
            yield twin.gettimeout(), other.gettimeout(), type(twin) is type(a), a.family, twin.type
            twin.sendall(b"1")
            twin.close()
            other.sendall(b"2")
        a.sendall(b"3")
        yield b.recv(1), b.recv(1), b.recv(1), twin.fileno()
    for value in (None, 0, 5):
        a, b = m.socket.socketpair()
        with a, b:
            a.settimeout(value)
            b.sendall(b"x")
            yield a.recv(1) == b"x"
            number = a.fileno()
            fd = a.detach()
            yield fd == number, os.get_blocking(fd), a.fileno(), m.outcome(a.detach), m.outcome(a.recv, 1)
            os.close(fd)


def closed(m: Any) -> Iterator[Any]:
    """
    What every call says on a closed socket.
    """
    a, b = m.socket.socketpair()
    b.close()
    a.close()
    a.close()
    for call, *args in (
        (a.recv, 1),
        (a.recv_into, bytearray(1)),
        (a.recvfrom, 1),
        (a.recvmsg, 1),
        (a.send, b"x"),
        (a.sendall, b"x"),
        (a.sendto, b"x", "/nowhere"),
        (a.sendmsg, [b"x"]),
        (a.connect, "/nowhere"),
        (a.connect_ex, "/nowhere"),
        (a.accept,),
        (a.settimeout, 1),
        (a.setblocking, True),
        (a.dup,),
        (a.shutdown, 2),
        (a.getpeername,),
        (a.detach,),
    ):
        yield m.outcome(call, *args)
    yield "[closed]" in repr(a), a.fileno(), a.gettimeout()


def names(m: Any) -> Iterator[Any]:
    """
    Non-blocking sockets by type flag, the default timeout, families, types and representations.
    """
    with m.socket.socket(type=m.socket.SOCK_STREAM | m.socket.SOCK_NONBLOCK) as sock:
        yield sock.gettimeout(), sock.type, sock.getblocking(), sock.family, sock.proto
    yield m.outcome(m.socket.socket, 9999), m.outcome(m.socket.socket, fileno=-1)
    with open(os.devnull) as file:
        yield m.outcome(m.socket.socket, fileno=file.fileno())
    yield m.socket.timeout, m.socket.error, m.socket.has_ipv6, m.socket.SocketType is m.socket.socket
    yield issubclass(m.socket.socket, stdlib.socket), m.socket.gaierror is stdlib.gaierror


SCRIPTS = (
    receive, receive_later, wait_for_all, send, fill_and_drain, timeouts, kernel_timeouts, descriptors,
    datagrams, files, send_a_file, duplicates, closed, names,
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_same_as_stdlib(same: Same, script: Script) -> None:
    """
    The script observes the same with the stdlib in a thread and with the stand-in in thread and child.
    """
    assert same(script)

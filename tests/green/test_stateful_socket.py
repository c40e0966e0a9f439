"""
Random programs of a pair of sockets: the stand-ins do what the stdlib's do.

Actor 0 uses one end, actor 1 the other; actor 2 writes to the latter, or shuts it down, while it is read.
"""

from __future__ import annotations

import hashlib
import select
import socket as stdlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from tests.faults.figures import Figures
from tests.green.worlds import SHORT_S, Machine, check

END = st.integers(0, 1)
STEPS = ["send"] * 6 + ["receive"] * 9 + ["set_timeout"] * 3 + ["transfer"] * 3 + ["look", "make_anew"]
STEPS += ["shut_down", "close"]  # seldom: they end a connection, and with it a program
TEXT = bytes(range(256)) * 8192
Draw = Callable[[st.SearchStrategy[Any]], Any]


def _recv_into(sock: Any, size: int, flags: int) -> bytes:
    buffer = bytearray(size)
    return bytes(buffer[: sock.recv_into(buffer, 0, flags)])


def _send_by_copy(sock: Any, data: bytes) -> Any:
    with sock.dup() as copy:
        return copy.send(data)


RECEIVE: dict[str, Callable[[Any, int, int], Any]] = {
    "recv": lambda sock, size, flags: sock.recv(size, flags),
    "recv_into": _recv_into,
    "recvfrom": lambda sock, size, flags: sock.recvfrom(size, flags)[0],
    "recvmsg": lambda sock, size, flags: sock.recvmsg(size, 0, flags)[0],
}
SEND: dict[str, Callable[[Any, bytes], Any]] = {
    "send": lambda sock, data: sock.send(data),
    "sendall": lambda sock, data: sock.sendall(data),
    "sendmsg": lambda sock, data: sock.sendmsg([data[:5], data[5:]]),
    "copy": _send_by_copy,
}


class Pairs(Machine):
    """
    Two connected sockets, and what is known of each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unread = [0, 0]  # bytes that have arrived there
        self.shut_read = [False, False]
        self.shut_write = [False, False]
        self.closed = [False, False]
        self.timeout: list[float | None] = [None, None]
        self.reading = [False, False]  # its actor waits for bytes
        self.sent = 0

    @initialize()
    def make(self) -> None:
        self.begin(lambda modules: list(modules.socket.socketpair()))

    def ended(self, end: int) -> bool:
        """
        Whether a read does not wait there, even if there is nothing to read.
        """
        other = 1 - end
        gone = self.closed[end] or self.closed[other]
        return gone or self.shut_read[end] or self.shut_write[other]

    def sends(self, end: int) -> bool:
        """
        Whether what is sent there arrives.
        """
        other = 1 - end
        gone = self.closed[end] or self.closed[other]
        return not (gone or self.shut_write[end] or self.shut_read[other])

    def act(self, end: int, second: bool, step: Any) -> Any:
        """
        Let the actor of an end, or actor 2, do a step; those that read go on if there is something for them.
        """
        number = 2 if second else end
        woken = [each for each in (0, 1) if self.reading[each] and (self.unread[each] or self.ended(each))]
        self.start(number, lambda pair: step(pair[end]))
        reports = self.reports(1 + len(woken))
        assert {number, *woken} == set(reports)
        for each in woken:
            self.reading[each] = False
            self._received(each, reports[each])
        return reports[number]

    def _received(self, end: int, seen: Any) -> None:
        if isinstance(seen, bytes):
            self.unread[end] -= len(seen)

    @rule(name=st.sampled_from(STEPS), end=END, data=st.data())
    def step(self, name: str, end: int, data: Any) -> None:
        """
        One of the methods below; as rules of their own the rare ones would be as frequent as the others.
        """
        second = end == 1 and data.draw(st.booleans())  # actor 2, not the end's own
        if second or not self.reading[end]:
            getattr(self, name)(end, second, data.draw)

    def send(self, end: int, second: bool, draw: Draw) -> None:
        """
        Bytes that are never the same twice; the kernel has room for all that a program sends.
        """
        size, how = draw(st.integers(0, 300)), draw(st.sampled_from(sorted(SEND)))
        data = TEXT[self.sent : self.sent + size]
        self.sent += size + 7
        self.unread[1 - end] += len(data) if self.sends(end) else 0
        seen = self.act(end, second, lambda sock: SEND[how](sock, data))
        assert self.sends(end) or not size or isinstance(seen, tuple)

    def receive(self, end: int, second: bool, draw: Draw) -> None:
        """
        At once, or begin to wait.
        """
        if self.reading[end]:
            return
        size, how = draw(st.integers(1, 600)), draw(st.sampled_from(sorted(RECEIVE)))
        flags = draw(st.sampled_from([0, 0, stdlib.MSG_PEEK, stdlib.MSG_DONTWAIT, stdlib.MSG_WAITALL]))
        if flags == stdlib.MSG_WAITALL and self.unread[end] < size:
            flags = 0
        if flags == stdlib.MSG_PEEK and not self.unread[end]:
            flags = 0

        def step(pair: Any) -> Any:
            return RECEIVE[how](pair[end], size, flags)

        if self.unread[end] or self.ended(end) or self.timeout[end] is not None or flags:
            seen = self.do(end, step)
            if flags == stdlib.MSG_PEEK:
                assert seen == self.do(end, lambda pair: RECEIVE[how](pair[end], size, 0))
            self._received(end, seen)
        elif not self.reading[1 - end]:
            self.reading[end] = True
            self.start(end, step)

    def set_timeout(self, end: int, second: bool, draw: Draw) -> None:
        if not self.reading[end]:
            timeout = self.timeout[end] = draw(st.sampled_from([None, None, None, 0.0, SHORT_S]))
            self.act(end, False, lambda sock: (sock.settimeout(timeout), sock.gettimeout()))

    def shut_down(self, end: int, second: bool, draw: Draw) -> None:
        how = draw(st.sampled_from([stdlib.SHUT_RD, stdlib.SHUT_WR, stdlib.SHUT_RDWR]))
        self.shut_read[end] |= how != stdlib.SHUT_WR
        self.shut_write[end] |= how != stdlib.SHUT_RD
        self.act(end, second, lambda sock: sock.shutdown(how))

    def close(self, end: int, second: bool, draw: Draw) -> None:
        if not self.reading[end]:
            self.closed[end] = True
            self.act(end, False, lambda sock: sock.close())
            if not self.closed[1 - end]:
                for world in self.worlds:  # where another loop has it, that closes it, soon
                    world.until(lambda pair: _has_hung_up(pair[1 - end]))

    def look(self, end: int, second: bool, draw: Draw) -> None:
        def seen(sock: Any) -> Any:
            error = sock.getsockopt(stdlib.SOL_SOCKET, stdlib.SO_ERROR) if sock.fileno() >= 0 else None
            return sock.fileno() >= 0, sock.gettimeout(), sock.family, sock.type, error

        if not self.reading[end]:
            self.act(end, False, seen)

    def make_anew(self, end: int, second: bool, draw: Draw) -> None:
        """
        The same descriptor in a new socket.
        """

        def step(pair: Any) -> None:
            pair[end] = type(pair[end])(fileno=pair[end].detach())

        if not any(self.reading) and not self.closed[end] and self.timeout[end] is None:
            self.do(end, step)

    def transfer(self, end: int, second: bool, draw: Draw) -> None:
        """
        More than the kernel has room for: the writer waits for the reader, time and again.
        """
        other = 1 - end
        if any(self.reading) or not self.sends(end):
            return
        size, chunk = draw(st.integers(1, len(TEXT))), draw(st.integers(500, 300_000))
        patience = draw(st.sampled_from([None, 20.0]))
        total, self.unread[other] = size + self.unread[other], 0

        def read(pair: Any) -> str:
            before = pair[other].gettimeout()
            pair[other].settimeout(patience)
            digest, left = hashlib.sha256(), total
            while left:
                data = pair[other].recv(min(chunk, left))
                digest.update(data)
                left -= len(data)
            pair[other].settimeout(before)
            return digest.hexdigest()

        def write(pair: Any) -> None:
            before = pair[end].gettimeout()
            pair[end].settimeout(patience)
            pair[end].sendall(TEXT[:size])
            pair[end].settimeout(before)

        writer = 2 if second else end
        self.start(writer, write)
        self.start(other, read)
        assert self.reports(2)[writer] is None

    def finish(self) -> None:
        """
        Shut down what is read.
        """
        for end in (0, 1):
            if self.reading[end]:
                self.shut_write[1 - end] = True
                self.act(1 - end, False, lambda sock: sock.shutdown(stdlib.SHUT_WR))
        for end in (0, 1):
            self.do(end, lambda pair, end=end: pair[end].close())


def _has_hung_up(sock: Any) -> bool:
    poller = select.poll()
    poller.register(sock.fileno(), 0)
    return bool(poller.poll(0))


@pytest.mark.scaled
@pytest.mark.timeout(600)
def test_pairs(figures: Figures) -> None:
    """
    Whatever is done to two connected sockets: the same bytes, waits and errors as with the stdlib's.
    """
    check(Pairs, figures.times(1500, least=25))

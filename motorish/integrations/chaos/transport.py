"""
Faults inside the green sockets: operations in pieces, late, reset or cancelled.

Nothing in the sockets knows of this: inside the block their system calls and three of their methods are
replaced, so that without it there is nothing to look at.
"""

from __future__ import annotations

import _socket
import errno
import os
import select
import socket as stdlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from random import Random
from typing import Any

from motorish.green import socket as green_socket
from motorish.green import ssl as green_ssl
from motorish.hub import current_child

_current: ContextVar[Transport | None] = ContextVar("motorish.chaos", default=None)
_stock = _socket.socket
_lock = threading.Lock()
_blocks = 0


class Transport:
    """
    What happens to the socket operations of the calls made inside a block.

    Attributes:
        operations: how many there were: connects, sends, receives, TLS handshakes.
        hit: whether there was the one that was to be reset or cancelled.
    """

    def __init__(
        self,
        split: int | None,
        reset_at: int | None,
        delay_s: float,
        cancel_at: int | None,
        seed: int | None,
    ) -> None:
        self.operations = 0
        self.hit = False
        self._split, self._delay_s = split, delay_s
        self._reset_at, self._cancel_at = reset_at, cancel_at
        self._rng = Random(seed) if seed is not None else None

    def size(self, size: int) -> int:
        """
        How many of so many bytes this operation may have.
        """
        if self._split is None:
            return size
        return min(size, self._rng.randint(1, self._split) if self._rng else self._split)

    def operate(self, sock: Any) -> None:
        """
        One more operation: it is late, or does not come to it.

        Raises:
            ConnectionResetError: the connection was reset.
            TimeoutError: it is so late that the socket's timeout passed.
            BaseException: (on a child) the call is being aborted.
        """
        self.operations += 1
        number = self.operations
        if self._delay_s:
            self._delay(sock)
        if number == self._reset_at:
            self.hit = True
            with suppress(OSError):  # not connected yet
                _stock.shutdown(sock, stdlib.SHUT_RDWR)
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        child = current_child()
        if number == self._cancel_at and child is not None and child.future is not None:
            self.hit = True
            child.future.cancel()
            sock._wait(False, 0.0)  # as if it had had to wait here

    def _delay(self, sock: Any) -> None:
        delay_s = self._rng.uniform(0, self._delay_s) if self._rng else self._delay_s
        timeout = sock.gettimeout()
        if timeout == 0:  # it never waits
            return
        try:
            sock._pause(delay_s if timeout is None else min(delay_s, timeout))
        except BaseException:
            sock.poison()  # as after any wait that was interrupted
            raise
        if timeout is not None and timeout < delay_s:
            raise TimeoutError("timed out")


@contextmanager
def transport(
    *,
    split: int | None = None,
    reset_at: int | None = None,
    delay_s: float = 0.0,
    cancel_at: int | None = None,
    seed: int | None = None,
) -> Iterator[Transport]:
    """
    Let the stream sockets of patched drivers suffer, in the calls that are made inside the block.

    Operations are counted from 1; what would only have said that it has to wait does not count.

    Args:
        split: send and receive at most so many bytes at a time.
        reset_at: the number of an operation that finds its connection reset.
        delay_s: seconds by which each operation is late; the socket's timeout can pass meanwhile.
        cancel_at: the number of an operation whose call is cancelled, as if it waited in that.
        seed: with one, sizes are random from 1 to *split*, delays from 0 to *delay_s*.
    """
    here = Transport(split, reset_at, delay_s, cancel_at, seed)
    _count(1)
    token = _current.set(here)
    try:
        yield here
    finally:
        _current.reset(token)
        _count(-1)


def _count(blocks: int) -> None:
    # The replacements are there while there is any block, in whichever thread.
    global _blocks
    with _lock:
        _blocks += blocks
        for target, name, stock, replacement in _replaced:
            setattr(target, name, replacement if _blocks else stock)


def _for(sock: Any) -> Transport | None:
    here = _current.get()
    return here if here is not None and sock.type == stdlib.SOCK_STREAM else None


def _begin(sock: Any, events: int) -> Transport | None:
    # Before a system call: where it would have to wait, it shall say so, and does not count.
    here = _for(sock) if sock.fileno() >= 0 else None
    if here is not None:
        poller = select.poll()
        poller.register(sock, events)
        if not poller.poll(0):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        here.operate(sock)
    return here


def _recv(sock: Any, bufsize: int, flags: int = 0) -> bytes:
    if bufsize and not flags & stdlib.MSG_PEEK and (here := _begin(sock, select.POLLIN)):
        bufsize = here.size(bufsize)
    return _stock.recv(sock, bufsize, flags)


def _recv_into(sock: Any, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
    size = nbytes or memoryview(buffer).nbytes
    if size and not flags & stdlib.MSG_PEEK and (here := _begin(sock, select.POLLIN)):
        nbytes = here.size(size)
    return _stock.recv_into(sock, buffer, nbytes, flags)


def _send(sock: Any, data: Any, flags: int = 0) -> int:
    if here := _begin(sock, select.POLLOUT):
        with memoryview(data) as view, view.cast("B") as whole, whole[: here.size(len(whole))] as piece:
            return _stock.send(sock, piece, flags)
    return _stock.send(sock, data, flags)


def _counted(events: int, call: Callable[..., Any]) -> Callable[..., Any]:
    # recvmsg() and its like: late, reset or cancelled, but whole.
    if call is _send or call is _stock._accept:  # type: ignore[attr-defined]
        return call

    def counted(sock: Any, *args: Any) -> Any:
        _begin(sock, events)
        return call(sock, *args)

    return counted


_stock_read, _stock_write = green_socket.socket._read, green_socket.socket._write
_stock_connect, _stock_tls = green_socket.socket._connect, green_ssl.GreenSSLSocket._tls


def _read(sock: Any, flags: int, call: Callable[..., Any], *args: Any) -> Any:
    return _stock_read(sock, flags, _counted(select.POLLIN, call), *args)


def _write(sock: Any, flags: int, call: Callable[..., Any], *args: Any) -> Any:
    return _stock_write(sock, flags, _counted(select.POLLOUT, call), *args)


def _connect(sock: Any, address: Any) -> int:
    here = _for(sock)
    if here is not None:
        try:
            here.operate(sock)
        except ConnectionResetError:
            return errno.ECONNRESET
    return _stock_connect(sock, address)


def _tls(sock: Any, operation: str, call: Callable[..., Any], *args: Any) -> Any:
    here = _for(sock)
    if here is not None:
        here.operate(sock)
        if args and operation == "read":
            args = (here.size(args[0]), *args[1:])
        elif args:
            args = (memoryview(args[0]).cast("B")[: here.size(memoryview(args[0]).nbytes)], *args[1:])
    return _stock_tls(sock, operation, call, *args)


_replaced: list[tuple[Any, str, Any, Any]] = [
    (target, name, getattr(target, name), replacement)
    for target, name, replacement in (
        (green_socket, "_recv", _recv),
        (green_socket, "_recv_into", _recv_into),
        (green_socket, "_send", _send),
        (green_socket.socket, "_read", _read),
        (green_socket.socket, "_write", _write),
        (green_socket.socket, "_connect", _connect),
        (green_ssl.GreenSSLSocket, "_tls", _tls),
    )
]

"""
Stands in for ``ssl``: TLS over green sockets, with the user's own SSLContext.

`SSLSocket` here is the stock one, so that ``isinstance`` holds for green and stock sockets alike;
`GreenSSLSocket` is what wrapping a green socket gives.  A context made by the user with the stock ``ssl``
must give it as well, and there is only one hook: ``ssl.SSLContext.sslsocket_class``.  It becomes a
dispatcher, which picks the green class for green sockets and is stock for all others.
"""

from __future__ import annotations

import errno
import os
import ssl as _stdlib
from collections.abc import Callable
from time import monotonic
from types import FunctionType
from typing import Any

from motorish.green import _twin
from motorish.green import socket as _green_socket  # not _socket: the stdlib's ssl has that name
from motorish.green.stream import remaining

globals().update(_twin.names_of(_stdlib))


class GreenSSLSocket(_stdlib.SSLSocket, _green_socket.socket):  # type: ignore[misc]  # the stdlib checks its arguments itself
    """
    As `ssl.SSLSocket`, parking a child where OpenSSL wants to read or write.
    """

    def read(self, len: int = 1024, buffer: Any = None) -> Any:
        if self._unparked > _green_socket._FAIR_BYTES:
            self._let_others()
        if self._timeout != 0.0 and self._stream is not None and self._stream.reader is not None:
            self._wait(False, 0.0)  # refuses us: what has arrived is for the one that waits for it
        data = self._tls("read", super().read, len, buffer)
        self._sender = 0
        self._unparked += (data if buffer is not None else data.__len__()) + _green_socket._FAIR_CALL_BYTES
        return data

    def write(self, data: Any) -> int:
        if self._sslobj is None:  # type: ignore[attr-defined]
            return super().write(data)  # raises
        return self._send_tls(super().write, data)

    def send(self, data: Any, flags: int = 0) -> int:
        if self._sslobj is None:  # type: ignore[attr-defined]
            return super().send(data, flags)
        return self._send_tls(super().send, data, flags)

    def _send_tls(self, call: Callable[..., int], *args: Any) -> int:
        self._note_send()
        sent: int = self._tls("write", call, *args)
        self._unparked += sent + _green_socket._FAIR_CALL_BYTES
        return sent

    def do_handshake(self, block: bool = False) -> None:
        timeout = self._timeout
        if block and timeout == 0.0:
            self._timeout = None
        try:
            self._tls("handshake", super().do_handshake)
        finally:
            self._timeout = timeout

    def unwrap(self) -> Any:
        return self._tls("read", super().unwrap)

    def _tls(self, operation: str, call: Callable[..., Any], *args: Any) -> Any:
        timeout = self._timeout
        until = None
        late = False  # one more try all the same: a busy loop may be what was slow
        while True:
            try:
                return call(*args)
            except _stdlib.SSLWantReadError:
                if timeout == 0.0:
                    raise
                writing = False
            except _stdlib.SSLWantWriteError:
                if timeout == 0.0:
                    raise
                writing = True
            if late:
                raise TimeoutError(f"The {operation} operation timed out")
            if timeout is not None and until is None:
                until = monotonic() + timeout
            late = not self._wait(writing, remaining(until))
            self._unparked = 0
            if self.fileno() < 0:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))


class _Dispatcher(_stdlib.SSLSocket):
    """
    What ``SSLContext.sslsocket_class`` is while any package is patched.
    """

    @classmethod
    def _create(cls, sock: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(sock, _green_socket.socket):
            return _stock_create(sock, *args, **kwargs)
        fd = sock.fileno()
        stream = _green_socket.handed_on[fd] = sock._stream  # the TLS socket takes it over in its __init__
        sock._stream = None
        sock._handed_on = True  # so detach() leaves the descriptor non-blocking
        try:
            return _green_create(sock, *args, **kwargs)
        finally:
            sock._handed_on = False
            if _green_socket.handed_on.pop(fd, None) is not None:  # refused before that
                sock._stream = stream


_stock_create: Callable[..., Any] = _stdlib.SSLSocket._create  # type: ignore[attr-defined]
_green_create: Callable[..., Any] = GreenSSLSocket._create  # type: ignore[attr-defined]
_stock_class = _stdlib.SSLContext.sslsocket_class


def install_dispatcher() -> None:
    """
    Make every SSLContext of the process able to wrap green sockets.
    """
    _stdlib.SSLContext.sslsocket_class = _Dispatcher


def remove_dispatcher() -> None:
    """
    Undo install_dispatcher().
    """
    _stdlib.SSLContext.sslsocket_class = _stock_class


create_connection = _green_socket.create_connection
get_server_certificate: Any = _stdlib.get_server_certificate
if isinstance(get_server_certificate, FunctionType):
    get_server_certificate = _twin.over(get_server_certificate, globals())


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)

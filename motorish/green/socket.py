"""
Stands in for ``socket``: sockets that park a child and block a thread.

The descriptor is always non-blocking in the kernel; timeouts are emulated.  Each method makes the system
call first and waits only on EAGAIN, so a timed-out call has taken nothing and can simply be made again.
"""

from __future__ import annotations

import _socket
import errno
import os
import select as _select
import socket as _stdlib
import struct
import weakref
from collections.abc import Callable
from time import monotonic
from typing import Any

from greenlet import getcurrent

from motorish.errors import BusyError
from motorish.green import _files, _twin, dns, outside
from motorish.green import selectors as _selectors
from motorish.green._registered import OUTSIDE, RegisteredSocket, closed
from motorish.green.stream import GreenStream, events_now, remaining, sockets
from motorish.hub import Child, current_child, park

globals().update(_twin.names_of(_stdlib))

selectors = _selectors
getaddrinfo = dns.getaddrinfo
getnameinfo = dns.getnameinfo
gethostbyname = dns.gethostbyname
gethostbyname_ex = dns.gethostbyname_ex
gethostbyaddr = dns.gethostbyaddr

_base = _socket.socket
_recv, _recv_into, _send, _set_kernel_blocking = _base.recv, _base.recv_into, _base.send, _base.setblocking
_fileno = _base.fileno
_UNIX_RETRY_S = 0.005
_FAIR_BYTES = 1 << 18  # may be sent and received without a wait; then it is others' turn on the loop
_FAIR_CALL_BYTES = 1 << 11  # as so many counts a call
_TIMEOUT_MAX = 9223372036.0  # seconds, as in the stdlib
_NONBLOCK = getattr(_stdlib, "SOCK_NONBLOCK", 0)
_DONTWAIT = getattr(_stdlib, "MSG_DONTWAIT", 0)
_WAITALL = getattr(_stdlib, "MSG_WAITALL", 0)
_TIMEVAL = struct.Struct("@ll")

handed_on: dict[int, GreenStream | None] = {}
"""Descriptors that a TLS socket is about to take over, with their registrations on a loop."""


class socket(RegisteredSocket):
    """
    As `socket.socket`.  One call may read and one may write at a time; another gets `BusyError`.

    MSG_WAITALL is for recv, recv_into, recvfrom and recvfrom_into; recvmsg may return less.
    """

    __slots__ = ("_file_end", "_kernel_timeouts")

    _file_end: _files.SocketIO | None

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:
        super().__init__(family, type, proto, fileno)
        self._stream = None
        self._sender = self._unparked = 0
        self._beside = self._handed_on = self._poisoned = self._out_of_step = False
        self._kernel_timeouts: dict[int, float] = {}  # SO_RCVTIMEO and SO_SNDTIMEO, where set
        nonblocking = type > 0 and bool(type & _NONBLOCK)
        self._timeout = 0.0 if nonblocking else _socket.getdefaulttimeout()
        _set_kernel_blocking(self, False)
        sockets[_fileno(self)] = self
        if fileno is not None:
            self._adopt(fileno)

    def _adopt(self, fd: int) -> None:
        for option in (_stdlib.SO_RCVTIMEO, _stdlib.SO_SNDTIMEO):
            self._note_kernel_timeout(option)
        stream = self._stream = handed_on.pop(fd, None)
        if stream is not None:
            stream.owner = weakref.ref(self)

    # Timeouts: ours, so that setting one costs no system call.

    def settimeout(self, value: float | None, /) -> None:
        if value is not None:
            value = value + 0.0
            if not value >= 0:
                raise ValueError("Timeout value out of range")
            if value > _TIMEOUT_MAX:
                raise OverflowError("timeout doesn't fit into C timeval")
        self._timeout = value
        if _fileno(self) < 0 and not self._poisoned:  # a driver's "finally" must not hide the abort
            raise closed()

    def gettimeout(self) -> float | None:
        return self._timeout

    timeout = property(gettimeout)

    def setblocking(self, flag: bool, /) -> None:
        self.settimeout(None if flag else 0.0)

    def getblocking(self) -> bool:
        return self._timeout != 0.0

    def setsockopt(self, level: int, option: int, *value: Any) -> None:
        super().setsockopt(level, option, *value)
        if level == _stdlib.SOL_SOCKET and option in (_stdlib.SO_RCVTIMEO, _stdlib.SO_SNDTIMEO):
            self._note_kernel_timeout(option)

    def _note_kernel_timeout(self, option: int) -> None:
        # The kernel ignores SO_RCVTIMEO and SO_SNDTIMEO on a non-blocking descriptor: we do it.
        seconds, micros = _TIMEVAL.unpack(self.getsockopt(_stdlib.SOL_SOCKET, option, _TIMEVAL.size))
        if seconds or micros:
            self._kernel_timeouts[option] = seconds + micros / 1e6
        else:
            self._kernel_timeouts.pop(option, None)

    def _must_not_wait(self, flags: int) -> bool:
        return self._timeout == 0.0 or bool(flags & _DONTWAIT and self._timeout is None)

    def _waits_for_all(self, flags: int) -> bool:
        if not flags & _WAITALL or flags & (_DONTWAIT | _stdlib.MSG_PEEK) or self._timeout is not None:
            return False
        return self.type == _stdlib.SOCK_STREAM

    # Receiving.

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        if flags and self._waits_for_all(flags):
            buffer = bytearray(bufsize)
            del buffer[self.recv_into(buffer, 0, flags) :]
            return bytes(buffer)
        if self._unparked > _FAIR_BYTES:
            self._let_others()
        if self._sender and self._timeout != 0.0 and not flags and bufsize > 0:
            # The reply to what was just sent is hardly here yet: save the call that would say so.
            return self._once_ready(False, _recv, bufsize, flags)  # type: ignore[no-any-return]
        try:
            data = _recv(self, bufsize, flags)
        except BlockingIOError:
            if self._must_not_wait(flags):
                raise
        else:
            self._sender = 0
            self._unparked += len(data) + _FAIR_CALL_BYTES
            return data
        return self._once_ready(False, _recv, bufsize, flags)  # type: ignore[no-any-return]

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        if flags and self._waits_for_all(flags):
            return self._recv_all(buffer, nbytes, flags & ~_WAITALL)
        if self._unparked > _FAIR_BYTES:
            self._let_others()
        if self._sender and self._timeout != 0.0 and not flags and (nbytes or len(buffer)):
            return self._once_ready(False, _recv_into, buffer, nbytes, flags)  # type: ignore[no-any-return]
        try:
            count = _recv_into(self, buffer, nbytes, flags)
        except BlockingIOError:
            if self._must_not_wait(flags):
                raise
        else:
            self._sender = 0
            self._unparked += count + _FAIR_CALL_BYTES
            return count
        return self._once_ready(False, _recv_into, buffer, nbytes, flags)  # type: ignore[no-any-return]

    def _recv_all(self, buffer: Any, nbytes: int, flags: int) -> int:
        view = memoryview(buffer).cast("B")
        total = nbytes or len(view)
        got = 0
        try:
            while got < total and (count := self.recv_into(view[got:total], 0, flags)):
                got += count
        except BlockingIOError:  # SO_RCVTIMEO
            if not got:
                raise
        return got

    def recvfrom(self, bufsize: int, flags: int = 0, /) -> tuple[bytes, Any]:
        if flags and self._waits_for_all(flags):
            return self.recv(bufsize, flags), None
        return self._read(flags, _base.recvfrom, bufsize, flags)  # type: ignore[no-any-return]

    def recvfrom_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> tuple[int, Any]:
        if flags and self._waits_for_all(flags):
            return self.recv_into(buffer, nbytes, flags), None
        return self._read(flags, _base.recvfrom_into, buffer, nbytes, flags)  # type: ignore[no-any-return]

    def recvmsg(self, bufsize: int, ancbufsize: int = 0, flags: int = 0, /) -> Any:
        return self._read(flags, _base.recvmsg, bufsize, ancbufsize, flags)

    def recvmsg_into(self, buffers: Any, ancbufsize: int = 0, flags: int = 0, /) -> Any:
        buffers = _repeatable(buffers)
        return self._read(flags, _base.recvmsg_into, buffers, ancbufsize, flags)

    def _accept(self) -> tuple[int, Any]:
        return self._read(0, _base._accept)  # type: ignore[attr-defined, no-any-return]

    def _read(self, flags: int, call: Callable[..., Any], *args: Any) -> Any:
        try:
            result = call(self, *args)
        except BlockingIOError:
            if self._must_not_wait(flags):
                raise
        else:
            self._sender = 0
            return result
        return self._once_ready(False, call, *args)

    # Sending.

    def send(self, data: Any, flags: int = 0, /) -> int:
        return self._write(flags, _send, data, flags)  # type: ignore[no-any-return]

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        size = len(data) if type(data) is bytes else memoryview(data).nbytes
        self._note_send()
        try:
            sent = _send(self, data, flags)
        except BlockingIOError:
            if self._must_not_wait(flags):
                raise
            sent = 0
        self._unparked += sent + _FAIR_CALL_BYTES
        if sent < size:
            self._send_rest(data, sent, flags)

    def _send_rest(self, data: Any, sent: int, flags: int) -> None:
        until = None if self._timeout is None else monotonic() + self._timeout
        at_once = self._must_not_wait(flags)
        with memoryview(data) as view, view.cast("B") as rest:
            while sent < len(rest):
                if until is not None and sent and not at_once and monotonic() > until:
                    raise TimeoutError("timed out")
                with rest[sent:] as tail:
                    if at_once:
                        sent += _send(self, tail, flags)
                    else:
                        sent += self._once_ready(True, _send, tail, flags, until=until)

    def sendto(self, data: Any, *flags_and_address: Any) -> int:
        if not 1 <= len(flags_and_address) <= 2:
            return _base.sendto(self, data, *flags_and_address)  # raises
        *flags, address = flags_and_address
        address = dns.resolve(self.family, address)
        return self._write(flags[0] if flags else 0, _base.sendto, data, *flags, address)  # type: ignore[no-any-return]

    def sendmsg(self, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None, /) -> int:
        buffers, ancdata = _repeatable(buffers), _repeatable(ancdata)
        if address is not None:
            address = dns.resolve(self.family, address)
        return self._write(flags, _base.sendmsg, buffers, ancdata, flags, address)  # type: ignore[no-any-return]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        return self._sendfile_use_send(file, offset, count)  # type: ignore[attr-defined, no-any-return]

    def _write(self, flags: int, call: Callable[..., Any], *args: Any) -> Any:
        self._note_send()
        try:
            sent = call(self, *args)
        except BlockingIOError:
            if self._must_not_wait(flags):
                raise
            sent = self._once_ready(True, call, *args)
        self._unparked += sent + _FAIR_CALL_BYTES
        return sent

    def _note_send(self) -> None:
        if self._out_of_step or (self._beside and not self._is_being_read()):
            self.poison()
            raise ConnectionAbortedError(
                errno.ECONNABORTED,
                "two calls used this connection at once, and one was refused: what comes next is its reply",
            )
        if self._unparked > _FAIR_BYTES:
            self._let_others(True)
        child = getcurrent()
        if type(child) is Child:
            self._sender = child.serial
            stream = self._stream
            if stream is None or stream.hub is not child.hub:
                if child.hub.closed:
                    return
                stream = self._attach(child.hub)
            child.asked.add(stream.fd)
        else:
            self._sender = OUTSIDE
            # Who reads from a file (``makefile()``) beside a child of this thread is refused in C, unknown to
            # us; in another thread it waits.
            if self._io_refs and self._is_being_read() and not self._stream.elsewhere:  # type: ignore
                self._beside = True

    def _is_being_read(self) -> bool:
        stream = self._stream
        return stream is not None and not stream.gone and stream.reader is not None

    # Connecting.

    def connect(self, address: Any, /) -> None:
        error = self._connect(address)
        if error == errno.EAGAIN and self._timeout:
            raise TimeoutError("timed out")
        if error:
            raise OSError(error, os.strerror(error))

    def connect_ex(self, address: Any, /) -> int:
        return self._connect(address)

    def _connect(self, address: Any) -> int:
        address = dns.resolve(self.family, address)
        timeout = self._timeout
        until = None if timeout is None else monotonic() + timeout
        error = _base.connect_ex(self, address)
        while self.family == _stdlib.AF_UNIX and error == errno.EAGAIN and timeout != 0.0:
            # The listener's queue is full.  The stdlib waits for room only where no timeout is set.
            if until is not None and monotonic() >= until:
                return error
            self._pause(_UNIX_RETRY_S)
            error = _base.connect_ex(self, address)
        if error != errno.EINPROGRESS or timeout == 0.0:
            return error
        if timeout is None:
            if not self._wait(True, self._kernel_timeouts.get(_stdlib.SO_SNDTIMEO)):
                return error
            error = _base.connect_ex(self, address)  # gives the outcome, and ends the attempt in the kernel
            return 0 if error == errno.EISCONN else error
        if not self._wait(True, remaining(until)) and not events_now(self, _select.POLLOUT):
            return errno.EAGAIN  # unless it is late only because the loop was
        return self.getsockopt(_stdlib.SOL_SOCKET, _stdlib.SO_ERROR)

    # Waiting.

    def _once_ready(
        self, writing: bool, call: Callable[..., Any], *args: Any, until: float | None = None
    ) -> Any:
        # The call would have blocked: wait and make it again until it does not.
        timeout = self._timeout if until is None else remaining(until)
        in_kernel = timeout is None and bool(self._kernel_timeouts)
        if in_kernel:
            timeout = self._kernel_timeouts.get(_stdlib.SO_SNDTIMEO if writing else _stdlib.SO_RCVTIMEO)
        if timeout is not None and until is None:
            until = monotonic() + timeout
        while True:
            in_time = self._wait(writing, timeout)
            try:
                result = call(self, *args)  # even when late: a busy loop may be what was slow
            except BlockingIOError:
                if in_time:
                    timeout = remaining(until)
                    continue
                if in_kernel:
                    raise
                raise TimeoutError("timed out") from None
            self._unparked = 0
            if not writing:
                self._sender = 0
            return result

    def _wait(self, writing: bool, timeout: float | None) -> bool:
        child = getcurrent()
        if type(child) is not Child:
            return self._wait_outside(writing, timeout)
        stream = self._stream
        if stream is None or stream.hub is not child.hub:
            stream = self._attach(child.hub)
        try:
            if writing:
                return stream.wait_writable(child, timeout)
            return stream.wait_readable(child, timeout)
        except BusyError:
            self._out_of_step = self._out_of_step or (not writing and self._sender == child.serial)
            raise
        except BaseException:
            if child.abort is not None:
                self.poison()
            raise

    def _let_others(self, writing: bool = False) -> None:
        # A server may be so fast that a call would never wait, nor see that it is cancelled.
        self._unparked = 0
        if type(getcurrent()) is Child and self._timeout != 0.0:
            self._wait(writing, 0.0)

    def _wait_outside(self, writing: bool, timeout: float | None) -> bool:
        if self.fileno() < 0:
            raise closed()
        stream = self._stream
        if stream is not None and not stream.gone:
            try:
                stream.refuse_second(writing)
            except BusyError:
                self._out_of_step = self._out_of_step or (not writing and self._sender == OUTSIDE)
                raise
        poller = _select.poll()
        poller.register(self, _select.POLLOUT if writing else _select.POLLIN)
        if poller.poll(0):
            return True
        outside.before_io_wait(f"waiting to {'send to' if writing else 'receive from'} a socket")
        return bool(poller.poll(None if timeout is None else timeout * 1000))

    def _pause(self, seconds: float) -> None:
        child = current_child()
        if child is not None:
            park(child, seconds)
        else:
            outside.before_io_wait("waiting to connect a socket")
            _select.select((), (), (), seconds)

    def makefile(self, *args: Any, **options: Any) -> Any:
        try:
            file = _makefile(self, *args, **options)
            self._file_end.belong_to(file)  # type: ignore[union-attr]  # which it has made
            return file
        finally:
            self._file_end = None

    # The stdlib's own code, making sockets of this class.
    dup = _twin.over(_stdlib.socket.dup, globals())
    accept = _twin.over(_stdlib.socket.accept, globals())
    _sendfile_use_sendfile = _twin.over(_stdlib.socket._sendfile_use_sendfile, globals())  # type: ignore[attr-defined]


_makefile = _twin.over(_stdlib.socket.makefile, vars(_stdlib) | {"SocketIO": _files.SocketIO})


def _repeatable(items: Any) -> Any:
    # A call that would block is made again, but a generator gives its items once.
    return items if isinstance(items, (list, tuple)) or not hasattr(items, "__next__") else list(items)


def socketpair(family: Any = None, type: int = _stdlib.SOCK_STREAM, proto: int = 0) -> tuple[socket, socket]:
    """
    As `socket.socketpair`.
    """
    pair = _stdlib.socketpair(family, type, proto)
    one, other = (socket(end.family, end.type, end.proto, end.detach()) for end in pair)
    return one, other


_twin.rebind_functions(_stdlib, globals())


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)

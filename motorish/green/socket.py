"""
Stands in for ``socket``: sockets that park a child and block a thread.

The descriptor is always non-blocking in the kernel; timeouts are emulated.  Each method makes the system
call first and waits only on EAGAIN, so a timed-out call has taken nothing and can simply be made again.
"""

from __future__ import annotations

import errno
import os
import select as _select
import socket as _stdlib
import struct
from collections.abc import Callable
from time import monotonic
from typing import Any

import _socket
from greenlet import getcurrent

from motorish.errors import BusyError
from motorish.green import _twin, dns, outside
from motorish.green.stream import GreenStream, remaining
from motorish.hub import Child, Hub, abort_hooks, current_child, park, running_loop

globals().update(_twin.names_of(_stdlib))

getaddrinfo = dns.getaddrinfo
getnameinfo = dns.getnameinfo
gethostbyname = dns.gethostbyname
gethostbyname_ex = dns.gethostbyname_ex
gethostbyaddr = dns.gethostbyaddr

_base = _socket.socket
_recv, _recv_into, _send, _set_kernel_blocking = _base.recv, _base.recv_into, _base.send, _base.setblocking
_WOULD_BLOCK = (errno.EINPROGRESS, errno.EAGAIN, errno.EWOULDBLOCK, errno.EALREADY)
_UNIX_RETRY_S = 0.005
_NONBLOCK = getattr(_stdlib, "SOCK_NONBLOCK", 0)
_DONTWAIT = getattr(_stdlib, "MSG_DONTWAIT", 0)
_WAITALL = getattr(_stdlib, "MSG_WAITALL", 0)
_TIMEVAL = struct.Struct("@ll")


class socket(_stdlib.socket):
    """
    As `socket.socket`.  One call may read and one may write at a time; another gets `BusyError`.
    """

    # _sender: serial of the call whose send has had no reply yet; it must not see another's reply.
    __slots__ = ("_handed_on", "_kernel_timeouts", "_sender", "_stream", "_timeout")

    def __init__(
        self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None
    ) -> None:
        super().__init__(family, type, proto, fileno)
        self._stream: GreenStream | None = None
        self._sender = 0
        self._handed_on = False
        self._kernel_timeouts: dict[int, float] | None = None  # SO_RCVTIMEO and SO_SNDTIMEO
        nonblocking = type > 0 and bool(type & _NONBLOCK)
        self._timeout: float | None = 0.0 if nonblocking else _socket.getdefaulttimeout()
        _set_kernel_blocking(self, False)

    # Timeouts: ours, so that setting one costs no system call.

    def settimeout(self, value: float | None, /) -> None:
        if value is not None:
            value = value + 0.0
            if not value >= 0:
                raise ValueError("Timeout value out of range")
        self._timeout = value

    def gettimeout(self) -> float | None:
        return self._timeout

    timeout = property(gettimeout)  # type: ignore[assignment]

    def setblocking(self, flag: bool, /) -> None:
        self._timeout = None if flag else 0.0

    def getblocking(self) -> bool:
        return self._timeout != 0.0

    def setsockopt(self, level: int, option: int, *value: Any) -> None:  # type: ignore[override]
        super().setsockopt(level, option, *value)
        if level == _stdlib.SOL_SOCKET and option in (_stdlib.SO_RCVTIMEO, _stdlib.SO_SNDTIMEO):
            # The kernel ignores these on a non-blocking descriptor.
            seconds, micros = _TIMEVAL.unpack(super().getsockopt(level, option, _TIMEVAL.size))
            self._kernel_timeouts = {**(self._kernel_timeouts or {}), option: seconds + micros / 1e6}

    # Receiving.

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        if flags & _WAITALL and self._timeout is None:
            buffer = bytearray(bufsize)
            del buffer[self.recv_into(buffer, 0, flags) :]
            return bytes(buffer)
        try:
            data = _recv(self, bufsize, flags)
        except BlockingIOError:
            if self._timeout == 0.0 or flags & _DONTWAIT:
                raise
        else:
            self._sender = 0
            return data
        return self._once_ready(False, _recv, bufsize, flags)  # type: ignore[no-any-return]

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        if flags & _WAITALL and self._timeout is None:
            return self._recv_all(buffer, nbytes, flags & ~_WAITALL)
        if self._sender and self._timeout != 0.0 and not flags & _DONTWAIT:
            # The reply to what was just sent is hardly here yet: save the call that would say so.
            return self._once_ready(False, _recv_into, buffer, nbytes, flags)  # type: ignore[no-any-return]
        try:
            count = _recv_into(self, buffer, nbytes, flags)
        except BlockingIOError:
            if self._timeout == 0.0 or flags & _DONTWAIT:
                raise
        else:
            self._sender = 0
            return count
        return self._once_ready(False, _recv_into, buffer, nbytes, flags)  # type: ignore[no-any-return]

    def _recv_all(self, buffer: Any, nbytes: int, flags: int) -> int:
        view = memoryview(buffer).cast("B")
        total = nbytes or len(view)
        got = 0
        while got < total and (count := self.recv_into(view[got:total], 0, flags)):
            got += count
        return got

    def recvfrom(self, bufsize: int, flags: int = 0, /) -> tuple[bytes, Any]:
        return self._read(flags, _base.recvfrom, bufsize, flags)  # type: ignore[no-any-return]

    def recvfrom_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> tuple[int, Any]:
        return self._read(flags, _base.recvfrom_into, buffer, nbytes, flags)  # type: ignore[no-any-return]

    def recvmsg(self, bufsize: int, ancbufsize: int = 0, flags: int = 0, /) -> Any:
        return self._read(flags, _base.recvmsg, bufsize, ancbufsize, flags)

    def recvmsg_into(self, buffers: Any, ancbufsize: int = 0, flags: int = 0, /) -> Any:
        return self._read(flags, _base.recvmsg_into, buffers, ancbufsize, flags)

    def _accept(self) -> tuple[int, Any]:
        return self._read(0, _base._accept)  # type: ignore[attr-defined, no-any-return]

    def _read(self, flags: int, call: Callable[..., Any], *args: Any) -> Any:
        try:
            result = call(self, *args)
        except BlockingIOError:
            if self._timeout == 0.0 or flags & _DONTWAIT:
                raise
        else:
            self._sender = 0
            return result
        return self._once_ready(False, call, *args)

    # Sending.

    def send(self, data: Any, flags: int = 0, /) -> int:
        return self._write(flags, _send, data, flags)  # type: ignore[no-any-return]

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        view = data if type(data) is bytes else memoryview(data).cast("B")
        size = len(view)
        self._note_send()
        try:
            sent = _send(self, view, flags)
        except BlockingIOError:
            if self._timeout == 0.0 or flags & _DONTWAIT:
                raise
            sent = 0
        if sent == size:
            return
        with memoryview(view) as rest:
            until = None if self._timeout is None else monotonic() + self._timeout
            while sent < size:
                if until is not None and sent and monotonic() > until:
                    raise TimeoutError("timed out")
                with rest[sent:] as tail:
                    if self._timeout == 0.0:
                        sent += _send(self, tail, flags)
                    else:
                        sent += self._once_ready(True, _send, tail, flags, until=until)

    def sendto(self, data: Any, *flags_and_address: Any) -> int:
        *flags, address = flags_and_address or (None,)
        if current_child() is not None:
            address = dns.resolve(self.family, address)
        return self._write(flags[0] if flags else 0, _base.sendto, data, *flags, address)  # type: ignore[no-any-return]

    def sendmsg(self, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None, /) -> int:
        return self._write(flags, _base.sendmsg, buffers, ancdata, flags, address)  # type: ignore[no-any-return]

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        return self._sendfile_use_send(file, offset, count)  # type: ignore[attr-defined, no-any-return]

    def _write(self, flags: int, call: Callable[..., Any], *args: Any) -> Any:
        self._note_send()
        try:
            return call(self, *args)
        except BlockingIOError:
            if self._timeout == 0.0 or flags & _DONTWAIT:
                raise
        return self._once_ready(True, call, *args)

    def _note_send(self) -> None:
        child = getcurrent()
        if type(child) is Child:
            self._sender = child.serial
            if self._stream is None or self._stream.hub is not child.hub:
                self._attach(child.hub)
        else:
            self._sender = 0

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
        if current_child() is not None:
            address = dns.resolve(self.family, address)
        until = None if self._timeout is None else monotonic() + self._timeout
        error = _base.connect_ex(self, address)
        if error not in _WOULD_BLOCK or self._timeout == 0.0:
            return error
        while self.family == _stdlib.AF_UNIX and error == errno.EAGAIN:  # the listener's queue is full
            if until is not None and monotonic() >= until:
                return errno.EAGAIN
            self._pause(_UNIX_RETRY_S)
            error = _base.connect_ex(self, address)
        if error not in _WOULD_BLOCK:
            return error
        if not self._wait(True, remaining(until)):
            return errno.EAGAIN
        return self.getsockopt(_stdlib.SOL_SOCKET, _stdlib.SO_ERROR)

    # Waiting.

    def _once_ready(
        self, writing: bool, call: Callable[..., Any], *args: Any, until: float | None = None
    ) -> Any:
        # The call would have blocked: wait and make it again until it does not.
        timeout = self._timeout
        if timeout is None and self._kernel_timeouts:
            return self._once_ready_in_kernel_time(writing, call, *args)
        if timeout is not None and until is None:
            until = monotonic() + timeout
        while True:
            if not self._wait(writing, timeout):
                raise TimeoutError("timed out")
            try:
                result = call(self, *args)
            except BlockingIOError:
                timeout = remaining(until)
                continue
            if not writing:
                self._sender = 0
            return result

    def _once_ready_in_kernel_time(self, writing: bool, call: Callable[..., Any], *args: Any) -> Any:
        option = _stdlib.SO_SNDTIMEO if writing else _stdlib.SO_RCVTIMEO
        self._wait(writing, (self._kernel_timeouts or {}).get(option) or None)
        return call(self, *args)  # BlockingIOError when the time is over, as from the kernel

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
            raise
        except BaseException:
            self._poison()
            raise

    def _wait_outside(self, writing: bool, timeout: float | None) -> bool:
        outside.before_io_wait(f"waiting for a {'send' if writing else 'receive'} on a socket")
        if self.fileno() < 0:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        poller = _select.poll()
        poller.register(self, _select.POLLOUT if writing else _select.POLLIN)
        return bool(poller.poll(None if timeout is None else timeout * 1000))

    def _pause(self, seconds: float) -> None:
        child = current_child()
        if child is not None:
            park(child, seconds)
        else:
            _select.select((), (), (), seconds)

    # The event loop's registration, and its end.

    def _attach(self, hub: Hub) -> GreenStream:
        fd = self.fileno()
        if fd < 0:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        old = self._stream
        if old is not None:
            if old.reader is not None or old.writer is not None:
                raise BusyError(
                    f"a call on the loop {old.hub.loop!r} is using this socket; it cannot be used on "
                    f"{hub.loop!r} at the same time"
                )
            self._stream = None
            if old.hub.loop.is_running():
                old.hub.loop.call_soon_threadsafe(old.forget)
            elif not old.hub.closed:
                old.forget()
        left_over = hub.streams.get(fd)
        if left_over is not None:
            left_over.forget()
        self._stream = GreenStream(hub, fd, self)
        return self._stream

    def _poison(self) -> None:
        # An interrupted exchange: nobody may read what is left of it.
        self._real_close()

    def _real_close(self, _ss: Any = _base) -> None:
        stream, self._stream = self._stream, None
        if stream is not None and not stream.hub.closed:
            loop = stream.hub.loop
            if running_loop() is loop or not loop.is_running():
                stream.forget()
            else:
                self._hand_over(stream)
        _ss.close(self)

    def _hand_over(self, stream: GreenStream) -> None:
        # Not on the loop's thread, or amid anything at all: the loop must let go of the fd, then close it.
        try:
            _base.shutdown(self, _stdlib.SHUT_RDWR)
        except OSError:
            pass
        _base.detach(self)
        stream.hub.loop.call_soon_threadsafe(stream.forget_and_close)

    def detach(self) -> int:
        stream, self._stream = self._stream, None
        if stream is not None and not stream.hub.closed:
            loop = stream.hub.loop
            if running_loop() is loop or not loop.is_running():
                stream.forget()
            else:
                fd = os.dup(_base.fileno(self))
                super().detach()
                loop.call_soon_threadsafe(stream.forget_and_close)
                os.set_blocking(fd, self._timeout is None)
                return fd
        fd = super().detach()
        if fd >= 0 and self._timeout is None and not self._handed_on:
            os.set_blocking(fd, True)
        return fd

    def __del__(self) -> None:
        stream = getattr(self, "_stream", None)
        if stream is None or _base.fileno(self) < 0:
            return  # the C finaliser warns and closes
        outside.warn_unclosed(self)
        self._stream = None
        if stream.hub.closed or not stream.hub.loop.is_running():
            stream.forget()
            _base.close(self)
        else:
            self._hand_over(stream)

    # The stdlib's own code, making sockets of this class.
    dup = _twin.over(_stdlib.socket.dup, globals())
    accept = _twin.over(_stdlib.socket.accept, globals())


SocketType = socket


def socketpair(family: Any = None, type: int = _stdlib.SOCK_STREAM, proto: int = 0) -> tuple[socket, socket]:
    """
    As `socket.socketpair`.
    """
    pair = _stdlib.socketpair(family, type, proto)
    one, other = (socket(end.family, end.type, end.proto, end.detach()) for end in pair)
    return one, other


_twin.rebind_functions(_stdlib, globals())


def _poison_unanswered(child: Child) -> None:
    # A call is being aborted: what it sent last and has had no reply to must not be answered to another.
    for stream in list(child.hub.streams.values()):
        owner = stream.owner() if stream.owner is not None else None
        if owner is not None and owner._sender == child.serial:
            owner._poison()


abort_hooks.append(_poison_unanswered)


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)

"""
What ties a green socket to an event loop: its registration there, and every way in which that ends.

The loop lets go of a descriptor before the kernel closes it, whoever closes it and wherever: a number that
is given out again while the loop still has it would belong to a socket whose events are never delivered.
"""

from __future__ import annotations

import _socket
import errno
import os
import socket as _stdlib
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from motorish.errors import BusyError
from motorish.green import outside
from motorish.green.stream import GreenStream
from motorish.hub import Child, Hub, abort_hooks, refusals

OUTSIDE = -1
"""The sender that is no call in a child."""

_base = _socket.socket
_FREE_ADDRESS_S = 1.0  # patience with a loop that is to close a listener; it may wait for this very thread


class RegisteredSocket(_stdlib.socket):
    """
    Base of the green sockets.
    """

    # _beside: a call outside children has sent something while a child was reading through a file.
    # _sender: serial of the call whose send has had no reply yet; it must not see another's reply.
    # _unparked: how much has been sent and received since a call last waited for it.
    # _out_of_step: a reply is on its way to a call that was refused.
    __slots__ = (
        "_beside", "_handed_on", "_out_of_step", "_poisoned", "_sender", "_stream", "_timeout", "_unparked",
    )  # fmt: skip

    _beside: bool
    _handed_on: bool
    _out_of_step: bool
    _poisoned: bool
    _sender: int
    _stream: GreenStream | None
    _timeout: float | None
    _unparked: int

    def _attach(self, hub: Hub) -> GreenStream:
        fd = self.fileno()
        if fd < 0:
            raise closed()
        old, self._stream = self._stream, None
        if old is not None and not old.gone:
            if old.busy:
                self._stream = old
                raise BusyError(
                    f"a call on the loop {old.hub.loop!r} is using this socket; it cannot be used on "
                    f"{hub.loop!r} at the same time"
                )
            if old.elsewhere:
                old.hand_over(None)
            else:
                old.forget()
        left_over = hub.streams.get(fd)
        if left_over is not None:
            left_over.forget()
        self._stream = GreenStream(hub, fd, self)
        return self._stream

    def poison(self) -> None:
        """
        Close the socket of an interrupted exchange: nobody may read what is left of it.  Runs on a child.
        """
        with suppress(OSError):  # somebody closed the bare number: that must not hide the abort
            if self.fileno() >= 0 and not self._is_listening():
                self._poisoned = True
                self._real_close()

    def shutdown(self, how: int, /) -> None:
        """
        As ``socket.shutdown``.  Poisoned: not connected, which drivers expect of a connection that is lost.
        """
        if self._poisoned:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        super().shutdown(how)

    def _is_listening(self) -> bool:
        return bool(self.getsockopt(_stdlib.SOL_SOCKET, _stdlib.SO_ACCEPTCONN))

    def close_now(self) -> None:
        """
        Close the descriptor, even if files made of the socket (``makefile()``) are still open.
        """
        self._real_close()

    def _real_close(self, _ss: Any = _base) -> None:
        stream = self._stream
        if stream is None or stream.gone or not stream.elsewhere or not self._is_listening():
            self._let_go()
        else:
            closed = threading.Event()
            if self._let_go(then=closed.set):
                closed.wait(_FREE_ADDRESS_S)  # so that its address can be bound anew
        _ss.close(self)

    def detach(self) -> int:
        stream = self._stream
        if stream is not None and not stream.gone and stream.elsewhere:
            fd = os.dup(self.fileno())  # the number itself stays taken until the loop has let go of it
            self._let_go()
            _base.close(self)
        else:
            self._let_go()
            fd = super().detach()
        if fd >= 0 and self._timeout is None and not self._handed_on:
            with suppress(OSError):
                os.set_blocking(fd, True)
        return fd

    def __del__(self) -> None:
        # Instead of the C finaliser, which Python does not call where there is a __del__.
        if _base.fileno(self) < 0:
            return
        try:
            outside.warn_unclosed(self)
        finally:
            self._let_go(in_finaliser=True)
            _base.close(self)

    def _let_go(self, *, in_finaliser: bool = False, then: Callable[[], object] = int) -> bool:
        # Take the descriptor off its loop.  Returns whether it was handed over to that: the loop closes it,
        # then calls then(); close() finds nothing to do.  A finaliser may run amid the loop's own code.
        stream = getattr(self, "_stream", None)
        self._stream = None
        if stream is None or stream.gone:
            return False
        if not (stream.elsewhere or (in_finaliser and stream.hub.loop.is_running())):
            stream.forget()
            return False
        stream.hand_over(partial(_close, super().detach(), then))
        return True


def _close(fd: int, then: Callable[[], object]) -> None:
    os.close(fd)
    then()


def closed() -> OSError:
    """
    What the stdlib raises for a socket that was closed.
    """
    return OSError(errno.EBADF, os.strerror(errno.EBADF))


def _unanswered(child: Child) -> Iterator[tuple[GreenStream, Any]]:
    # The sockets on which the call has sent something, and has had no reply to that.
    for fd in list(child.asked):
        stream: GreenStream | None = child.hub.streams.get(fd)
        if stream is None:
            continue
        owner = stream.owner() if stream.owner is not None else None
        if owner is not None and owner._sender == child.serial:
            yield stream, owner


def _poison_unanswered(child: Child) -> None:
    # A call is being aborted: what it sent last and has had no reply to must not be answered to another.
    for _, owner in _unanswered(child):
        owner.poison()


def _refusal(child: Child, error: RuntimeError) -> BusyError | None:
    # A file made of a socket (``makefile()``) lets nobody in while a call reads from it.
    for stream, owner in _unanswered(child) if str(error).startswith("reentrant call inside") else ():
        try:
            stream.refuse_second(False)
        except BusyError as busy:
            owner._out_of_step = True
            busy.__cause__ = error
            return busy
    return None


abort_hooks.append(_poison_unanswered)
refusals.append(_refusal)

"""
One connection through a proxy: two ends, each with what it has said and the other has not heard yet.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from contextlib import suppress
from random import Random

from .faults import Faults

KEPT_BYTES = 1 << 20
"""A sender waits while so much of what it said is on its way."""

_NO_FIN = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection, as a server's crash does
_FIN, _RST = "fin", "rst"


class End(asyncio.Protocol):
    """
    One end of a connection, and the way from there to the other end.

    Everything here runs on the proxy's loop.

    Attributes:
        other: the other end.
        transport: None until it is connected.
        kept: how many chunks are on their way.
        has_gone: nothing more will come from here.
    """

    other: End

    def __init__(self, faults: Faults, rng: Random) -> None:
        self.faults = faults
        self.transport: asyncio.Transport | None = None
        self._rng = rng
        self._loop = asyncio.get_running_loop()
        self._under_way: deque[tuple[float, bytes | str]] = deque()  # and when each may arrive
        self._bytes = self._passed = self.kept = 0
        self._not_before = 0.0  # the next piece of a trickle
        self._timer: asyncio.TimerHandle | None = None
        self._is_stuffed = False  # the other end does not read
        self._is_over = False  # nothing is to pass from here any more
        self._has_ended = False  # nor will the other end be told anything
        self._is_doomed = False  # to be reset as soon as it is connected
        self.has_gone = self._is_cut = self._is_lost = False

    @property
    def is_lost(self) -> bool:
        """
        Whether there is nothing left of the connection.
        """
        if self.transport is None:
            return self.has_gone
        return self._is_lost and (self.other.transport is None or self.other._is_lost)

    # What the event loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self._is_doomed:
            self.abort()
            return
        self.pass_on()
        self.other.pass_on()

    def data_received(self, data: bytes) -> None:
        if self._is_cut:
            self.close()  # as a server that has closed: what comes after this is answered with a reset
        elif not self._is_over:
            self._hear(data)

    def _hear(self, data: bytes) -> None:
        if self.faults.mutate is not None:
            data = self.faults.mutate(data, self._rng)
        if data:
            self._send(data)

    def eof_received(self) -> bool:
        self.has_gone = True
        if self._is_over:
            return False  # nobody is to be told: the transport closes itself
        self._send(_FIN)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        had_gone, self.has_gone, self._is_lost = self.has_gone, True, True
        self.other.stop()  # there is nobody who could hear it
        if not had_gone:
            self._send(_FIN if error is None else _RST)
        self._close_if_ended()

    def pause_writing(self) -> None:
        self.other._is_stuffed = True
        self.other._regulate()

    def resume_writing(self) -> None:
        self.other._is_stuffed = False
        self.other._regulate()

    # The way to the other end.

    def _send(self, what: bytes | str) -> None:
        if self._is_over:
            return
        self._under_way.append((self._loop.time() + self.faults.delay_s, what))
        if isinstance(what, bytes):
            self.kept += 1
            self._bytes += len(what)
        self.pass_on()

    def pass_on(self) -> None:
        """
        Let arrive what may arrive now; look again when the next is due.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.transport is None or self.other.transport is None:
            return
        self._look_at_limit()
        while self._under_way and not self.faults.frozen:
            due, what = self._under_way[0]
            if self.faults.trickle is not None:
                due = max(due, self._not_before)
            wait_s = due - self._loop.time()
            if wait_s > 0:
                self._timer = self._loop.call_later(wait_s, self.pass_on)
                break
            self._under_way.popleft()
            if isinstance(what, bytes):
                self._deliver(what, due)
            elif not self.faults.dropped:
                self._deliver_end(what)
        self._regulate()

    def _deliver(self, data: bytes, due: float) -> None:
        self.kept -= 1
        self._bytes -= len(data)
        if self.faults.dropped:
            return
        if self.faults.trickle is not None:
            size, every_s = self.faults.trickle
            self._not_before = self._loop.time() + every_s
            if data[size:]:
                self._under_way.appendleft((due, data[size:]))
                self.kept += 1
                self._bytes += len(data) - size
                data = data[:size]
        if self.faults.limit is not None:
            data = data[: self.faults.limit - self._passed]
        self._passed += len(data)
        assert self.other.transport is not None
        self.other.transport.write(data)
        self._look_at_limit()

    def _look_at_limit(self) -> None:
        limit = self.faults.limit
        if limit is None or self._passed < limit or self._is_over:
            return
        if limit == self.faults.reset_after:
            self.reset()
        else:
            self.cut()

    def _deliver_end(self, what: str) -> None:
        self._has_ended = True
        if what == _RST:
            self.other.abort()
        else:
            self.other.say_end()
        self._close_if_ended()

    def _close_if_ended(self) -> None:
        if self._has_ended and self.other._has_ended:
            self.close()
            self.other.close()

    def _regulate(self) -> None:
        if self.transport is not None and not self.has_gone:
            if self._is_stuffed or self._bytes > KEPT_BYTES:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    # Ends.

    def stop(self) -> None:
        """
        Let nothing pass from here any more, nor what is under way.
        """
        self._is_over = self._has_ended = True
        self._under_way.clear()
        self._bytes = self.kept = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._regulate()

    def cut(self) -> None:
        """
        Close the connection, both ends, with a FIN.
        """
        for end in (self, self.other):
            end.stop()
            end._is_cut = True
            end.say_end()
            if end.has_gone:
                end.close()  # else when the peer closes, too: now, it might be a reset
            end.has_gone = True

    def say_end(self) -> None:
        """
        Send this end a FIN.
        """
        if self.transport is not None and not self._is_lost:
            with suppress(OSError):  # it has just been reset
                self.transport.write_eof()

    def reset(self) -> None:
        """
        Reset the connection, both ends.
        """
        for end in (self, self.other):
            end.stop()
            end.abort()

    def abort(self) -> None:
        """
        Reset this end.
        """
        self.has_gone = self._is_doomed = True
        if self.transport is not None and not self._is_lost:
            sock: socket.socket = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_FIN)
            self.transport.abort()

    def close(self) -> None:
        """
        Close this end when what was written to it has been sent.
        """
        if self.transport is not None:
            self.transport.close()

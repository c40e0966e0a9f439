"""
Cancel: what tells the server to stop the statement of a psycopg2 connection.

``connection.cancel()`` holds the GIL while it connects to the server.  libpq 17 can do it without blocking,
and encrypted; with an older one a thread does it.
"""

from __future__ import annotations

import ctypes
import threading
from time import monotonic
from typing import Any

from motorish.drivers.postgres import libpq
from motorish.drivers.postgres.readiness import READ, WRITE, wait_ready
from motorish.hub import current_child

CLOSING_S = 2.0
"""Seconds that a request may still take when the event loop is being closed."""

_POLL_FAILED, _POLL_READING, _POLL_WRITING, _POLL_OK = range(4)


class Cancel:
    """
    A CancelRequest for what the connection executes at this moment; made without I/O.

    Args:
        connection: may be closed afterwards.
    """

    def __init__(self, connection: Any) -> None:
        lib = libpq.library()
        self._green = libpq.has_green_cancel()
        make = lib.PQcancelCreate if self._green else lib.PQgetCancel
        self._request: int | None = make(connection.pgconn_ptr)

    def __del__(self) -> None:
        request, self._request = self._request, None
        if request:
            lib = libpq.library()
            (lib.PQcancelFinish if self._green else lib.PQfreeCancel)(request)

    def send(self, timeout: float | None = None) -> str:
        """
        Send it and wait until the server has it: parked in a child, else blocking.

        Args:
            timeout: seconds, or None for no limit but the call's own.

        Returns:
            What went wrong, or an empty text.
        """
        if not self._request:
            return "the connection has no cancellation key"
        if self._green:
            return self._send_green(timeout)
        if current_child() is None:
            return self._send_blocking()
        threading.Thread(target=self._send_blocking, name="motorish-cancel", daemon=True).start()
        return ""

    def send_at_close(self) -> None:
        """
        As send(), where the event loop will not run again.
        """
        if self._green:
            self._send_green(CLOSING_S)
        else:
            thread = threading.Thread(target=self._send_blocking, name="motorish-cancel", daemon=True)
            thread.start()
            thread.join(CLOSING_S)

    def send_after_abort(self) -> None:
        """
        As send(), in the child that cleans up after an aborted call; not even the loop's end stops it.
        """
        try:
            self.send()
        except BaseException:
            child = current_child()
            if child is not None and child.hub.closed:
                self.send_at_close()
            raise

    def _send_green(self, timeout: float | None) -> str:
        lib, request = libpq.library(), self._request
        lib.PQcancelReset(request)  # of the time before, if there was one
        until = None if timeout is None else monotonic() + timeout
        state = _POLL_WRITING if lib.PQcancelStart(request) else _POLL_FAILED
        while state in (_POLL_READING, _POLL_WRITING):
            left = None if until is None else until - monotonic()
            mask = READ if state == _POLL_READING else WRITE
            if (left is not None and left <= 0) or not wait_ready(lib.PQcancelSocket(request), mask, left):
                return "cancellation timeout expired"
            state = lib.PQcancelPoll(request)
        if state == _POLL_OK:
            return ""
        return str(lib.PQcancelErrorMessage(request).decode(errors="replace"))

    def _send_blocking(self) -> str:
        message = ctypes.create_string_buffer(libpq.BUFFER_BYTES)
        done = libpq.library().PQcancel(self._request, message, libpq.BUFFER_BYTES)
        return "" if done else message.value.decode(errors="replace")

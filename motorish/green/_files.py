"""
Where a file of ``makefile()`` meets its green socket; silent if it is finalised when that was given up.

A call that is aborted leaves a connection that is closed, and maybe a file with bytes that were to go there.
When that is finalised, Python tries to send them, and prints that it cannot (from 3.13 on, or with
``-X dev``).  It is nobody's loss: the call's future has said what became of it.  Who sends, flushes or closes
is told; so is whose descriptor is open still.
"""

from __future__ import annotations

import socket as _stdlib
import weakref
from typing import Any


class SocketIO(_stdlib.SocketIO):
    """
    As `socket.SocketIO`.
    """

    _file: Any = None  # a weak reference to what makefile() has returned
    _sock: Any

    def __init__(self, sock: Any, mode: Any) -> None:
        super().__init__(sock, mode)
        sock._file_end = self

    def belong_to(self, file: Any) -> None:
        """
        Note what makefile() returns: *file* writes through us.
        """
        # One with a callback is cleared before finalisers run, by every garbage collector.
        self._file = weakref.ref(file, id)

    def write(self, data: Any) -> int | None:
        """
        As ``SocketIO.write``.
        """
        try:
            return super().write(data)
        except OSError:
            if self._sock.fileno() < 0 and self._is_finalised():
                return memoryview(data).nbytes
            raise

    def _is_finalised(self) -> bool:
        file = self._file() if self._file is not None else self
        return file is None or getattr(file, "_finalizing", False)

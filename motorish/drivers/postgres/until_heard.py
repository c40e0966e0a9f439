"""
UntilHeard: a CancelRequest that is sent again until the server has heard it.

One that comes before the server has begun with the statement changes nothing: the statement begins
afterwards, and runs to its end for nobody.  So if it was sent a moment ago, a duplicate of the connection's
descriptor is kept: what the server says there, or its end, shows that it executes the statement no longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from motorish.drivers.postgres.readiness import READ, wait_ready

AGAIN_S = (0.05, 0.2, 1.0, 3.0)
"""Seconds after which one is sent again, or after the last no longer waited for."""


YOUNG_S = 0.05
"""A statement may be unknown to the server for so long, in seconds, after it was sent."""


class UntilHeard:
    """
    To be called in a child, when the connection is closed.

    Args:
        fd: the connection's, which is open still.
        send: sends one CancelRequest.
    """

    def __init__(self, fd: int, send: Callable[[], object]) -> None:
        self._send = send
        self._fd = os.dup(fd)

    def __call__(self) -> None:
        for patience in AGAIN_S:
            self._send()
            if wait_ready(self._fd, READ, patience):
                return

    def __del__(self) -> None:
        os.close(self._fd)

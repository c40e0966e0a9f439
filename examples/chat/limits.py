"""
How much one client may ask for.
"""

from __future__ import annotations

import time
from collections.abc import Callable

BODY_LIMIT = 64 * 1024  # bytes of a POST; more is a 413
DRAIN_LIMIT = 128 * 1024 * 1024  # bytes of an oversize body read and thrown away, so that the 413 arrives
FRAME_LIMIT = 32 * 1024  # bytes of a WebSocket message; more is a close with 1009
QUEUE_LIMIT = 256  # messages waiting for one WebSocket client; more is a close with 1013
PAGE_LIMIT = 1000  # messages in one answer
FEED_PAGE = 64  # messages read at once to bring a WebSocket client up to date
FRAME_TARGET = 16 * 1024  # characters of messages in one frame to a client, unless one message is longer
POLL_SECONDS = 25.0
MESSAGES_PER_SECOND = 50.0
BURST = 100


class TokenBucket:
    """
    Lets *burst* messages pass at once and *rate* a second after that.

    ``take()`` never refuses: it says how long to wait. A WebSocket handler that
    waits does not read, so a flood piles up at its sender.
    """

    def __init__(
        self,
        rate: float = MESSAGES_PER_SECOND,
        burst: int = BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens = float(burst)
        self._updated = clock()

    def take(self) -> float:
        """
        Take one token; return the seconds to wait before acting on it.
        """
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        self._tokens -= 1
        return max(0.0, -self._tokens / self._rate)

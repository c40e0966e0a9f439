"""
What GridFS uploads and downloads have in common.
"""

from __future__ import annotations

from collections.abc import Callable

from gridfs import DEFAULT_CHUNK_SIZE

from motorish.hub import current_hub, running_loop

BATCH_BYTES = DEFAULT_CHUNK_SIZE
"""So much is sent or fetched in one round trip, but at least one chunk; PyMongo's 16 or 48 MB fill memory."""


def afterwards(function: Callable[[], object]) -> None:
    """
    Have the loop call *function*, in a child and with a deadline of its own.

    An aborted call can do no I/O itself, and who has failed is not kept waiting.
    """
    if running_loop() is None:
        function()
    else:
        hub = current_hub()
        hub.loop.call_soon(hub.clean_up, function)

"""
Stands in for ``time``: sleep() parks a child and blocks a thread.
"""

from __future__ import annotations

import time as _stdlib
from typing import Any

from motorish.green import _twin, outside
from motorish.hub import current_child, park, resume

globals().update(_twin.names_of(_stdlib))


def sleep(seconds: float, /) -> None:
    """
    As `time.sleep`; in a child the loop runs meanwhile, at least once even for 0 seconds.
    """
    child = current_child()
    if child is None:
        if seconds > 0:
            outside.before_io_wait(f"time.sleep({seconds!r})")
        _stdlib.sleep(seconds)
    elif seconds > 0:
        park(child, seconds)
    elif seconds == 0:
        handle = child.hub.loop.call_soon(resume, child)
        try:
            park(child)
        finally:
            handle.cancel()
    else:
        _stdlib.sleep(seconds)  # raises what the stdlib raises


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)

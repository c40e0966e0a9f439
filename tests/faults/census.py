"""
Counts what must not grow: descriptors, greenlets, tasks, threads, registrations on the loop, calls in flight.
"""

from __future__ import annotations

import asyncio
import gc
import threading

import greenlet

from motorish.hub import current_hub
from motorish.integrations.contract.leaks import open_descriptors


def suspended_greenlets() -> int:
    """
    How many greenlets are in the middle of something: those that the loop keeps for reuse do not count.
    """
    idle = set(map(id, current_hub().idle))
    return sum(
        issubclass(type(each), greenlet.greenlet) and each.gr_frame is not None and id(each) not in idle
        for each in gc.get_objects()
    )


def census() -> dict[str, int]:
    """
    Count; on the event loop.
    """
    gc.collect()
    return {
        "descriptors": open_descriptors(),
        "greenlets": suspended_greenlets(),
        "tasks": len(asyncio.all_tasks()),
        "threads": threading.active_count(),
        "registrations": len(current_hub().streams),
        "calls": len(current_hub().calls),
    }

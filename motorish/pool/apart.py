"""
What a pool does besides its jobs: whoever causes it neither waits for it nor sees it fail.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextvars import Context
from time import monotonic
from typing import Any

from motorish.hub import CLEANUP_S, CallFuture, deadline_of_context, running_loop, spawn


def spawn_apart(
    function: Callable[..., Any],
    *args: Any,
    seconds: float | None = CLEANUP_S,
    stopped: AbstractEventLoop | None = None,
) -> CallFuture[Any] | None:
    """
    Start a call from the loop, with none of the caller's contextvars.

    Args:
        seconds: its deadline, or None.
        stopped: the loop to start it when it runs, if none does.

    Returns:
        Its future; None if the loop ends, and its connections with it.
    """
    if stopped is None and running_loop() is None:
        return None
    context = Context()
    if seconds is not None:
        context.run(deadline_of_context.set, monotonic() + seconds)
    return spawn(function, args, context=context, later=True, stopped=stopped)

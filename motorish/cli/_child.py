"""
Runs one function to its end in a child greenlet on a fresh event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from motorish import hub
from motorish.cli._signals import ProgramSignals


def run_in_child(function: Callable[[], object]) -> BaseException | None:
    """
    Run *function* in one child greenlet; return what it raised, or None.
    """
    loop = asyncio.new_event_loop()
    try:
        with ProgramSignals(loop) as signals:
            return loop.run_until_complete(_run(function, signals))
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


async def _run(function: Callable[[], object], signals: ProgramSignals) -> BaseException | None:
    return await hub.spawn(_outcome, (function, signals))


def _outcome(function: Callable[[], object], signals: ProgramSignals) -> BaseException | None:
    # A SystemExit or KeyboardInterrupt that left the child would also stop the loop.
    try:
        with signals.interrupting_this_child():
            function()
    except BaseException as error:
        return error
    return None

"""
What becomes of calls in a forked process: the one that forked goes on as if in a thread, the others stay.

The forked process has a copy of the loop's objects, but shares its epoll and its sockets with the parent:
a wait that went to that loop would take events away from the parent, and nobody is to run it.  asyncio
says the same: ``get_running_loop()`` finds none.  But it may run all the same: after a SystemExit
`asyncio.run` cancels what is left and closes the loop, in the forked process too.  So the calls of the
parent are never resumed here, and not ended either: their ``finally`` clauses would use its connections.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any
from weakref import WeakSet

from greenlet import getcurrent

from motorish import hub
from motorish.green.stream import GreenStream
from motorish.hub import Child

inherited: WeakSet[asyncio.AbstractEventLoop] = WeakSet()
"""Loops of the parent on which there have been calls."""

_of_parent: list[Child] = []
"""Kept, as a greenlet that is collected unwinds."""


class Orphan(Child):
    """
    The child that has forked; not a `Child` to `current_child()`, so that its waits block.
    """

    __slots__ = ()


class ParentsChild(Child):
    """
    A child that was waiting as another forked.
    """

    __slots__ = ()

    def switch(self, *args: Any, **kwargs: Any) -> None:
        """
        Do nothing: the wait is the parent's.
        """

    throw = switch


class ParentsStream(GreenStream):
    """
    The registration of a descriptor on the parent's loop, which is left as it is.
    """

    def _wake(self, events: int) -> None:
        pass

    serve = _wake


def _after_fork() -> None:
    current = getcurrent()
    if type(current) is Child:
        current.__class__ = Orphan
    for loop, each in hub._hubs.items():
        inherited.add(loop)
        each.closed = True
        for stream in each.streams.values():
            stream.__class__ = ParentsStream
        for future in each.later:
            asyncio.Future.cancel(future)
        for child in each.calls - {current}:
            child.__class__ = ParentsChild
            if child.future is not None:
                child.future._child = None  # a cancel() ends it, and reaches nobody
            _of_parent.append(child)
        each.calls.clear()
        each.idle.clear()
    hub._hubs.clear()


os.register_at_fork(after_in_child=_after_fork)

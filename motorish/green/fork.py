"""
What becomes of a child in a forked process: it goes on as if in a plain thread, since it has no loop there.

The forked process has a copy of the loop's objects, but shares its epoll with the parent: a wait that went
to that loop would take events away from the parent, and nobody runs it.  asyncio says the same:
``get_running_loop()`` finds none.
"""

from __future__ import annotations

import os

from greenlet import getcurrent

from motorish.hub import Child


class Orphan(Child):
    """
    A child whose process was forked; not a `Child` to `current_child()`, so that its waits block.
    """

    __slots__ = ()


def _after_fork() -> None:
    current = getcurrent()
    if type(current) is Child:
        current.__class__ = Orphan


os.register_at_fork(after_in_child=_after_fork)

"""
One connection of a pool, and what runs its functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from motorish.hub import CallFuture, spawn
from motorish.proxy.wrapping import Root


@dataclass(eq=False, slots=True)
class Member:
    """
    One connection of a pool.

    Attributes:
        root: runs its functions, as the engine demands, one at a time.
        connection: the driver's; None until it is made, in a thread perhaps for which nobody waits any more.
        born, used: when it was made and given back last, on the clock of time.monotonic().
        has_fd: whether its descriptor was known when it was made.
    """

    root: Root
    connection: Any = None
    born: float = 0.0
    used: float = 0.0
    has_fd: bool = False

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """
        Call *function* for this connection.  Runs on a child.
        """
        return self.root.queue(function, *args)

    def call(self, function: Callable[..., Any], *args: Any) -> CallFuture[Any]:
        """
        As `run`, from a coroutine.
        """
        return spawn(self.run, (function, *args))

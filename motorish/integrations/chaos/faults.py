"""
What a proxy does to the bytes that go one way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

Mutation = Callable[[bytes, Random], bytes]


@dataclass(eq=False)
class Faults:
    """
    What is done to the bytes of one direction.  Nothing, unless told otherwise, at any moment.

    Setting an attribute takes effect before the assignment is over.

    Attributes:
        delay_s: seconds by which each chunk arrives late, in order, however many are under way.
        cut_after: after so many bytes of each connection it is closed, on both sides, with a FIN.
        reset_after: after so many bytes of each connection it is reset, on both sides.
        frozen: nothing passes; it is kept for later, and after a megabyte the sender has to wait.
        dropped: nothing passes, ever, not even that the sender has closed: a connection half open.
        trickle: ``(bytes, every_s)``: so many bytes at a time, so many seconds apart.
        mutate: given a chunk, as it came, and the connection's random numbers, returns what goes on instead.
    """

    delay_s: float = 0.0
    cut_after: int | None = None
    reset_after: int | None = None
    frozen: bool = False
    dropped: bool = False
    trickle: tuple[int, float] | None = None
    mutate: Mutation | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.__dataclass_fields__:
            fields = ", ".join(self.__dataclass_fields__)
            raise AttributeError(f"there is no fault {name!r}: there are {fields}")
        object.__setattr__(self, name, value)
        self._changed()

    def _changed(self) -> None:
        # A proxy sets this on the instance: whatever flows has to look anew.
        pass

    def tell(self, changed: Callable[[], None]) -> None:
        """
        Have *changed* called after each change: the proxy whose connections these faults are for.
        """
        object.__setattr__(self, "_changed", changed)

    @property
    def limit(self) -> int | None:
        """
        After so many bytes a connection ends.
        """
        limits = [each for each in (self.cut_after, self.reset_after) if each is not None]
        return min(limits, default=None)

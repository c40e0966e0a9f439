"""
What an object of a driver's, and all that comes from it, share: one runner, and one turn at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from weakref import WeakValueDictionary

from motorish.errors import BusyError, UsageError
from motorish.hub import current_child
from motorish.proxy.turns import Turns
from motorish.proxy.workers import Direct, Runner

NO_GATE: AbstractContextManager[None] = nullcontext()

_DIRECT = Direct()

_roots: WeakValueDictionary[int, Root] = WeakValueDictionary()  # by the id of their owner, which they keep


class Root:
    """
    A connection, as a rule; made before it for the call that makes it.

    Args:
        runner: runs the functions.
        turn: lets one call in at a time; None for objects that take several at once.
        gate: bounds the calls of all roots.
        refuses: whether a second call is refused, not queued.

    Attributes:
        owner: the driver's object, or None as long as there is none.
        ended: whether who was given what is wrapped with this root may not use it any more.
        aborted: whether a call was ended while it ran: its connection is likely closed, and need not say so.
    """

    __slots__ = ("__weakref__", "_gate", "_refuses", "aborted", "ended", "owner", "runner", "turn")

    def __init__(
        self,
        runner: Runner = _DIRECT,
        turn: Turns | None = None,
        gate: AbstractContextManager[None] = NO_GATE,
        *,
        refuses: bool = False,
    ) -> None:
        self.owner: Any = None
        self.ended = self.aborted = False
        self.runner = runner
        self.turn = turn
        self._gate = gate
        self._refuses = refuses

    def belong_to(self, owner: Any) -> None:
        """
        From now on, `root_of` gives this one for *owner*.
        """
        self.owner = owner
        _roots[id(owner)] = self

    def check(self) -> None:
        """
        Refuse a call that would wait for itself: one that the call which has the turn starts.

        Raises:
            BusyError: always then.
            UsageError: the object serves others now.
        """
        if self.ended:
            raise UsageError(
                f"{self.owner!r} was given back to its pool, and serves others: use a pool's connection, and "
                "what comes from it, inside its block only"
            )
        turn = self.turn
        if turn is not None and turn.holder is not None and turn.holder is current_child():
            raise BusyError(
                f"this call runs on {self.owner!r}, and would wait for another one on the same object, which "
                "would wait for this one to end: inside a call, use the driver's own object (.delegate)"
            )

    def run(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """
        Call *function* when it is its turn.  Runs on a child.

        Raises:
            BusyError: another call runs, and the adapter says that a second one is a mistake.
        """
        turn = self.turn
        if turn is not None and self._refuses and (turn.taken or self.runner.busy):
            raise BusyError(
                f"{getattr(function, '__qualname__', function)}() was called while another call runs on "
                f"{self.owner!r}: await that one first, or use a connection for each"
            )
        return self.queue(function, *args, **kwargs)

    def queue(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        As `run`; never refused.
        """
        turn = self.turn
        if turn is None:
            with self._gate:
                return self.runner.run(function, *args, **kwargs)
        with turn, self._gate:
            try:
                return self.runner.run(function, *args, **kwargs)
            except BaseException:
                child = current_child()
                if child is not None and child.raised:
                    self.aborted = True
                raise

    def successor(self) -> Root:
        """
        A root for the same object, for whom it serves next.
        """
        root = Root(self.runner, Turns(), self._gate, refuses=self._refuses)
        root.belong_to(self.owner)
        return root


def root_of(owner: Any) -> Root | None:
    """
    The root that belongs to *owner*, if there is one.
    """
    return _roots.get(id(owner))

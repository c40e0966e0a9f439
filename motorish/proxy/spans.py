"""
From enter to exit, from a generator's first step to its last: one Context and one identity.

A ContextVar that ``__enter__`` has set can be reset in the same Context only; an RLock that it has taken
can be released by the same owner only; what a generator has put into a ``threading.local`` must be there
at its next step.  Yet each step is a call of its own, and each call has a Context of its own.
"""

from __future__ import annotations

from contextvars import Context, ContextVar, Token, copy_context
from time import monotonic
from typing import Any

from motorish.hub import CLEANUP_S, Scope, deadline_of_context, scope_of_context

_MISSING = object()


class SpanScope(Scope):
    """
    The identity of a span that is in no `motorish.scope`.
    """

    __slots__ = ()


class Span:
    """
    The Context of several calls, made from the caller's.
    """

    __slots__ = ("_context", "_shown")

    def __init__(self) -> None:
        self._context = copy_context()
        if self._context.get(scope_of_context) is None:
            self._context.run(scope_of_context.set, SpanScope())
        self._shown: list[tuple[ContextVar[Any], Token[Any]]] = []

    def context(self, *, last: bool = False) -> Context:
        """
        The Context for the next call, with the caller's deadline.

        Args:
            last: that call cleans up; if the deadline has passed already, it gets one of its own.
        """
        deadline = deadline_of_context.get()
        if last and deadline is not None and deadline <= monotonic():
            deadline = monotonic() + CLEANUP_S
        self._context.run(deadline_of_context.set, deadline)
        return self._context

    def show(self, *, identity: bool) -> None:
        """
        Let the caller see what the calls have set: it is inside the block now.

        Args:
            identity: the caller's calls inside the block are to have that of these calls, too.
        """
        hidden = {deadline_of_context} if identity else {deadline_of_context, scope_of_context}
        for var, value in self._context.items():
            if var not in hidden and var.get(_MISSING) is not value:
                self._shown.append((var, var.set(value)))

    def hide(self) -> None:
        """
        Undo `show`.
        """
        while self._shown:
            var, token = self._shown.pop()
            try:
                var.reset(token)
            except ValueError:  # the block is left in another task than it was entered in
                pass

"""
What becomes of green objects when the interpreter ends: they behave as outside a child, since none runs.

At some moment of the end, the latest when Python clears its modules, greenlet's own functions begin to
raise.  But the finalisers of drivers still take locks, ask who they are and close sockets.  What atexit
calls after us may as well run an event loop once more, with calls in children.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable

from greenlet import getcurrent, greenlet

from motorish import hub
from motorish.green import conditions, fork, locks, socket, threading


def _current_if_any(
    ask: Callable[[], greenlet] = getcurrent, refusal: type[Exception] = RuntimeError
) -> greenlet | None:
    # The arguments are what it needs of this module, whose names are cleared, too.
    try:
        return ask()
    except refusal:
        return None


def _before_greenlet_ends() -> None:
    # atexit calls this before greenlet's own function, since it was registered later.
    for module in (hub, conditions, fork, locks, socket, threading):
        vars(module)["getcurrent"] = _current_if_any


atexit.register(_before_greenlet_ends)

"""
What becomes of green objects when the interpreter ends: they behave as outside a child, since none runs.

greenlet's own functions raise from then on.  But the finalisers of drivers still take locks, ask who they
are and close sockets, in what atexit calls and while Python clears its modules.
"""

from __future__ import annotations

import atexit

from motorish import hub
from motorish.green import conditions, fork, locks, socket, threading


def _no_greenlet() -> None:
    return None


def _before_greenlet_ends() -> None:
    # atexit calls this before greenlet's own function, since it was registered later.
    for module in (hub, conditions, fork, locks, socket, threading):
        vars(module)["getcurrent"] = _no_greenlet


atexit.register(_before_greenlet_ends)

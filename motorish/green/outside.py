"""
What a green wait does outside a child: on the running loop's own thread it is refused or warned of.

In any other thread, and where no loop runs, it blocks like the stdlib's, silently.
"""

from __future__ import annotations

import sys
import warnings
from types import FrameType

from motorish.errors import BlockingCallError, BlockingCallWarning
from motorish.hub import running_loop

policies: dict[str, str] = {}
"""Patched package -> "warn", "error" or "allow": what its socket waits do on the loop's thread."""

_warned: set[tuple[str, int]] = set()


def before_lock_wait(what: str) -> None:
    """
    A lock or condition is about to block this thread.

    Raises:
        BlockingCallError: a loop runs here; if one of its children holds the lock, that would never end.
    """
    if running_loop() is not None:
        raise BlockingCallError(
            f"{what} would block the event loop that runs in this thread, and if one of its own calls "
            "holds the lock, for ever. Run the calling function on a child greenlet: "
            "await motorish.spawn(function, ...)"
        )


def before_io_wait(what: str) -> None:
    """
    A socket, select or sleep is about to block this thread.

    Warns once per call site where a loop runs here, and goes on: an application's existing synchronous
    calls keep working.

    Raises:
        BlockingCallError: the package was patched with ``on_loop="error"``.
    """
    if running_loop() is None:
        return
    policy, site = _policy_and_site(sys._getframe(1))
    if policy == "allow":
        return
    message = (
        f"{what} blocks the event loop that runs in this thread. Run the calling function on a child "
        "greenlet: await motorish.spawn(function, ...)"
    )
    if policy == "error":
        raise BlockingCallError(message)
    key = (site.f_code.co_filename, site.f_lineno)
    if key not in _warned:
        _warned.add(key)
        warnings.warn_explicit(
            message, BlockingCallWarning, *key, module=site.f_globals.get("__name__")
        )


def warn_unclosed(resource: object) -> None:
    """
    The finaliser's ResourceWarning, as the stdlib's sockets give it.
    """
    warnings.warn(f"unclosed {resource!r}", ResourceWarning, stacklevel=3, source=resource)


def _policy_and_site(frame: FrameType) -> tuple[str, FrameType]:
    # The innermost patched package decides; the call site is the first frame outside of it.
    policy: str | None = None
    at: FrameType | None = frame
    while at is not None:
        package = at.f_globals.get("__name__", "").partition(".")[0]
        if package in policies:
            policy = policy or policies[package]
        elif package != "motorish":
            frame = at
            if policy is not None:
                break
        at = at.f_back
    if policy is None:  # no patched package on the stack: the caller of the stand-in itself
        at = sys._getframe(1)
        while at.f_back is not None and at.f_globals.get("__name__", "").startswith("motorish."):
            at = at.f_back
        frame = at
    return policy or "warn", frame

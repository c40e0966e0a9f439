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
    A lock is about to block this thread, or a condition without a timeout.

    Raises:
        BlockingCallError: a loop runs here; if one of its children holds the lock, that would never end.
    """
    if running_loop() is not None:
        raise BlockingCallError(
            f"{what} would block the event loop that runs in this thread, and if one of its own calls "
            "holds the lock, for ever. Run the calling function on a child greenlet: "
            "await motorish.spawn(function, ...)"
        )


def before_io_wait(what: str, package: str = "") -> None:
    """
    A socket, select, sleep or condition is about to block this thread, for a limited time or for I/O.

    Warns once per call site where a loop runs here, and goes on: an application's existing synchronous
    calls keep working.

    Args:
        what: is about to wait, for the message.
        package: whose policy holds, where the wait is not in the package's own Python code.

    Raises:
        BlockingCallError: the package was patched with ``on_loop="error"``.
    """
    if running_loop() is None:
        return
    policy, call, site = _find_call(sys._getframe(1))
    policy = policies.get(package, policy)
    if policy == "allow":
        return
    message = (
        f"{f'{call}, {what},' if call else what} blocks the event loop that runs in this thread. Run the "
        "calling function on a child greenlet: await motorish.spawn(function, ...)"
    )
    if policy == "error":
        raise BlockingCallError(message)
    key = (site.f_code.co_filename, site.f_lineno)
    if key not in _warned:
        _warned.add(key)
        warnings.warn_explicit(message, BlockingCallWarning, *key, module=site.f_globals.get("__name__"))


def warn_unclosed(resource: object) -> None:
    """
    The finaliser's ResourceWarning, as the stdlib's sockets give it: their users have filters for its words.
    """
    words = f"unclosed {resource!r}".replace("<motorish.green.", "<", 1).replace("<ssl.Green", "<ssl.", 1)
    warnings.warn(words, ResourceWarning, stacklevel=3, source=resource)


def _find_call(frame: FrameType | None) -> tuple[str, str, FrameType]:
    # The policy of the innermost patched package; what the application called, and where: in the first frame
    # outside of that package.  Without a patched package, that is the caller of the stand-in itself.
    policy = call = ""
    site = own = frame
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        package = module.partition(".")[0]
        if package in policies:
            policy = policy or policies[package]
            call = f"{module}.{frame.f_code.co_qualname}()"
        elif package != "motorish" and package not in sys.stdlib_module_names:
            if policy:
                return policy, call, frame
            own = frame if own is site else own
        frame = frame.f_back
    assert own is not None
    return policy or "warn", call, own

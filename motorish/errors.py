"""
What motorish itself raises; a driver's own exceptions always pass through unwrapped.

::

    MotorishError                       base of the errors below that are about using motorish
     ├── UsageError(RuntimeError)       the caller can fix it
     │    ├── NotInChildError           a call that parks was made outside a child greenlet
     │    ├── BlockingCallError         a wait on the loop's own thread would stop the loop
     │    ├── ForeignLoopError          an object of one event loop was used on another
     │    └── BusyError                 two calls wanted the same direction of one socket
     ├── PatchError(RuntimeError)       a package could not be made green
     └── PoolTimeout(TimeoutError)      no connection of a pool became free in time
    DeadlineExceeded(TimeoutError)      ``motorish.timeout`` struck; its cause is the driver's error
    CallAborted(ConnectionAbortedError) thrown *into* a driver whose call was cancelled or timed out
    BlockingCallWarning(RuntimeWarning) a synchronous call blocked the loop (it went on all the same)
    PatchWarning(RuntimeWarning)        something in a patched package stays blocking
"""

from __future__ import annotations

__all__ = [
    "BlockingCallError",
    "BlockingCallWarning",
    "BusyError",
    "CallAborted",
    "DeadlineExceeded",
    "ForeignLoopError",
    "MotorishError",
    "NotInChildError",
    "PatchError",
    "PatchWarning",
    "PoolTimeout",
    "UsageError",
]


class MotorishError(Exception):
    """
    Base class of the errors that are about motorish rather than about a driver or a server.
    """


class UsageError(MotorishError, RuntimeError):
    """
    The calling code can fix this; the message says how.
    """


class NotInChildError(UsageError):
    """
    A function that parks its caller was called outside a child greenlet.
    """


class BlockingCallError(UsageError):
    """
    A wait on the event loop's own thread, outside a child, would stop the loop, perhaps for ever.
    """


class ForeignLoopError(UsageError):
    """
    An object that belongs to one event loop was used on another; the message names both.
    """


class BusyError(UsageError):
    """
    A second call wanted to read from (or write to) a socket on which another one is waiting; or a second
    call on a wrapped connection came from inside the first, or where the adapter allows none.
    """


class PatchError(MotorishError, RuntimeError):
    """
    A package could not be patched, or not wholly and ``strict=True`` was asked for.
    """


class PoolTimeout(MotorishError, TimeoutError):
    """
    No connection of a `motorish.ConnectionPool` became free within its ``acquire_timeout``.
    """


class DeadlineExceeded(TimeoutError):
    """
    The deadline of ``motorish.timeout`` passed before the call was done.

    The driver's own exception, raised while it unwound, is the ``__cause__``.
    """


class CallAborted(ConnectionAbortedError):
    """
    Raised inside a driver, at its wait, when its call was cancelled or its deadline passed.

    An ``OSError``, because that is what drivers clean up on.  Callers never see it: the call
    ends with ``asyncio.CancelledError`` or `DeadlineExceeded`.
    """


class BlockingCallWarning(RuntimeWarning):
    """
    A green socket blocked the event loop, because it was used outside a child greenlet.
    """


class PatchWarning(RuntimeWarning):
    """
    Something in a patched package could not be reached and stays blocking.
    """

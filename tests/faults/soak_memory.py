"""
What the soak's process has in memory, and how much of that is in use.

Free memory that malloc keeps for later is no growth, but it looks like it.  Each thread has a heap of its
own; what is free at its end is kept, up to M_TRIM_THRESHOLD, which glibc raises as it goes, and malloc_trim()
gives that back for the main thread's heap only.  A restart of nginx in a thread, with a file of 1 MB to be
written, once was a step of 1 MB for each thread that did it; proxies that reach a new peak make small ones.
Measured, that was +1.5 to +2.5 MB in 10 minutes, of which 0.0 to 0.1 MB were in use.  So all threads share
the main thread's heap there, and `trim` gives back all that is free.
"""

from __future__ import annotations

import ctypes
import re
import resource
from contextlib import suppress
from pathlib import Path

PAGE = resource.getpagesize()
MB = 1 << 20

_LIBC = ctypes.CDLL(None)
_M_ARENA_MAX = -8  # of <malloc.h>


class _Mallinfo(ctypes.Structure):
    # struct mallinfo2 of <malloc.h>
    _fields_ = [
        ("arena", ctypes.c_size_t),
        ("ordblks", ctypes.c_size_t),
        ("smblks", ctypes.c_size_t),
        ("hblks", ctypes.c_size_t),
        ("hblkhd", ctypes.c_size_t),
        ("usmblks", ctypes.c_size_t),
        ("fsmblks", ctypes.c_size_t),
        ("uordblks", ctypes.c_size_t),
        ("fordblks", ctypes.c_size_t),
        ("keepcost", ctypes.c_size_t),
    ]


def share_one_heap() -> None:
    """
    Have all threads that will be started allocate where the main thread does.
    """
    with suppress(AttributeError):  # only glibc has it
        _LIBC.mallopt(_M_ARENA_MAX, 1)


def trim() -> None:
    """
    Give back to the system what free() keeps for later, and empty a cache.

    That cache is the one of `re`: imaplib compiles a pattern for each connection, which is kept until there
    are 512 of them.
    """
    re.purge()
    with suppress(AttributeError):
        _LIBC.malloc_trim(0)


def memory_mb() -> float:
    """
    What the process has in memory.
    """
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MB


def malloc_mb() -> float:
    """
    What malloc has given out and not got back: the drivers' C libraries', and Python's large objects.

    0 where that cannot be asked.
    """
    try:
        mallinfo = _LIBC.mallinfo2
    except AttributeError:
        return 0.0
    mallinfo.restype = _Mallinfo
    now = mallinfo()
    return float(now.uordblks + now.hblkhd) / MB

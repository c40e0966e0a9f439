"""
Waiting for a descriptor of libpq's: parked in a child, elsewhere as psycopg2's own ``wait_select``.

libpq's sockets have no green socket, so they are on the loop only while somebody waits for them (or `kept`
there), and release_fd() takes them off it before libpq closes them.
"""

from __future__ import annotations

import asyncio
import select
import threading
from collections.abc import Callable
from typing import Any

from motorish.green import outside
from motorish.green.stream import READ as READ
from motorish.green.stream import WRITE as WRITE
from motorish.green.stream import watch
from motorish.hub import Child, Hub, current_child, running_loop

RELEASE_S = 1.0
"""Seconds that another thread's loop gets to let go of a descriptor."""


def wait_ready(fd: int, mask: int, timeout: float | None = None, package: str = "psycopg2") -> bool:
    """
    Wait until a descriptor is readable or writable.

    Args:
        mask: READ, WRITE or both.
        timeout: seconds, or None.
        package: whose ``on_loop`` policy holds on the event loop's own thread.

    Returns:
        False if *timeout* passed first.

    Raises:
        BaseException: the call is being aborted.
    """
    child = current_child()
    if child is not None and not child.hub.closed:
        return watch(child, {fd: mask}, timeout)
    if child is None and running_loop() is not None:
        outside.before_io_wait("waiting for PostgreSQL", package)
    poll = select.poll()
    poll.register(fd, (select.POLLIN if mask & READ else 0) | (select.POLLOUT if mask & WRITE else 0))
    return bool(poll.poll(None if timeout is None else timeout * 1000))


def release_fd(hub: Hub | None, fd: int, then: Callable[[], object] | None = None) -> None:
    """
    Take a descriptor that is about to be closed off its loop; who waits for it wakes up.

    Args:
        hub: of the loop where it may be registered.
        then: closes it, before anybody who has woken up can wait for it again.
    """

    def let_go() -> None:
        stream = None if hub is None else hub.streams.get(fd)  # as it is at this moment
        if stream is not None:
            stream.forget()
        if then is not None:
            then()

    once = threading.Lock()

    async def let_go_on_its_loop() -> None:
        if once.acquire(blocking=False):
            let_go()

    if hub is None or hub.closed or running_loop() is hub.loop or not hub.loop.is_running():
        let_go()
        return
    done = asyncio.run_coroutine_threadsafe(let_go_on_its_loop(), hub.loop)
    try:
        done.result(RELEASE_S)
    except TimeoutError:
        if once.acquire(blocking=False):
            let_go()  # its thread is stuck, perhaps because it waits for us: it looks at no descriptors now


def is_aborted(child: Any) -> bool:
    """
    Whether what was raised in *child* is the end of its call.
    """
    return isinstance(child, Child) and child.abort is not None

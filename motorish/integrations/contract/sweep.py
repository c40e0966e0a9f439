"""
Aborts one call when it has begun its k-th wait, for every k.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal, TypeVar

from motorish import hub

T = TypeVar("T")
Cause = Literal["cancel", "deadline"]


class Sweep:
    """
    What every wait of every call passes through during `watching`.
    """

    def __init__(self) -> None:
        self._serial = self._countdown = 0
        self._cause: Cause = "cancel"
        self._shielded_s = 0.0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """
        Watch the waits of the calls made inside the block.
        """
        stock = hub.park
        modules = [
            module
            for name, module in list(sys.modules.items())
            if name.startswith("motorish.") and module is not hub and vars(module).get("park") is stock
        ]
        try:
            for module in modules:
                module.park = self._park  # type: ignore[attr-defined]
            yield
        finally:
            for module in modules:
                module.park = stock  # type: ignore[attr-defined]

    def arm(self, wait: int, cause: Cause = "cancel") -> None:
        """
        Abort the next call that is started when it has begun its *wait*-th wait (from 1).
        """
        self._cause = cause
        self._countdown, self._shielded_s = wait, 0.0
        self._serial = next(hub._serials) + 1

    async def outcome(self, future: asyncio.Future[Any]) -> tuple[Any, float | None]:
        """
        Wait for the call that `arm` was for.

        Returns:
            Its result, or its exception; and the seconds from the abort to its end, less those in which
            it may not be interrupted, or None if it was not aborted: it had no such wait.
        """
        while self._countdown > 0 and not future.done():
            await asyncio.sleep(0)
        hit = self._countdown <= 0
        began = monotonic()
        result: Any
        try:
            result = await future
        except (Exception, asyncio.CancelledError) as error:
            result = error
        return result, monotonic() - began - self._shielded_s if hit else None

    def _park(self, child: hub.Child, timeout: float | None = None, *, shield: bool = False) -> bool:
        if child.serial != self._serial:
            return hub.park(child, timeout, shield=shield)
        self._countdown -= 1
        if self._countdown == 0:
            assert child.future is not None
            child.hub.loop.call_soon(self._abort, child, child.future)
        began = monotonic()
        try:
            return hub.park(child, timeout, shield=shield)
        finally:
            if shield:
                self._shielded_s += monotonic() - began

    def _abort(self, child: hub.Child, future: hub.CallFuture[Any]) -> None:
        # Delivered at once: the loop handles what has arrived meanwhile only after us.
        if self._cause == "cancel":
            future.cancel()
        elif child.abort is None:
            child.deadline = monotonic()
            child.abort = hub.Abort.DEADLINE
        child.deliver_abort(future)

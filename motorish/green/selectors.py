"""
Stands in for ``selectors``: the stdlib's selectors over the green `select`.
"""

from __future__ import annotations

import selectors as _stdlib
import sys
from typing import Any

from motorish.green import _twin
from motorish.green import select as _select

globals().update(_twin.names_of(_stdlib))


class SelectSelector(_stdlib.SelectSelector):
    """
    As `selectors.SelectSelector`.
    """

    def _select(self, r: Any, w: Any, x: Any, timeout: float | None = None) -> Any:
        ready_to_read, ready_to_write, _ = _select.select(r, w, [], timeout)
        return ready_to_read, ready_to_write, []


class PollSelector(_stdlib.PollSelector):
    """
    As `selectors.PollSelector`.
    """

    _selector_cls = _select.poll


DefaultSelector: Any = PollSelector

if hasattr(_stdlib, "EpollSelector"):

    class EpollSelector(_stdlib.EpollSelector):
        """
        As `selectors.EpollSelector`.
        """

        _selector_cls = _select.epoll

    DefaultSelector = EpollSelector

if sys.platform != "linux":

    class KqueueSelector(_stdlib.KqueueSelector):
        """
        As `selectors.KqueueSelector`.
        """

        def __init__(self) -> None:
            super().__init__()
            self._selector.close()
            self._selector = _select.kqueue()

    DefaultSelector = KqueueSelector


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)

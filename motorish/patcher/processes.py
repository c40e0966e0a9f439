"""
Lets the green copy of ``subprocess`` park a child while it waits for a process or for its output.

With a timeout the stdlib polls and selects, which green imports make park; without one it blocks in
``waitpid()`` and ``read()``.  So in a child there always is a timeout.

Still blocking are the start of a process, for a moment, and direct reads of ``process.stdout``.
"""

from __future__ import annotations

from functools import wraps
from subprocess import TimeoutExpired
from time import monotonic
from typing import Any

from motorish.green import outside
from motorish.green.locks import UNWIND_LOCK_S
from motorish.hub import Child, current_child, park

_ROUND_S = 3600.0
"""The timeout, in seconds, in place of none; when it passes, the wait begins anew."""

_REAP_S = 0.001


def make_patient(popen: Any) -> Any:
    """
    Replace what blocks without a timeout in *popen*, the copied class; returns it.
    """
    stock_communicate, stock_wait = popen.communicate, popen._wait

    @wraps(stock_communicate)
    def communicate(self: Any, input: Any = None, timeout: float | None = None) -> Any:
        if timeout is not None:
            return stock_communicate(self, input, timeout)
        if current_child() is None:
            _before_blocking(self)
            return stock_communicate(self, input)
        while True:
            try:
                return stock_communicate(self, input, _ROUND_S)
            except TimeoutExpired:
                input = None  # it was taken over

    @wraps(stock_wait)
    def wait(self: Any, timeout: float | None) -> Any:
        child = current_child()
        if child is not None and child.raised and not child.hub.closed:
            _reap(self, child)
        if timeout is not None:
            return stock_wait(self, timeout)
        if child is None:
            _before_blocking(self)
            return stock_wait(self, None)
        while True:
            try:
                return stock_wait(self, _ROUND_S)
            except TimeoutExpired:
                pass

    popen.communicate, popen._wait = communicate, wait
    return popen


def _before_blocking(process: Any) -> None:
    if process.poll() is None:
        outside.before_io_wait(f"waiting for the process {process.args!r}")


def _reap(process: Any, child: Child) -> None:
    # The call unwinds: run() has killed the process, which takes a moment to be gone.
    until = monotonic() + UNWIND_LOCK_S
    while process.poll() is None and monotonic() < until:
        park(child, _REAP_S, shield=True)

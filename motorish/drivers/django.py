"""
What the layers below know of Django: synchronous code that refuses to run where an event loop runs.

In a child it is synchronous code like in a thread without a loop, and may run.  Its connections belong to
asgiref's ``Local``, which becomes a ``threading.local`` there: one per call, or per `motorish.scope`.
On the loop's own thread outside a child Django goes on refusing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib import import_module
from types import ModuleType, SimpleNamespace
from typing import Any

from motorish.adapter import Adapter, register
from motorish.hub import current_child

_stock: list[tuple[ModuleType, str, Any]] = []


def _get_running_loop() -> asyncio.AbstractEventLoop:
    if current_child() is not None:
        raise RuntimeError("no running event loop for synchronous code in a child")
    return asyncio.get_running_loop()


def _see_no_loop(active: bool) -> None:
    """
    Answer those who ask only in order to refuse, or to tell a thread from a coroutine.
    """
    while _stock:
        setattr(*_stock.pop())
    if not active:
        return
    for module_name, name, value in (
        ("asgiref.local", "asyncio", SimpleNamespace(get_running_loop=_get_running_loop)),
        ("django.utils.asyncio", "get_running_loop", _get_running_loop),
    ):
        with suppress(ImportError):  # one of the two may not be installed
            module = import_module(module_name)
            _stock.append((module, name, getattr(module, name)))
            setattr(module, name, value)


DJANGO = register(Adapter(name="django", packages=("django", "asgiref"), wait_hook=_see_no_loop))

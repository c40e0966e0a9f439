"""
wrap(): the asynchronous facade of a driver that nobody here needs to have heard of.
"""

from __future__ import annotations

import _thread
import functools
import importlib
import inspect
import socket
import ssl
import sys
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Literal

from motorish import adapter
from motorish.adapter import Engine
from motorish.errors import UsageError
from motorish.patcher import patch, table, use_copy
from motorish.proxy.engines import choose_engine, packages_to_patch
from motorish.proxy.values import DATA
from motorish.proxy.wrapped import Wrapped
from motorish.proxy.wrapping import Wrapping

_ENGINES = ("greenlet", "thread", "auto")
_STOCK = (socket.socket, ssl.SSLSocket, _thread.LockType, _thread.RLock)

_wrappings: dict[tuple[frozenset[str], Engine, int | None], Wrapping] = {}


def wrap(
    target: Any, engine: Literal["greenlet", "thread", "auto"] = "auto", *, max_calls: int | None = None
) -> Any:
    """
    Make an asynchronous facade of a synchronous module, class, function or object.

    Its functions and methods start at once and return a future; with ``callback=`` they return None and
    call ``callback(result, error)``, unless they have a parameter of that name themselves.  What they
    return is wrapped in turn if it is an object of the driver's, and given as it is if it is data.
    Context managers become asynchronous ones, iterators and cursors asynchronous iterators.  Attributes
    are read and set directly.  One call at a time runs on a connection; others wait for their turn.

    Args:
        target: what to wrap, or a module's name; its package is patched, if the engine is ``"greenlet"``.
        engine: ``"greenlet"`` for what can wait in green, ``"thread"`` for what cannot; ``"auto"`` asks
            the adapter or looks at the package (``python -m motorish doctor PACKAGE`` says why).
        max_calls: calls at once at most, of all that is wrapped here; further ones wait.

    Returns:
        The facade; its ``delegate`` is the driver's own object.

    Raises:
        ImportError: there is no module of that name.
        TypeError: *target* is a coroutine function, or data.
        ValueError: there is no such *engine*.
        PatchError: the package cannot be patched.

    Example::

        mysql = motorish.wrap(pymysql)
        connection = await mysql.connect(host="localhost")
        async with connection.cursor() as cursor:
            await cursor.execute("select id, name from users")
            async for row in cursor:
                print(row)
    """
    if engine not in _ENGINES:
        raise ValueError(f"engine must be one of {', '.join(map(repr, _ENGINES))}, not {engine!r}")
    if isinstance(target, Wrapped):
        if engine in ("auto", target._wrapping.engine) and max_calls is None:
            return target
        target = target.delegate
    if isinstance(target, DATA) and not isinstance(target, str):
        raise TypeError(f"{target!r} is data: there is nothing to wrap")
    if inspect.iscoroutinefunction(target):
        raise TypeError(f"{target!r} is a coroutine function already")
    module = require_module(target) if isinstance(target, str) else _module_name(target)
    package = module.partition(".")[0]
    chosen = choose_engine(module).engine if engine == "auto" else engine
    packages = frozenset(packages_to_patch(package)) if chosen == "greenlet" else _siblings(package)
    if chosen == "greenlet":
        if package in sys.stdlib_module_names:
            target = _green_counterpart(_imported(target))
            use_copy(package)
        elif package != "__main__":
            patch(*packages)
            _refuse_stock(target)
    wrapping = _wrapping(packages, chosen, max_calls, adapter.for_package(package))
    return wrapping.wrap_own(_imported(target))


def wrap_module(name: str, engine: Engine) -> Any:
    """
    The facade of the module *name*; what pickles of one are made with.
    """
    return wrap(importlib.import_module(name), engine)


def require_module(name: str) -> str:
    """
    The name, if its package is installed.

    Raises:
        ModuleNotFoundError: it is not.
    """
    package = name.partition(".")[0]
    if package not in sys.modules and (not package or find_spec(package) is None):
        raise ModuleNotFoundError(f"there is no module {name!r} here: install the driver, or check its name")
    return name


def _imported(target: Any) -> Any:
    return importlib.import_module(target) if isinstance(target, str) else target


def _wrapping(
    packages: frozenset[str], engine: Engine, max_calls: int | None, known: adapter.Adapter | None
) -> Wrapping:
    # Whoever wraps an object of the driver's gets the same wrapped one.
    key = (packages, engine, max_calls)
    found = _wrappings.get(key)
    if found is None or found.known is not known:
        found = _wrappings[key] = Wrapping(packages, engine, known, max_calls)
    return found


def _siblings(package: str) -> frozenset[str]:
    known = adapter.for_package(package)
    return frozenset(known.packages if known is not None else (package,))


def _module_name(target: Any) -> str:
    if isinstance(target, ModuleType):
        return target.__name__
    if isinstance(target, functools.partial):
        return _module_name(target.func)
    if isinstance(target, type) or inspect.isroutine(target):
        bound_to = getattr(target, "__self__", None)
        if bound_to is not None and not isinstance(bound_to, ModuleType):
            return _module_name(bound_to)
        return getattr(target, "__module__", None) or "builtins"
    return type(target).__module__


def _green_counterpart(target: Any) -> Any:
    # The stdlib stays as it is: what takes its place for patched packages is what can wait in green.
    green = table.green_for(target)
    if green is target and all(table.stock_for(one) is one for one in (target, type(target))):
        raise UsageError(
            f"{target!r} is the stdlib's own, which stays as it is and stops the loop while it waits: "
            f"wrap the module {_module_name(target)!r} and make the object with that, or use engine='thread'"
        )
    return green


def _refuse_stock(target: Any) -> None:
    # An object that was made before its package was patched.
    if isinstance(target, type | ModuleType) or inspect.isroutine(target):
        return
    for name, value in getattr(target, "__dict__", {}).items():
        if type(value) in _STOCK:
            raise UsageError(
                f"{target!r} was made before its package was patched: its {name!r} is "
                f"{type(value).__name__!r} of the stdlib, which stops the loop while it waits. Call "
                "motorish.patch() or motorish.wrap() on the package first, or use engine='thread'"
            )

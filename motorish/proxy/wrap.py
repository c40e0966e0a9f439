"""
wrap(): the asynchronous facade of a driver that nobody here needs to have heard of.
"""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import Any, Literal

from motorish import adapter
from motorish.errors import UsageError
from motorish.patcher import copies, patch
from motorish.proxy.engines import choose_engine
from motorish.proxy.wrapped import Wrapped, WrappedClass, WrappedFunction, WrappedModule, WrappedObject
from motorish.proxy.wrapping import Wrapping

_ENGINES = ("greenlet", "thread", "auto")
_COPIED = {name.partition(".")[0] for name in copies.COPIED}


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
        target: what to wrap; its package is patched, if the engine is ``"greenlet"``.
        engine: ``"greenlet"`` for what can wait in green, ``"thread"`` for what cannot; ``"auto"`` asks
            the adapter or looks at the package (``python -m motorish doctor PACKAGE`` says why).
        max_calls: calls at once at most, of all that is wrapped here; further ones wait.

    Returns:
        The facade; its ``delegate`` is the driver's own object.

    Raises:
        TypeError: *target* is a coroutine function.
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
        target = target.delegate
    if inspect.iscoroutinefunction(target):
        raise TypeError(f"{target!r} is a coroutine function already")
    package = _module_name(target).partition(".")[0]
    own = package in ("__main__", "builtins")  # of the application, or of no package
    chosen = engine if engine != "auto" else "greenlet" if own else choose_engine(package).engine
    if chosen == "greenlet" and not own:
        if package in _COPIED:
            target = _green_copy(target)
        else:
            patch(package)
    known = adapter.for_package(package)
    wrapping = Wrapping(frozenset(known.packages if known else (package,)), chosen, known, max_calls)
    if isinstance(target, ModuleType):
        return WrappedModule(target, None, wrapping)
    if isinstance(target, type):
        return WrappedClass(target, None, wrapping)
    if inspect.isroutine(target):
        return WrappedFunction(target, None, wrapping)
    return WrappedObject(target, wrapping.new_root(type(target)), wrapping)


def wrap_module(name: str, engine: Literal["greenlet", "thread"]) -> Any:
    """
    The facade of the module *name*; what pickles of one are made with.
    """
    return wrap(importlib.import_module(name), engine)


def _module_name(target: Any) -> str:
    if isinstance(target, ModuleType):
        return target.__name__
    if isinstance(target, type) or inspect.isroutine(target):
        bound_to = getattr(target, "__self__", None)
        if bound_to is not None and not isinstance(bound_to, ModuleType):
            return _module_name(bound_to)
        return target.__module__ or "builtins"
    return type(target).__module__


def _green_copy(target: Any) -> Any:
    # Of a module, class or function of the stdlib.
    if isinstance(target, ModuleType):
        return copies.copy_of(target.__name__)
    copy = copies.counterpart(target, green=True)
    if copy is None or (not isinstance(target, type) and not inspect.isroutine(target)):
        raise UsageError(
            f"{target!r} was made by the stdlib, whose sockets stop the loop: wrap the module "
            f"{_module_name(target)!r}, and make it with that"
        )
    return copy

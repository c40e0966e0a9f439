"""
What ``import`` gives inside a patched package: the green twin where there is one, else the module itself.

A package's modules are executed with a ``__builtins__`` dictionary of their own, in which ``__import__``
is `green_import`.  It does the import as usual and then looks at what came out: so dotted names,
``from`` lists, relative imports and imports inside functions need no treatment of their own, and
``sys.modules`` keeps the stock modules for everybody else.

The dictionary is a copy: what is put into `builtins` later is not seen by modules of patched packages.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from motorish.green import TWINS, queue, threading


class Overlay(ModuleType):
    """
    Stands in for a module of which all but a few names are right as they are.

    Modules reached through it (``http.client``) are replaced by their twins.
    """

    def __init__(self, name: str, **replaced: Any) -> None:
        stock = importlib.import_module(name)
        super().__init__(name, stock.__doc__)
        self.__spec__, self.__package__ = stock.__spec__, stock.__package__
        self.__loader__ = stock.__loader__
        self._stock = stock  # sys.modules is empty when the interpreter ends
        vars(self).update(replaced)

    def __getattr__(self, name: str) -> Any:
        return twin_or_same(getattr(self._stock, name))

    def __dir__(self) -> list[str]:
        return dir(self._stock)


def green_import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """
    As `builtins.__import__`, in patched packages.
    """
    module = builtins.__import__(name, globals, locals, fromlist or (), level)
    # As twin_or_same(), at once: drivers import in functions that run for every call.
    found = getattr(module, "__name__", None)
    twin = _twins.get(found)  # type: ignore[arg-type]
    if twin is None and found in makers:
        twin = twin_or_same(module)
    return module if twin is None else twin


def import_module(name: str, package: str | None = None) -> Any:
    """
    As `importlib.import_module`, in patched packages.
    """
    return twin_or_same(importlib.import_module(name, package))


def twin_or_same(module: Any) -> Any:
    """
    The twin of what an import gave; without one, that itself.
    """
    if not isinstance(module, ModuleType):
        return module
    return twin_of(module.__name__) or module


def twin_of(name: str) -> ModuleType | None:
    """
    The green stand-in for the stdlib module of this name, made now if it is one of the copies.
    """
    twin = _twins.get(name)
    if twin is None and name in makers:
        twin = makers[name](name)
        _twins[name] = twin
    return twin


makers: dict[str, Callable[[str], ModuleType]] = {}
"""Makes the twins that most programs never need, on first use; `motorish.patcher.copies` fills it."""

_twins: dict[str, ModuleType] = {
    **TWINS,
    "importlib": Overlay("importlib", import_module=import_module, __import__=green_import),
    "_thread": Overlay(
        "_thread",
        LockType=threading.Lock,
        RLock=threading.RLock,
        allocate=threading.Lock,
        allocate_lock=threading.Lock,
        get_ident=threading.get_ident,
        _local=threading.local,
    ),
    "_queue": Overlay("_queue", SimpleQueue=queue.SimpleQueue),
    "_threading_local": Overlay("_threading_local", local=threading.local),
    **{package: Overlay(package) for package in ("concurrent", "http", "urllib")},
}

_names: dict[str, dict[str, Any]] = {}


def green_builtins(key: str) -> dict[str, Any]:
    """
    The ``__builtins__`` of the modules that are green under *key* (a package, as a rule), switched on.

    One key has one dictionary for the life of the process: functions keep it.
    """
    names = _names.setdefault(key, dict(vars(builtins)))
    names["__import__"] = green_import
    return names


def all_builtins() -> list[dict[str, Any]]:
    """
    Python's own built-ins, and those of all green modules.
    """
    return [vars(builtins), *_names.values()]


def switch_off(key: str) -> None:
    """
    Let the imports of *key*'s modules give the stock modules again.
    """
    _names[key]["__import__"] = builtins.__import__


def stock_of(module: ModuleType) -> ModuleType:
    """
    The stdlib module that *module* stands in for; if it is no twin, *module* itself.
    """
    for name, twin in _twins.items():
        if twin is module:
            return sys.modules[name]
    return module

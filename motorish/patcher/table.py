"""
Which stdlib object has which green replacement, and back: by identity, never by name.
"""

from __future__ import annotations

import _thread
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from motorish import green
from motorish.patcher import copies, imports


def _pairs() -> Iterator[tuple[str, Any, Any]]:
    # (name, stock object, green object) of everything that a twin replaces.
    for module_name, twin in green.TWINS.items():
        for name, stock in vars(sys.modules[module_name]).items():
            replaced = vars(twin).get(name)
            if not name.startswith("__") and replaced is not stock and callable(replaced):
                yield name, stock, replaced
    yield "LockType", _thread.LockType, green.TWINS["threading"].Lock
    yield "_CRLock", _thread.RLock, green.TWINS["threading"].RLock
    yield "import_module", sys.modules["importlib"].import_module, imports.import_module
    yield "__import__", sys.modules["importlib"].__import__, imports.green_import


_green: dict[int, tuple[Any, Any]] = {}
_stock: dict[int, tuple[Any, Any]] = {}
for _name, _old, _new in _pairs():
    _green.setdefault(id(_old), (_old, _new))
    if id(_new) not in _stock or getattr(_new, "__name__", "") == _name:
        _stock[id(_new)] = (_new, _old)


def green_for(value: Any) -> Any:
    """
    What stands for the stdlib module, class or function *value*; *value* itself if nothing does.
    """
    if issubclass(type(value), ModuleType):
        name = value.__name__
        return imports.twin_of(name) or value if sys.modules.get(name) is value else value
    pair = _green.get(id(value))
    if pair is not None:
        return pair[1]
    found = copies.counterpart(value, green=True)
    return value if found is None else found


def stock_for(value: Any) -> Any:
    """
    The stdlib object that the green module, class or function *value* stands for; else *value* itself.
    """
    if issubclass(type(value), ModuleType):
        return imports.stock_of(value)
    pair = _stock.get(id(value))
    if pair is not None:
        return pair[1]
    found = copies.counterpart(value, green=False)
    return value if found is None else found


def replaced_names(module_name: str) -> frozenset[str] | None:
    """
    The names that a twin replaces; None if *module_name* has no twin, or one that replaces all.
    """
    twin = green.TWINS.get(module_name)
    if twin is None:
        return None
    stock = vars(sys.modules[module_name])
    return frozenset(name for name, value in stock.items() if green_for(value) is not value)

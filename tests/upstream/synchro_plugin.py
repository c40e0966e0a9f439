"""A pytest plugin that gives PyMongo's tests the resynchronized proxies in place of PyMongo's classes.

A test that imports ``MongoClient`` gets ``motorish.resynchronize(motorish.MotorClient)``, so each call
crosses the proxy, the event loop and the hub before PyMongo has it. `synchro_classes` makes the classes.
"""

from __future__ import annotations

import builtins
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import synchro_classes

from motorish.green import queue, threading, time
from motorish.integrations import resynchronize

_PACKAGES = ("pymongo", "gridfs")
_STAY_STOCK = ("test.asynchronous", "test.pymongo_mocks")
"""Modules of PyMongo's tests that must see PyMongo's own classes: they replace private methods of them."""


_CROSSED = Path(os.environ["UPSTREAM_RECORD"] + ".crossed")


class _Twin(ModuleType):
    """What a test module sees instead of a module of PyMongo's: the same, with the proxies in it."""

    def __init__(self, real: ModuleType) -> None:
        self.__dict__.update(__name__=real.__name__, __real__=real)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["__real__"], name)
        if isinstance(value, ModuleType):
            return _twin(value)
        return synchro_classes.COUNTERPARTS.get(value, value) if isinstance(value, type) else value

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self.__dict__["__real__"], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self.__dict__["__real__"], name)

    def __dir__(self) -> list[str]:
        return dir(self.__dict__["__real__"])


class _GreenTwin(_Twin):
    """What a test module sees instead of a module of the stdlib: its green stand-in."""

    def __getattr__(self, name: str) -> Any:
        real = self.__dict__["__real__"]
        green = real if name == "excepthook" else _GREEN[real.__name__]  # the tests replace that one
        return getattr(green, name)


def _twin(module: ModuleType) -> ModuleType:
    if module.__name__ in _GREEN:
        return _twins.setdefault(module.__name__, _GreenTwin(module))
    changed = module.__name__.partition(".")[0] in _PACKAGES
    return _twins.setdefault(module.__name__, _Twin(module)) if changed else module


_GREEN: dict[str, ModuleType] = {"queue": queue, "threading": threading, "time": time}
"""What a test lets PyMongo call back (a listener, a stalled connection) runs in a child, and must park it."""
_twins: dict[str, ModuleType] = {}
_stock_import = builtins.__import__


def _import(
    name: str,
    globals: Mapping[str, object] | None = None,
    locals: Mapping[str, object] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    module = _stock_import(name, globals, locals, fromlist or (), level)
    importer = str((globals or {}).get("__name__", ""))
    is_test = importer.partition(".")[0] == "test" and not importer.startswith(_STAY_STOCK)
    has_star = "*" in (fromlist or ())
    return _twin(module) if is_test and not has_star else module


builtins.__import__ = _import

_calls = 0
_run = resynchronize._run


def _counting_run(*args: Any, **kwargs: Any) -> Any:
    global _calls
    _calls += 1
    return _run(*args, **kwargs)


resynchronize._run = _counting_run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Record how many calls of a test, set-up and tear-down included, have crossed the proxies."""
    before = _calls
    result = yield
    with _CROSSED.open("a") as file:
        file.write(json.dumps([item.nodeid, _calls - before]) + "\n")
    return result

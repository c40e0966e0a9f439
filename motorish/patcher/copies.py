"""
Private green copies of the stdlib modules that drivers do their I/O through, made on first import.

A copy is the module's own code, executed once more with green imports, under the same name: `repr` and
log records read as ever.  Its exceptions and enums *are* the stock ones, so that a user's
``except smtplib.SMTPException`` still matches; so are the few classes named in `_KEPT`, which only carry
data.  Module state is the copy's own: ``urllib.request.install_opener`` of the application does not
reach a patched package.

Not here: asyncio (it never blocks), and logging.handlers (its I/O happens under logging's stock locks).
"""

from __future__ import annotations

import builtins
import importlib
import subprocess
import sys
import threading
from collections.abc import Callable
from enum import Enum
from operator import attrgetter
from types import CodeType, FunctionType, ModuleType
from typing import Any

from motorish.patcher import imports, processes

COPIED = (
    "concurrent.futures",
    "concurrent.futures._base",
    "concurrent.futures.thread",
    "ftplib",
    "http.client",
    "imaplib",
    "poplib",
    "smtplib",
    "socketserver",
    "subprocess",
    "urllib.request",
)
"""The stdlib modules of which patched packages get a copy."""

_KEPT = {"http.client.HTTPMessage", "subprocess.CompletedProcess", "urllib.request.Request"}

_SUBCLASSED = {
    "concurrent.futures._base.Executor",
    "concurrent.futures._base.Future",
    "subprocess.Popen",
}
"""Classes whose instances others ask for with ``isinstance``: ``asyncio.wrap_future`` does."""

_COPIED_DUNDERS = ("__cached__", "__file__", "__loader__", "__package__", "__path__", "__spec__")

_lock = threading.RLock()
_copies: dict[str, ModuleType] = {}


class _Copy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        # Submodules, which the import system binds on the stock package only.
        value = getattr(sys.modules[self.__name__], name, None)
        if isinstance(value, ModuleType):
            return imports.twin_or_same(value)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


def copy_of(name: str) -> ModuleType:
    """
    The green copy of the stdlib module *name*; another thread waits until it is complete.
    """
    stock = importlib.import_module(name)
    with _lock:
        copy = _copies.get(name)
        if copy is not None:
            return copy  # incomplete where modules import each other, as usual
        copy = _Copy(name, stock.__doc__)
        names = vars(copy)
        names.update((key, vars(stock)[key]) for key in _COPIED_DUNDERS if key in vars(stock))
        names["__builtins__"] = {
            **vars(builtins),
            "__build_class__": _class_builder(stock),
            "__import__": imports.green_import,
        }
        _copies[name] = copy
        try:
            exec(_code_of(stock), names)
        except BaseException:
            del _copies[name]
            raise
        return copy


def _class_builder(stock: ModuleType) -> Callable[..., Any]:
    # What the "class" statement calls in the copy of *stock*.
    def build_class(body: FunctionType, name: str, /, *bases: Any, **kwargs: Any) -> Any:
        try:
            original = attrgetter(body.__qualname__)(stock)
        except AttributeError:
            original = None
        if isinstance(original, type):
            path = f"{stock.__name__}.{body.__qualname__}"
            if path in _KEPT or issubclass(original, (BaseException, Enum)):
                return original
            if path in _SUBCLASSED:
                bases = (original,)
        made = builtins.__build_class__(body, name, *bases, **kwargs)
        return processes.make_patient(made) if original is subprocess.Popen else made

    return build_class


def _code_of(module: ModuleType) -> CodeType:
    loader: Any = module.__loader__
    code: CodeType = loader.get_code(module.__name__)
    return code


def counterpart(value: Any, *, green: bool) -> Any:
    """
    A class or function of a copied module, in the copy (*green*) or the stock module; None if it is none.
    """
    if not issubclass(type(value), (type, FunctionType)):
        return None
    name = value.__module__
    if name not in COPIED:
        return None
    stock = sys.modules.get(name)
    # No copy is made for an object that only looks as if it came from there.
    if green and _member(stock, value.__qualname__) is value:
        return _member(imports.twin_of(name), value.__qualname__)
    if not green and _member(_copies.get(name), value.__qualname__) is value:
        return _member(stock, value.__qualname__)
    return None


def _member(module: ModuleType | None, qualname: str) -> Any:
    try:
        return attrgetter(qualname)(module)
    except AttributeError:
        return None


imports.makers.update(dict.fromkeys(COPIED, copy_of))

"""
The meta-path finder: has the modules of patched packages executed with green builtins.

It finds nothing itself.  It asks the finders behind it and then sets ``exec_module`` on the loader
*object* that they give: the loader keeps its type, so resources, `inspect` and the like go on working.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from motorish.patcher import imports, rebind

packages: set[str] = set()
"""The top-level names of the patched packages."""

directories: set[Path] = set()
"""Modules found below these are green too, but not what is installed there (``site-packages``)."""


def key_of(name: str, origin: str | None) -> str | None:
    """
    Under which key of `imports.green_builtins` a module is green; None if it is not.

    Args:
        name: the module's full name.
        origin: where it was found, if known.
    """
    package = name.partition(".")[0]
    if package in packages:
        return package
    if directories and origin is not None and package not in ("motorish", "tornado", "greenlet"):
        path = Path(origin)
        if "site-packages" not in path.parts and "dist-packages" not in path.parts:
            for directory in directories:
                if path.is_relative_to(directory):
                    return str(directory)
    return None


class Finder(MetaPathFinder):
    """
    Stands first in ``sys.meta_path`` while any package is patched.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """
        What the other finders find; with a loader that makes the module green, if it is to be.
        """
        if not directories and fullname.partition(".")[0] not in packages:
            return None
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec: ModuleSpec | None = find_spec(fullname, path, target)
            if spec is not None:
                if key_of(fullname, spec.origin) is not None:
                    _make_loader_green(spec)
                return spec
        return None


_finder = Finder()


def install() -> None:
    """
    Put the finder first in ``sys.meta_path``, or take it away if nothing needs it any more.
    """
    finders = [finder for finder in sys.meta_path if finder is not _finder]
    if packages or directories:
        finders.insert(0, _finder)
    if finders != list(sys.meta_path):
        sys.meta_path = finders  # a new list: the imports of other threads are iterating over the old one


def _make_loader_green(spec: ModuleSpec) -> None:
    loader: Any = spec.loader
    if isinstance(loader, type) or not hasattr(loader, "exec_module"):
        return  # built in, frozen, or a namespace: nothing of it can be executed otherwise
    if isinstance(loader.exec_module, _GreenExec):
        return
    try:
        loader.exec_module = _GreenExec(loader.exec_module)
    except AttributeError:  # no attributes can be set on it
        spec.loader = _LoaderProxy(loader)  # type: ignore[assignment]


class _GreenExec:
    # Asked anew for each module: one loader may serve many (zipimport's, pytest's), patched or not.

    def __init__(self, execute: Any) -> None:
        self._execute = execute

    def __call__(self, module: ModuleType) -> None:
        spec = module.__spec__
        key = key_of(module.__name__, spec.origin if spec is not None else None)
        if key is None:
            self._execute(module)
            return
        names = imports.green_builtins(key)
        vars(module)["__builtins__"] = names
        self._execute(module)
        if spec is not None and isinstance(spec.loader, ExtensionFileLoader):
            # Compiled code imports without asking us; Cython's looks its globals up as Python's does.
            rebind.make_green([module], {module.__name__: names})


class _LoaderProxy:
    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self.exec_module = _GreenExec(loader.exec_module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

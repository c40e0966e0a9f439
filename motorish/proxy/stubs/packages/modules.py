"""
The stub file of one module.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

from motorish.proxy.stubs.names import Names
from motorish.proxy.stubs.packages.classes import render_class
from motorish.proxy.stubs.packages.functions import Functions, inspected, overloads
from motorish.proxy.stubs.packages.package import Package
from motorish.proxy.stubs.packages.sources import Types, types_of
from motorish.proxy.stubs.packages.translator import Translator
from motorish.proxy.wrapped import PEP_249_TYPES


def render_module(package: Package, name: str, head: str) -> str:
    """
    The text of a module's stub file.

    Args:
        head: its first line.
    """
    return _Module(package, name).text(head)


class _Module:
    def __init__(self, package: Package, name: str) -> None:
        self.package, self.name = package, name
        self.module = package.modules[name]
        self.types = types_of(name)
        self._again: dict[str, tuple[str, str]] = {}  # what is imported so that it can be imported from here
        self._start()
        list(self._bodies())
        self._start()

    def _start(self) -> None:
        # With the names that are taken: those of the first round are known in the second.
        own = {
            name
            for name, value in vars(self.module).items()
            if self.package.home(value) == (self.name, name)
            or (inspect.isroutine(value) and self._belongs(name, value))
        }
        self.names = Names(own)
        self.names.imports.update(self._again)
        self.of = Translator(self.package, self.name, self.names)

    def text(self, head: str) -> str:
        bodies = list(self._bodies())
        text = "\n".join([*self.of.variables.values(), "", *bodies]) + "\n"
        for name in self._again:
            self.names.imports.pop(name, None)
        again = [f"from {module} import {name} as {name}" for module, name in self._again.values()]
        return "\n".join([head, "# mypy: ignore-errors", *self.names.lines(text), *sorted(again), "", text])

    def _bodies(self) -> Iterator[str]:
        for name, value in sorted(vars(self.module).items()):
            yield from self._shown(name, value)

    def _shown(self, name: str, value: Any) -> Iterator[str]:
        is_public = not name.startswith("_") or name == "__version__"
        home = self.package.home(value)
        if home is not None:
            if home == (self.name, name):
                yield self._class(name, value)
            elif is_public and home[0] == self.name:
                yield f"{name} = {home[1]}"
            elif is_public:
                yield from self._import_again(self.package.stub(home[0]), home[1], name)
        elif not is_public:
            return
        elif isinstance(value, ModuleType):
            if self.package.is_reached(value):
                parent, _, child = self.package.stub(value.__name__).rpartition(".")
                if parent:
                    yield from self._import_again(parent, child, name)
        elif isinstance(value, type) or inspect.iscoroutinefunction(value) or self._is_data_type(name):
            if self._belongs(name, value):
                yield from self._import_again(self.name, name, name)
        elif inspect.isroutine(value) or isinstance(value, partial):
            if self._belongs(name, value):
                yield from self._function(name, value)
        elif (cls := self.of.of_class(type(value))) is not None:
            yield f"{name}: {ast.unparse(cls)}"
        elif name in self.types.definitions or name in self.types.exports or name == "__version__":
            yield from self._import_again(self.name, name, name)

    def _import_again(self, module: str, name: str, local: str) -> Iterator[str]:
        # Only under its own name does a checker take it for one of this module's.
        if name == local:
            self._again[local] = (module, name)
        else:
            yield f"{local} = {ast.unparse(self.of.imported(module, name))}"

    def _is_data_type(self, name: str) -> bool:
        return name in PEP_249_TYPES and hasattr(self.module, "apilevel")

    def _belongs(self, name: str, value: Any) -> bool:
        # Not what the module has only imported for its own use.
        if name in self.types.exports or name in self.types.definitions:
            return True
        return self.package.is_own(getattr(value, "__module__", None) or "")

    def _class(self, name: str, cls: type[Any]) -> str:
        types, there = self._found(name)
        node = types.definitions.get(there, [None])[-1]
        self.of.members = frozenset(dir(cls))
        text = render_class(cls, name, node if isinstance(node, ast.ClassDef) else None, types, self.of)
        self.of.members = frozenset()
        return text

    def _found(self, name: str) -> tuple[Types, str]:
        try:
            return self.types.found(name)
        except LookupError:
            return self.types, name

    def _function(self, name: str, value: Any) -> Iterator[str]:
        types, there = self._found(name)
        if types.name != self.name and types.name in self.package.modules and there in types.definitions:
            yield from self._import_again(self.package.stub(types.name), there, name)
            return
        nodes = overloads(types.definitions.get(there, [])) or [inspected(name, value, bound=False)]
        for node in nodes:
            node.name = name
        functions = Functions(self.of, types)
        if name in self.package.wrapping.adapter.direct:
            yield from functions.at_once(nodes, bound=False)
        else:
            yield from functions.started(nodes, bound=False)

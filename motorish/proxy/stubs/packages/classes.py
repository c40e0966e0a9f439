"""
A class of a driver's, as a wrapped one.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, ModuleType
from typing import Any

from motorish.proxy.stubs.packages.functions import Functions, inspected, overloads
from motorish.proxy.stubs.packages.sources import Types, decorators_of, grouped, statements_of
from motorish.proxy.stubs.packages.translator import Translator, Where
from motorish.proxy.wrapped_object import PASSED_ON

_HARMLESS = {"Generic", "Protocol", "ABC", "object"}
_ROUTINES = (FunctionType, BuiltinFunctionType, MethodDescriptorType, staticmethod, classmethod)
_PLAIN = (bool, int, str, bytes, float)


def render_class(cls: type[Any], name: str, node: ast.ClassDef | None, types: Types, of: Translator) -> str:
    """
    The class statement.

    Args:
        cls: the driver's class.
        name: what it is called in the stub.
        node: its definition, if there is one that can be read.
        types: of the module in which that stands.
        of: translates for the stub.
    """
    return _Class(cls, node, types, of).text(name)


class _Class:
    def __init__(self, cls: type[Any], node: ast.ClassDef | None, types: Types, of: Translator) -> None:
        self.cls, self.node, self.types, self.of = cls, node, types, of
        self.functions = Functions(of, types)
        self.groups = grouped(statements_of(node.body)) if node is not None else self._from_runtime()

    def text(self, name: str) -> str:
        bases, is_complete = self._bases()
        first = not any(self.of.package.home(base) for base in self.cls.__mro__[1:])
        lines = [line for line in self._lines(first) if line]
        if not is_complete:  # what it has from a class that is not the driver's
            lines.append(f"def __getattr__(self, name: str) -> {ast.unparse(self.of.any())}: ...")
        head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
        body = "\n".join(lines) or "..."
        return "\n".join([head, *(f"    {line}" for line in body.split("\n"))])

    def _bases(self) -> tuple[list[str], bool]:
        shown: list[str] = []
        is_complete = True
        nodes = self.node.bases if self.node is not None else []
        for node in nodes:
            said = self.of.said(node, self.types, Where.GIVEN)
            text = ast.unparse(said)
            head = ast.unparse(node.value if isinstance(node, ast.Subscript) else node).rpartition(".")[2]
            if head in ("Generic", "Protocol") or self.of.wrapped_class(node, self.types):
                shown.append(text)
            elif head not in _HARMLESS:
                is_complete = False
        if self.node is None:
            own = [self.of.of_class(base) for base in self.cls.__bases__]
            shown = [ast.unparse(base) for base in own if base is not None]
        return shown, is_complete

    def _lines(self, first: bool) -> Iterator[str]:
        names = self.of.imported
        if first:
            names("typing", "Self")
            generator = ast.unparse(names("collections.abc", "Generator"))
            yield f"def __await__(self) -> {generator}[{ast.unparse(self.of.any())}, None, Self]: ..."
        yield f"delegate: {self._delegate()}"
        yield from self._special()
        shown_before: set[str] = set()
        for name, nodes in self.groups.items():
            if not name.startswith("_") or name in PASSED_ON or name == "__getattr__":
                shown_before.add(name)
                yield from self._member(name, nodes)
        yield from self._attributes(shown_before)

    def _delegate(self) -> str:
        name = self.cls.__name__
        own = self.of.imported(self.types.name, self.node.name if self.node is not None else name)
        return ast.unparse(own)

    def _special(self) -> Iterator[str]:
        any_ = ast.unparse(self.of.any())
        functions, groups = self.functions, self.groups
        for name in ("__new__", "__init__"):
            for node in overloads(groups.get(name, [])):
                yield functions.constructor(node)
        for node in overloads(groups.get("__enter__", [])):
            yield functions.plain(node, bound=True, name="__aenter__", is_async=True)
        for node in overloads(groups.get("__exit__", [])):
            yield functions.plain(node, bound=True, name="__aexit__", is_async=True)
        if "close" in groups and not hasattr(self.cls, "__enter__"):
            self.of.imported("typing", "Self")
            yield "async def __aenter__(self) -> Self: ..."
            yield f"async def __aexit__(self, *exc_info: {any_}) -> None: ..."
        iterator = ast.unparse(self.of.imported("collections.abc", "AsyncIterator"))
        for node in overloads(groups.get("__iter__", [])):
            yield functions.plain(node, bound=True, name="__aiter__", result="" if node.returns else any_)
        if "fetchmany" in groups and callable(getattr(self.cls, "execute", None)):
            if "__iter__" not in groups:
                yield f"def __aiter__(self) -> {iterator}[{any_}]: ..."
            if "__next__" not in groups:
                yield f"async def __anext__(self) -> {any_}: ..."
        for node in overloads(groups.get("__next__", [])):
            yield functions.plain(node, bound=True, name="__anext__", is_async=True)
        if called := overloads(groups.get("__call__", [])):
            yield from functions.started(called, bound=True)

    def _member(self, name: str, nodes: list[ast.stmt]) -> Iterator[str]:
        functions, wrapping = self.functions, self.of.package.wrapping
        node = nodes[-1]
        if isinstance(node, ast.AsyncFunctionDef):
            yield functions.as_it_is(node)
        elif isinstance(node, ast.FunctionDef):
            if any("property" in one or one in ("setter", "deleter") for one in decorators_of(node)):
                for part in nodes:
                    assert isinstance(part, ast.FunctionDef)
                    result = self._awaited(name, functions._result(part, True, False))
                    yield functions.plain(part, bound=True, result=result)
            elif name in PASSED_ON or name == "__getattr__":
                for part in overloads(nodes):
                    yield functions.plain(part, bound=True)
            elif wrapping.names("direct", self.cls, name):
                yield from functions.at_once(overloads(nodes), bound=True)
            else:
                yield from functions.started(overloads(nodes), bound=True)
        elif isinstance(node, ast.AnnAssign):
            said = self.of.said(node.annotation, self.types, Where.GIVEN)
            yield f"{name}: {self._awaited(name, said) or ast.unparse(said)}"
        elif isinstance(node, ast.ClassDef):
            yield f"{name}: {ast.unparse(self.of.any())}"
        elif isinstance(node, ast.Assign):
            value = node.value
            if isinstance(value, ast.Name) and value.id in self.groups and not value.id.startswith("_"):
                yield f"{name} = {value.id}"
            else:
                yield f"{name}: {self._constant(name)}"

    def _awaited(self, name: str, result: ast.expr) -> str:
        # Of an attribute that has to be awaited.
        if not self.of.package.wrapping.names("awaited", self.cls, name):
            return ""
        future = self.of.imported("motorish.proxy.wrapped_call", "WrappedFuture")
        return ast.unparse(ast.Subscript(future, result))

    def _attributes(self, known: set[str]) -> Iterator[str]:
        # What is not in the class body: of its objects, and what was set later.
        if self.node is None or self.types.is_stub:
            return
        found: dict[str, str] = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if ast.unparse(node.value) == "self":
                    found.setdefault(node.attr, ast.unparse(self.of.any()))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
                found[node.target.attr] = ast.unparse(self.of.said(node.annotation, self.types, Where.GIVEN))
        for name in vars(self.cls):
            found.setdefault(name, self._constant(name))
        inherited = {
            name for base in self.cls.__mro__[1:] if self.of.package.home(base) for name in dir(base)
        }
        for name, text in found.items():
            if not name.startswith("_") and name not in known and name not in inherited:
                yield f"{name}: {text}"

    def _constant(self, name: str) -> str:
        value = inspect.getattr_static(self.cls, name, None)
        if isinstance(value, _PLAIN):
            return type(value).__name__
        return ast.unparse(self.of.any())

    def _from_runtime(self) -> dict[str, list[ast.stmt]]:
        groups: dict[str, list[ast.stmt]] = {}
        for name, value in vars(self.cls).items():
            if isinstance(value, _ROUTINES):
                bound = not isinstance(value, staticmethod)
                function = getattr(self.cls, name)
                made = inspected(name, function, bound=bound and not isinstance(value, FunctionType))
                if isinstance(value, FunctionType | MethodDescriptorType):
                    made = inspected(name, value, bound=not _says_parameters(value))
                groups[name] = [made]
            elif not isinstance(value, ModuleType) and name.isidentifier():
                groups[name] = [ast.Assign([ast.Name(name)], ast.Constant(...))]
        return groups


def _says_parameters(function: Any) -> bool:
    try:
        inspect.signature(function)
    except (TypeError, ValueError):
        return False
    return True

"""
An annotation of a driver's, said of the wrapped driver.

It depends on where it stands.  What a function *gives* is wrapped; what it *takes* may be a wrapped object
or the driver's own; and inside of data and of callbacks there are the driver's own.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
from collections.abc import Sequence
from enum import Enum
from typing import Any

from motorish.proxy.stubs.names import Names
from motorish.proxy.stubs.packages.package import Package
from motorish.proxy.stubs.packages.sources import Types, types_of
from motorish.proxy.stubs.translator import parsed

_ASYNCHRONOUS = {
    "Iterator": ("collections.abc", "AsyncIterator"),
    "Generator": ("collections.abc", "AsyncGenerator"),
    "AbstractContextManager": ("contextlib", "AbstractAsyncContextManager"),
    "ContextManager": ("contextlib", "AbstractAsyncContextManager"),
}
_VARIABLES = ("TypeVar", "ParamSpec", "TypeVarTuple")
_DEEPEST = 20


class Where(Enum):
    """
    Where an annotation stands.
    """

    GIVEN = "what a function returns, or an attribute is"
    TAKEN = "what a function takes"
    INSIDE = "inside of data"


class Translator:
    """
    Translates for one module of stubs.

    Args:
        module: for whose stub.
        names: of that stub.

    Attributes:
        variables: statements that define type variables, by their names.
        members: of the class that is being rendered, which hide built-ins of the same name.
    """

    def __init__(self, package: Package, module: str, names: Names) -> None:
        self.package, self.module, self.names = package, module, names
        self.variables: dict[str, str] = {}
        self.members: frozenset[str] = frozenset()
        self._variables: dict[tuple[str, str], str] = {}
        self._depth = 0

    def said(self, node: ast.expr | None, types: Types, where: Where) -> ast.expr:
        """
        The annotation; ``Any`` where there is none, or none that can be understood.

        Args:
            types: of the module in which *node* stands.
        """
        self._depth += 1
        try:
            return (
                self._said(node, types, where) if node is not None and self._depth < _DEEPEST else self.any()
            )
        except (LookupError, SyntaxError, ImportError):
            return self.any()
        finally:
            self._depth -= 1

    def any(self) -> ast.expr:
        """
        ``Any``.
        """
        return self.imported("typing", "Any")

    def imported(self, module: str, name: str) -> ast.expr:
        """
        A name from another module.
        """
        return ast.Name(self.names.imported(module, name, name))

    def of_class(self, cls: type[Any]) -> ast.expr | None:
        """
        The wrapped class; None if it is not wrapped.
        """
        home = self.package.home(cls)
        if home is None:
            return None
        module, name = home
        return ast.Name(name) if module == self.module else self.imported(self.package.stub(module), name)

    def wrapped_class(self, node: ast.expr, types: Types) -> type[Any] | None:
        """
        The class that an annotation is, with arguments or without; None if it is none that is wrapped.
        """
        meaning = self._meaning(node.value if isinstance(node, ast.Subscript) else node, types)
        return meaning if self.package.home(meaning) is not None else None

    def union(self, members: Sequence[ast.expr]) -> ast.expr:
        """
        One of *members*.
        """
        shown: dict[str, ast.expr] = {}
        for member in members:
            parts = [member]
            while isinstance(parts[0], ast.BinOp):
                parts[:1] = [parts[0].left, parts[0].right]
            shown.update({ast.unparse(part): part for part in parts})
        return parsed(" | ".join(shown))

    def _said(self, node: ast.expr, types: Types, where: Where) -> ast.expr:
        if isinstance(node, ast.Constant):
            return self.said(parsed(node.value), types, where) if isinstance(node.value, str) else node
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(node, types, where)
        if isinstance(node, ast.BinOp):
            return self._either([node.left, node.right], types, where)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, types, where)
        if isinstance(node, ast.List | ast.Tuple):
            inner = [self.said(one, types, Where.INSIDE) for one in node.elts]
            return ast.List(inner) if isinstance(node, ast.List) else ast.Tuple(inner)
        if isinstance(node, ast.Starred):
            return ast.Starred(self.said(node.value, types, where))
        raise LookupError(ast.unparse(node))

    def _either(self, nodes: Sequence[ast.expr], types: Types, where: Where) -> ast.expr:
        # A synchronous driver returns no awaitable, whatever it shares its annotations with.
        if where is Where.GIVEN:
            nodes = [one for one in nodes if not is_awaitable(one)] or nodes
        return self.union([self.said(one, types, where) for one in nodes])

    def _subscript(self, node: ast.Subscript, types: Types, where: Where) -> ast.expr:
        head = _head(node)
        arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head == "Literal":
            return ast.Subscript(self.imported("typing", "Literal"), node.slice)
        if head in ("Annotated", "ClassVar", "Final", "Required", "NotRequired"):
            return self.said(arguments[0], types, where)
        if head == "Union":
            return self._either(arguments, types, where)
        if head == "Optional":
            return self.union([self.said(arguments[0], types, where), ast.Constant(None)])
        if head in ("type", "Type"):
            return ast.Subscript(
                self._driver_s(ast.Name("type"), types, where), self.said(arguments[0], types, where)
            )
        if where is Where.GIVEN and head in _ASYNCHRONOUS:
            first = self.said(arguments[0], types, where)
            more = (
                [self.said(one, types, Where.INSIDE) for one in arguments[1:2]] if head == "Generator" else []
            )
            made = ast.Tuple([first, *more]) if more else first
            return ast.Subscript(self.imported(*_ASYNCHRONOUS[head]), made)
        if self.wrapped_class(node, types) is not None and where is not Where.INSIDE:
            wrapped = ast.Subscript(
                self.said(node.value, types, Where.GIVEN), self._arguments(arguments, types, Where.GIVEN)
            )
            if where is Where.GIVEN:
                return wrapped
            return self.union([wrapped, self._subscript(node, types, Where.INSIDE)])
        return ast.Subscript(
            self.said(node.value, types, Where.INSIDE), self._arguments(arguments, types, Where.INSIDE)
        )

    def _arguments(self, nodes: Sequence[ast.expr], types: Types, where: Where) -> ast.expr:
        said = [self.said(one, types, where) for one in nodes]
        return said[0] if len(said) == 1 else ast.Tuple(said)

    def _meaning(self, node: ast.expr, types: Types) -> Any:
        # The object at runtime, if there is one.
        if isinstance(node, ast.Name):
            if node.id in types.definitions or node.id in types.imports:
                try:
                    there, name = types.found(node.id)
                except LookupError:
                    return self.package.object(*_module_and_name(types, node.id))
                return self.package.object(there.name, name) or self.package.object(types.name, node.id)
            return getattr(builtins, node.id, None)
        if isinstance(node, ast.Attribute):
            return getattr(self._meaning(node.value, types), node.attr, None)
        return None

    def _named(self, node: ast.Name | ast.Attribute, types: Types, where: Where) -> ast.expr:
        cls = self._meaning(node, types)
        wrapped = self.of_class(cls) if isinstance(cls, type) and where is not Where.INSIDE else None
        if wrapped is not None:
            if where is Where.GIVEN:
                return wrapped
            return self.union([wrapped, self._driver_s(node, types, where)])
        return self._driver_s(node, types, where)

    def _driver_s(self, node: ast.Name | ast.Attribute, types: Types, where: Where) -> ast.expr:
        # What is not wrapped: as it is.
        if isinstance(node, ast.Attribute):
            return self._dotted(node, types, where)
        name = node.id
        if name not in types.definitions and name not in types.imports:
            if not hasattr(builtins, name):
                raise LookupError(name)
            if name in self.names.defined or name in self.members:
                return ast.Attribute(ast.Name(self.names.imported("builtins", None, "builtins")), name)
            return node
        origin, attribute = types.imports.get(name, (types.name, name))
        if name not in types.definitions and attribute is not None and not self.package.is_own(origin):
            return self.imported("collections.abc" if _is_abstract(origin, attribute) else origin, attribute)
        there, name = types.found(name)
        defined = there.definitions.get(name)
        if defined is not None:
            value = getattr(defined[0], "value", None)
            if isinstance(value, ast.Call) and _head(value.func) in _VARIABLES:
                return self._variable(there, name, value)
            if where is Where.GIVEN and isinstance(value, ast.Subscript | ast.BinOp | ast.Name):
                return self.said(value, there, where)  # an alias of something that is wrapped, maybe
        return self.imported(there.name, name)

    def _dotted(self, node: ast.Attribute, types: Types, where: Where) -> ast.expr:
        base = node.value
        if isinstance(base, ast.Name) and base.id in types.imports:
            module, name = types.imports[base.id]
            if name is not None:
                module = f"{module}.{name}"  # from package import module
            if node.attr in types_of(module).definitions or node.attr in types_of(module).imports:
                return self._driver_s(ast.Name(node.attr), types_of(module), where)
        full = ast.unparse(base)
        first = full.partition(".")[0]
        if types.imports.get(first, ("", ""))[1] is None and first in types.imports:
            return self.imported(full.replace(first, types.imports[first][0], 1), node.attr)
        raise LookupError(full)

    def _variable(self, types: Types, name: str, call: ast.Call) -> ast.expr:
        # Defined again, because it may be bound to a class that is wrapped.
        known = self._variables.get((types.name, name))
        if known is None:
            known = name
            while known in self.names.defined or known in self.names.imports:
                known += "_"
            self.names.defined.add(known)
            self._variables[types.name, name] = known
            kind = self.imported("typing_extensions", _head(call.func))
            arguments = [ast.Constant(known), *(self.said(one, types, Where.GIVEN) for one in call.args[1:])]
            keywords = [
                ast.keyword(one.arg, self.said(one.value, types, Where.GIVEN)) for one in call.keywords
            ]
            self.variables[known] = f"{known} = {ast.unparse(ast.Call(kind, arguments, keywords))}"
        return ast.Name(known)


def is_awaitable(node: ast.expr | None) -> bool:
    """
    Whether an annotation says that something is to be awaited.
    """
    return node is not None and _head(node) in ("Awaitable", "Coroutine")


def _head(node: ast.expr) -> str:
    # The name of a generic type, or of any other, without its module.
    value = node.value if isinstance(node, ast.Subscript) else node
    return ast.unparse(value).rpartition(".")[2]


def _module_and_name(types: Types, name: str) -> tuple[str, str]:
    module, attribute = types.imports[name]
    if attribute is not None:
        return module, attribute
    return module.rpartition(".")[0] or module, module.rpartition(".")[2]


def _is_abstract(module: str, name: str) -> bool:
    return module == "typing" and name in collections.abc.__all__

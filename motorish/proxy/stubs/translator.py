"""
An annotation that stands somewhere in the source, said in the names of a stub file.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Awaitable as Awaitable
from collections.abc import Callable as Callable
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar

from motorish.proxy.stubs.names import Meaning, Names
from motorish.proxy.stubs.source import Source, source

ANY = ast.Name("Any")


@dataclass
class Translator(ast.NodeTransformer):
    """
    Says the annotations of a module in the names of the stub.

    Attributes:
        names: of the stub.
        module: where the annotations stand.
        meanings: what classes are in the stub.
        variables: type variables, by their names, that are called otherwise; or are another type.
        bare: argument of a generic class that is given none.
        members: of the class that is described, which hide built-ins of the same name.
        classes: names that are known besides those of the module.
    """

    names: Names
    module: Source
    meanings: Mapping[Any, Meaning] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    bare: str = "Any"
    members: Set[str] = frozenset()
    classes: Mapping[str, type[Any]] = field(default_factory=dict)

    def text(self, node: ast.expr | None) -> str:
        """
        The annotation, as source; ``Any`` where there is none, or none that can be understood.

        Raises:
            LookupError: a name in a hint means nothing.
        """
        try:
            copy = parsed(ast.unparse(node or ANY))  # a transformer may change what it is given
            return ast.unparse(self.visit(copy))
        except LookupError:
            if self.classes:
                raise
            return self.names.imported("typing", "Any", "Any")

    def meaning(self, node: ast.expr) -> Any:
        """
        The object that a name or dotted name means; None for any other expression.

        Raises:
            LookupError: there is no such name.
        """
        if isinstance(node, ast.Name):
            return self.classes.get(node.id) or self.module.meaning(node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self.meaning(node.value), node.attr, None)
        return None

    def translated(self, node: ast.expr | None) -> Meaning | None:
        """
        What a name is, if it is a class of the stub's.
        """
        meaning = None if node is None else self.meaning(node)
        return self.meanings.get(meaning) if isinstance(meaning, type) else None

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._named(node, node.id) or node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return self._named(node, node.attr) or ast.Attribute(self.visit(node.value), node.attr)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        special = ast.unparse(node.value).rpartition(".")[2]
        if special == "Literal":
            return ast.Subscript(self.visit(node.value), node.slice)
        known = self.translated(node.value)
        if known is not None and known.parameter is None:
            return ast.Name(known.name)
        argument = self.visit(node.slice)
        if special in ("Optional", "Union"):
            members = argument.elts if isinstance(argument, ast.Tuple) else [argument]
            members = [*members, ast.Constant(None)] if special == "Optional" else members
            return parsed(" | ".join(ast.unparse(member) for member in members))
        return ast.Subscript(ast.Name(known.name) if known else self.visit(node.value), argument)

    def visit_Constant(self, node: ast.Constant) -> Any:
        return self.visit(parsed(node.value)) if isinstance(node.value, str) else node

    def _named(self, node: ast.Name | ast.Attribute, name: str) -> ast.expr | None:
        # None where it can stay as it is.
        if name in self.variables:
            return parsed(self.variables[name])
        known = self.translated(node)
        if known is not None:
            return parsed(known.given(self.bare))
        meaning = self.meaning(node)
        if isinstance(meaning, TypeVar) and name in self.names.defined:
            return None
        if getattr(builtins, name, ANY) is meaning:
            if name not in self.members:
                return None
            return ast.Attribute(ast.Name(self.names.imported("builtins", None, "builtins")), name)
        home = meaning.__module__ if isinstance(meaning, type) else ""
        if home and getattr(sys.modules.get(home), name, None) is meaning:
            return ast.Name(self.names.imported(home, name, name))
        if isinstance(node, ast.Attribute):
            return None
        return ast.Name(self.names.imported(*self.module.imports.get(name, (self.module.name, name)), name))


def hint_translator(names: Names, classes: Iterable[type[Any]], **options: Any) -> Translator:
    """
    The translator of types in `Hints`: of what is imported here, and of the stub's classes.
    """
    return Translator(names, source(__name__), classes={cls.__name__: cls for cls in classes}, **options)


def parsed(text: str) -> ast.expr:
    """
    The syntax tree of an expression.
    """
    return ast.parse(text, mode="eval").body


def says_any(node: ast.expr | None) -> bool:
    """
    Whether an annotation is missing, or has ``Any`` in it.
    """
    return node is None or any(isinstance(part, ast.Name) and part.id == "Any" for part in ast.walk(node))

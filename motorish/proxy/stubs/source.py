"""
The source of a module: its functions, and what the names in it mean.

Annotations are read as source, not evaluated: those of names that exist for type checkers only, and those
of a driver that has no ``from __future__ import annotations``, look the same that way.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple


class Source:
    """
    The source of a module.

    Args:
        name: of a module that is imported, or can be.

    Attributes:
        functions: syntax trees, by their first line.
        imports: by local name, the module and the name there, or None for the module itself.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.module = import_module(name)
        try:
            tree = ast.parse(inspect.getsource(self.module))
        except (OSError, TypeError):  # written in C
            tree = ast.Module([], [])
        self.functions: dict[int, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        self.imports: dict[str, tuple[str, str | None]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                self.functions[first] = node
            elif isinstance(node, ast.ImportFrom):
                origin = ".".join(filter(None, (self._package(node.level), node.module)))
                self.imports.update({one.asname or one.name: (origin, one.name) for one in node.names})
            elif isinstance(node, ast.Import):
                for one in node.names:
                    local = one.asname or one.name.partition(".")[0]
                    self.imports[local] = (one.name if one.asname else local, None)

    def _package(self, level: int) -> str:
        # Where a relative import starts.
        if not level:
            return ""
        parts = self.name.split(".")
        return ".".join(parts[: len(parts) - level + hasattr(self.module, "__path__")])

    def meaning(self, name: str) -> Any:
        """
        The object of this name; also if it is imported for type checkers only.

        Raises:
            LookupError: there is none.
        """
        for namespace in (vars(self.module), vars(builtins)):
            if name in namespace:
                return namespace[name]
        module, attribute = self.imports[name]
        try:
            imported = import_module(module)
            if attribute is None:
                return imported
            if hasattr(imported, attribute):
                return getattr(imported, attribute)
            return import_module(f"{module}.{attribute}")
        except ImportError as error:
            raise LookupError(name) from error


source = cache(Source)


class Definition(NamedTuple):
    """
    Where a function is defined.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef
    module: Source


def definition(function: Any) -> Definition | None:
    """
    Where a function, or what it wraps, is defined; None if it has no source.
    """
    function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    module = source(function.__globals__["__name__"])
    node = module.functions.get(code.co_firstlineno)
    return None if node is None or node.name != code.co_name else Definition(node, module)

"""
Where the types of a module stand, and which of its statements hold here.

As type checkers look for them: in a ``-stubs`` package, in a ``.pyi`` file beside the module, for the
stdlib in typeshed (that of an installed mypy), or else in the module's own source.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace

_TYPING = SimpleNamespace(TYPE_CHECKING=True)
_KNOWN = {"sys": sys, "TYPE_CHECKING": True, "typing": _TYPING, "t": _TYPING, "__builtins__": {}}


class Types:
    """
    What a module says about types.

    Args:
        name: of the module.

    Attributes:
        definitions: functions (with their overloads), classes and assignments, by name.
        imports: by local name, the module and the name there, or None for the module itself.
        exports: what ``__all__`` lists.
        is_stub: whether it is a ``.pyi`` file, which says all there is.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        path = _file_of(name)
        self.is_stub = path is not None and path.suffix == ".pyi"
        self._is_package = path is not None and path.stem == "__init__"
        tree = ast.Module([], [])
        if path is not None:
            with suppress(SyntaxError, UnicodeDecodeError):  # of a later Python than this one
                tree = ast.parse(path.read_text(encoding="utf-8"))
        self.imports: dict[str, tuple[str, str | None]] = {}
        self.exports: set[str] = set()
        statements = list(statements_of(tree.body))
        self.definitions = grouped(statements)
        for node in statements:
            if isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.Import):
                for one in node.names:
                    local = one.asname or one.name.partition(".")[0]
                    self.imports[local] = (one.name if one.asname else local, None)
            elif isinstance(node, ast.Assign | ast.AugAssign):
                self._export(node)

    def _import_from(self, node: ast.ImportFrom) -> None:
        parts = self.name.split(".")
        start = parts[: len(parts) - node.level + self._is_package] if node.level else []
        origin = ".".join([*start, *filter(None, [node.module])])
        for one in node.names:
            if one.name == "*":
                there = types_of(origin)
                public = there.exports or {
                    name for name in (*there.definitions, *there.imports) if not name.startswith("_")
                }
                for name in public:
                    self.imports.setdefault(name, (origin, name))
            else:
                self.imports[one.asname or one.name] = (origin, one.name)

    def _export(self, node: ast.Assign | ast.AugAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            strings = (one.value for one in ast.walk(node.value) if isinstance(one, ast.Constant))
            self.exports |= {one for one in strings if isinstance(one, str)}

    def found(self, name: str, seen: int = 0) -> tuple[Types, str]:
        """
        Where a name is defined, or at least can be imported from: the module, and the name there.

        Raises:
            LookupError: the module has no such name.
        """
        if name in self.definitions:
            return self, name
        origin, there = self.imports[name]
        if there is None or seen > 20:
            raise LookupError(name)
        try:
            return types_of(origin).found(there, seen + 1)
        except LookupError:
            return types_of(origin), there


types_of = cache(Types)


def statements_of(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """
    The statements that hold for this version and platform, those of ``if`` and ``try`` included.
    """
    for node in body:
        if isinstance(node, ast.If):
            holds = _holds(node.test)
            if holds is not False:
                yield from statements_of(node.body)
            if holds is not True:
                yield from statements_of(node.orelse)
        elif isinstance(node, ast.Try):
            yield from statements_of([*node.body, *node.orelse])
        else:
            yield node


def grouped(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """
    What they define, by name: the overloads of a function, a property and its setter; else the last one.
    """
    found: dict[str, list[ast.stmt]] = {}
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            group = found.setdefault(node.name, [])
            previous = group[-1] if group else None
            if previous is None or not (is_overload(node) or _is_setter(node)):
                if previous is None or not is_overload(previous):
                    found[node.name] = [node]
            else:
                group.append(node)
        elif isinstance(node, ast.ClassDef):
            found[node.name] = [node]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = [node]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = [node]
    return found


def is_overload(node: ast.stmt) -> bool:
    """
    Whether it is one of several signatures of a function.
    """
    return "overload" in decorators_of(node)


def decorators_of(node: ast.stmt) -> list[str]:
    """
    The names of a function's decorators, without the modules that they are in.
    """
    found = []
    for one in getattr(node, "decorator_list", ()):
        function = one.func if isinstance(one, ast.Call) else one
        found.append(function.attr if isinstance(function, ast.Attribute) else ast.unparse(function))
    return found


def _is_setter(node: ast.stmt) -> bool:
    return bool({"setter", "deleter"}.intersection(decorators_of(node)))


def _holds(test: ast.expr) -> bool | None:
    # None: nobody knows.
    try:
        return bool(eval(compile(ast.Expression(test), "<types>", "eval"), _KNOWN.copy()))
    except Exception:
        return None


def _file_of(module: str) -> Path | None:
    first, *rest = module.split(".")
    for place in sys.path:
        found = _stub_in(Path(place, f"{first}-stubs", *rest))
        if found is not None:
            return found
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    origin = Path(spec.origin) if spec is not None and spec.origin and spec.has_location else None
    if origin is not None:
        beside = origin.with_name(f"{origin.name.partition('.')[0]}.pyi")
        if beside.is_file():
            return beside
    if first in sys.stdlib_module_names:
        mypy = importlib.util.find_spec("mypy")
        for place in (mypy and mypy.submodule_search_locations) or ():
            found = _stub_in(Path(place, "typeshed", "stdlib", first, *rest))
            if found is not None:
                return found
    return origin if origin is not None and origin.suffix == ".py" else None


def _stub_in(base: Path) -> Path | None:
    for candidate in (base / "__init__.pyi", base.with_name(f"{base.name}.pyi")):
        if candidate.is_file():
            return candidate
    return None

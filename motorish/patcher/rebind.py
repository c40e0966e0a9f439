"""
Makes modules green that were imported before: whatever in them *is* a stdlib object gets its replacement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from motorish.patcher import lazy, table
from motorish.patcher.made import InUse, MadeBefore
from motorish.patcher.walk import Walk

Escape = tuple[str, str]
"""(where, what): a place by its dotted name, and why it stays blocking."""


def make_green(modules: Iterable[ModuleType], names: Mapping[str, dict[str, Any]]) -> list[Escape]:
    """
    Replace what the modules hold of the stock modules, and let what they define from now on be green.

    Args:
        modules: those of all packages that are made green together: they may share locks.
        names: the green ``__builtins__`` by module name, or by top-level package.

    Returns:
        What could not be reached, sorted.
    """
    modules = list(modules)
    escapes: set[Escape] = set()
    made = MadeBefore()

    def swap(where: str, value: Any) -> Any:
        green = table.green_for(value)
        if green is not value:
            return green
        try:
            return made.replacement(where, value)
        except InUse as error:
            escapes.add((where, str(error)))
            return value

    for module in modules:
        package = module.__name__.partition(".")[0]
        vars(module)["__builtins__"] = names.get(module.__name__) or names[package]
    walk = Walk(modules, swap, lambda where, what: escapes.add((where, what)))
    walk.run()
    if shared := made.shared():
        escapes.update(shared)
        Walk(modules, made.put_back, lambda where, what: None).run()
    escapes.update(lazy.make_green(walk.functions))
    return sorted(escapes)


def make_stock(modules: Iterable[ModuleType]) -> None:
    """
    Undo make_green(), and what green imports have put into the modules since.

    Green locks stay: outside a child they work as the stock ones.  So does a green base class that
    cannot be exchanged.
    """
    walk = Walk(modules, lambda where, value: table.stock_for(value), lambda where, what: None)
    walk.run()
    lazy.make_stock(walk.functions)

"""
Imports inside functions that were compiled into a package before it was patched: made green as well.

Such a function keeps Python's own ``__builtins__`` for ever, and with it the stock ``__import__``.  So its
code is replaced, in place: where it has imported a blocking stdlib module, it loads the green one as a
constant.  Nothing else of it changes, and only imports that matter do: ``from time import monotonic`` is
the same in both worlds.

Giving the function another ``__import__`` would need a new function, and whoever holds the old one (a
registry, another package's ``from driver import connect``) would go on blocking.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from motorish.patcher import table
from motorish.patcher.copies import COPIED
from motorish.patcher.imports import green_import

_EXTENDED_ARG, _IMPORT_NAME, _LOAD_CONST, _NOP = (
    dis.opmap[name] for name in ("EXTENDED_ARG", "IMPORT_NAME", "LOAD_CONST", "NOP")
)
_LOAD_ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")
_LOAD_LEVEL = ("LOAD_CONST", "LOAD_SMALL_INT")

_replaced: WeakKeyDictionary[FunctionType, tuple[CodeType, CodeType]] = WeakKeyDictionary()  # stock, green


@dataclass(frozen=True)
class _Import:
    # begin, end: of the instructions that give the module, in bytes.
    begin: int
    end: int
    module: str
    names: tuple[str, ...] | None


def make_green(functions: Iterable[tuple[str, FunctionType]]) -> Iterator[tuple[str, str]]:
    """
    Let the functions import green modules.

    Args:
        functions: with the place of their definition.

    Yields:
        (where, what) of the imports that give stock modules all the same.
    """
    for where, function in functions:
        names = getattr(function, "__builtins__", {})  # mypy is of two minds about the attribute
        if names.get("__import__") is green_import:
            continue
        stock = green = function.__code__
        for found in list(_blocking_imports(stock)):
            try:
                green = _with_constant(green, found, green_import(found.module, fromlist=found.names))
            except (ImportError, ValueError) as error:
                yield where, f"imports the stock {found.module!r} when it is called ({error})"
        if green is not stock:
            _replaced[function] = stock, green
            function.__code__ = green


def make_stock(functions: Iterable[tuple[str, FunctionType]]) -> None:
    """
    Undo make_green(), save where somebody else has replaced the code since.
    """
    for _, function in functions:
        stock, green = _replaced.pop(function, (None, None))
        if stock is not None and function.__code__ is green:
            function.__code__ = stock


def _with_constant(code: CodeType, found: _Import, module: Any) -> CodeType:
    # The same length, so that jumps, line numbers and tables stay right.
    index = len(code.co_consts)
    load = [_LOAD_CONST, index & 0xFF]
    if index > 0xFF:
        load = [_EXTENDED_ARG, index >> 8, *load]
    rest = found.end - found.begin - len(load)
    if index > 0xFFFF or rest < 0:
        raise ValueError(f"its code has {index} constants")
    instead = bytes([*[_NOP, 0] * (rest // 2), *load])
    return code.replace(
        co_code=code.co_code[: found.begin] + instead + code.co_code[found.end :],
        co_consts=(*code.co_consts, module),
    )


def _blocking_imports(code: CodeType) -> Iterator[_Import]:
    # Functions defined inside get their builtins when they are made, after the patch.
    if _IMPORT_NAME not in code.co_code[::2]:
        return
    for found in _imports(code):
        used = _attributes(code) if found.names is None else set(found.names)
        submodules = (f"{found.module}.{name}" for name in found.names or ())
        if _matters(found.module, used) or any(_matters(name, _attributes(code)) for name in submodules):
            yield found


def _imports(code: CodeType) -> Iterator[_Import]:
    # The absolute ones.  Each is three instructions, with prefixes: the level, the names, the module.
    last: list[tuple[int, dis.Instruction]] = []
    begin: int | None = None
    for instruction in dis.get_instructions(code):
        if begin is None:
            begin = instruction.offset
        if instruction.opcode == _EXTENDED_ARG:
            continue
        last = [*last[-2:], (begin, instruction)]
        begin = None
        if instruction.opcode == _IMPORT_NAME and len(last) == 3:
            (first, level), (_, names), _ = last
            if level.opname in _LOAD_LEVEL and level.argval == 0:
                yield _Import(first, instruction.offset + 2, instruction.argval, names.argval)


def _matters(module: str, used: set[str]) -> bool:
    if module in COPIED:
        return True
    replaced = table.replaced_names(module)
    return replaced is not None and ("*" in used or not replaced.isdisjoint(used))


def _attributes(code: CodeType) -> set[str]:
    names = {op.argval for op in dis.get_instructions(code) if op.opname in _LOAD_ATTRIBUTE}
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _attributes(constant)
    return names

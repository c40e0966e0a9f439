"""
Which functions will import a blocking stdlib module when they are called.

The imports inside functions that were compiled into a package before it was patched go to the stock
modules for ever: a function's ``__builtins__`` cannot be changed.  They are read from the bytecode, and
only those that matter are reported: ``from time import monotonic`` is the same in both worlds.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType

from motorish.patcher import table
from motorish.patcher.copies import COPIED
from motorish.patcher.imports import green_import

_IMPORT_NAME = dis.opmap["IMPORT_NAME"]
_LOAD_ATTRIBUTE = ("LOAD_ATTR", "LOAD_METHOD")


def lazy_imports(
    functions: Iterable[tuple[str, FunctionType]],
) -> Iterator[tuple[str, str]]:
    """
    (where, what) of the imports in *functions* that give stock modules where green ones are needed.

    Args:
        functions: with the place of their definition.
    """
    for where, function in functions:
        names = getattr(function, "__builtins__", {})  # mypy is of two minds about the attribute
        if names.get("__import__") is not green_import:
            for name in sorted(set(_blocking_imports(function.__code__))):
                yield where, f"imports the stock {name!r} when it is called"


def _blocking_imports(code: CodeType) -> Iterator[str]:
    # Functions defined inside get their builtins when they are made, after the patch.
    if _IMPORT_NAME not in code.co_code[::2]:
        return
    instructions = [op for op in dis.get_instructions(code) if op.opname != "EXTENDED_ARG"]
    for position, instruction in enumerate(instructions):
        if instruction.opcode != _IMPORT_NAME:
            continue
        level, names = (given.argval for given in instructions[position - 2 : position])
        module = instruction.argval
        if level:
            continue
        if names is None:
            if _matters(module, _attributes(code)):
                yield module
        else:
            if _matters(module, set(names)):
                yield module
            for name in names:
                if _matters(f"{module}.{name}", _attributes(code)):
                    yield f"{module}.{name}"


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

"""
Which engine a package needs: greenlets where its waits can be green, threads where they cannot.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from motorish import adapter
from motorish.adapter import Engine
from motorish.errors import UsageError
from motorish.patcher import copies

_WAITING = {
    "ftplib", "http.client", "imaplib", "poplib", "select", "selectors", "smtplib", "socket", "ssl",
    "urllib.request", "xmlrpc.client",
}  # fmt: skip
_MOST_FILES = 2000


class Choice(NamedTuple):
    """
    An engine, and why it is the right one.
    """

    engine: Engine
    reason: str


@cache
def choose_engine(package: str) -> Choice:
    """
    Choose the engine for a top-level package, which is not imported.

    Its adapter decides, if it has one; else whether its Python modules wait themselves, through sockets
    of the stdlib, or leave that to code in C, which no patch reaches.

    Raises:
        UsageError: there is no such package.
    """
    known = adapter.for_package(package)
    if known is not None:
        return Choice(known.engine, f"the adapter {known.name!r} says so")
    if package in {name.partition(".")[0] for name in copies.COPIED}:
        return Choice("greenlet", "motorish has a green copy of this stdlib module")
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise UsageError(f"there is no package {package!r} here")
    files = list(_files_of(spec))
    compiled = [file.name for file in files if _is_extension(file)]
    waiting = next((file for file in files if file.suffix == ".py" and _waits(file)), None)
    if waiting is not None:
        return Choice(
            "greenlet", f"{waiting.name} does its I/O with the stdlib's sockets, which can be green"
        )
    if compiled:
        return Choice("thread", f"its I/O is in compiled code ({compiled[0]}), which no patch reaches")
    if spec.origin in (None, "built-in"):
        return Choice("thread", "it is compiled into Python")
    return Choice(
        "greenlet",
        "it is Python without sockets of its own: what it does its I/O with must be green as well "
        "(motorish.patch), if that is not a package with an adapter",
    )


def _files_of(spec: importlib.machinery.ModuleSpec) -> Iterator[Path]:
    if spec.submodule_search_locations is None:
        if spec.origin is not None and spec.has_location:
            yield Path(spec.origin)
        return
    count = 0
    for location in spec.submodule_search_locations:
        for file in sorted(Path(location).rglob("*")):
            if file.suffix == ".py" or _is_extension(file):
                count += 1
                if count > _MOST_FILES:
                    return
                yield file


def _is_extension(file: Path) -> bool:
    return file.name.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES))


def _waits(file: Path) -> bool:
    try:
        source = file.read_text(encoding="utf-8", errors="replace")
        tree = ast.parse(source)
    except (OSError, SyntaxError, ValueError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        if not _WAITING.isdisjoint(names):
            return True
    return False

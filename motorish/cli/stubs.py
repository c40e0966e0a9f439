"""
``motorish stubs``: what type checkers and editors can know of what `motorish.wrap` makes of a package.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import motorish
from motorish.proxy.stubs.packages import render_package

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

USAGE = "python -m motorish stubs PACKAGE [-o DIR]"

_HOW = """{count} written: {directory}/{folder}
Let type checkers look there (mypy_path = {directory}; for pyright, stubPath), and write:

    if TYPE_CHECKING:
        import {name} as {short}
    else:
        {short} = motorish.wrap({package})"""


def add_parser(commands: Parsers) -> None:
    """
    Declare the command and its options.
    """
    parser = commands.add_parser(
        "stubs",
        usage=USAGE,
        help="write type stubs of a wrapped package",
        description="Write the types (.pyi) of what motorish.wrap() makes of a package.",
        epilog="Types are those of the package's stubs or source; of the stdlib, typeshed's (install mypy).",
    )
    parser.add_argument("package", metavar="PACKAGE", help="import name of a package or module")
    parser.add_argument(
        "-o", dest="directory", metavar="DIR", default="typings", help="where to write (default: %(default)s)"
    )
    parser.set_defaults(command=write, error=parser.error)


def write(options: argparse.Namespace) -> None:
    """
    Write the files, and say how they are used.

    Raises:
        SystemExit: the package is not there, or cannot be imported, or the directory cannot be written to.
    """
    name = options.package
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        options.error(f"cannot import {name!r}: {error}. Install the package, or check its import name")
    wrapped: Any = motorish.wrap(module, "thread")  # which patches nothing; the API is the same
    files = render_package(
        module, wrapped._wrapping, f"# Made by: python -m motorish stubs {name}{_version(name)}"
    )
    try:
        for path, text in files.items():
            file = Path(options.directory, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    except OSError as error:
        options.error(f"cannot write to {options.directory!r}: {error}")
    first, dot, rest = name.partition(".")
    print(
        _HOW.format(
            count=f"{len(files)} file{'s' * (len(files) != 1)}",
            directory=options.directory,
            folder=f"{first}_async",
            name=f"{first}_async{dot}{rest}",
            short=f"a{name.rpartition('.')[2]}",
            package=name,
        )
    )


def _version(name: str) -> str:
    for distribution in metadata.packages_distributions().get(name.partition(".")[0], ()):
        return f" (with {distribution} {metadata.version(distribution)})"
    return f" (with Python {sys.version_info.major}.{sys.version_info.minor})"

"""
``motorish doctor``: what is installed here, and what motorish makes of a package: engine, patches, escapes.

The package is imported in this process before it is patched, which is the hard case: what can be reached
then can be reached always, and what escapes is what has to be patched before its first import.
"""

from __future__ import annotations

import argparse
import importlib
import platform
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import TYPE_CHECKING

import motorish
from motorish import adapter
from motorish.drivers import ADAPTERS
from motorish.patcher import PatchReport, patch, table
from motorish.proxy.engines import choose_engine, packages_to_patch
from motorish.proxy.threads import MAX_THREADS

if TYPE_CHECKING:
    Parsers = argparse._SubParsersAction[argparse.ArgumentParser]

_OWN = ("greenlet", "tornado", "uvloop")


def add_parser(commands: Parsers) -> None:
    """
    Declare the command and its options.
    """
    parser = commands.add_parser(
        "doctor",
        help="say what is installed, and how a package is made asynchronous",
        description="Say what is installed; of a package: its engine and why, what is patched, what escapes.",
    )
    parser.add_argument("package", nargs="?", help="import name of a package, or of a module of the stdlib")
    parser.set_defaults(command=doctor)


def doctor(options: argparse.Namespace) -> None:
    """
    Print what there is to be said.

    Raises:
        SystemExit: the package is not there, or cannot be imported.
    """
    for name, what in _versions():
        print(f"{name:<12}{what}")
    print()
    for line in _of_package(options.package) if options.package else _of_all():
        print(line)


def _versions() -> Iterator[tuple[str, str]]:
    yield "motorish", motorish.__version__
    yield "Python", f"{platform.python_version()} ({platform.python_implementation()}, {platform.platform()})"
    for name in _OWN:
        yield name, _version_of(name) or "not installed"


def _of_all() -> Iterator[str]:
    yield "Drivers that motorish has an adapter for, and that are installed:"
    seen = set()
    for package in sorted(ADAPTERS):
        known = adapter.for_package(package)
        if known is None or known.name in seen:
            continue
        first = known.packages[0]
        version = "of the stdlib" if first in sys.stdlib_module_names else _version_of(first)
        if version is None:
            continue
        seen.add(known.name)
        yield f"  {known.name:<22}{version:<16}{known.engine}"
    yield "Any other package: python -m motorish doctor PACKAGE"


def _of_package(name: str) -> Iterator[str]:
    package = name.partition(".")[0]
    try:
        engine, reason = choose_engine(name)
    except motorish.UsageError as error:
        sys.exit(f"motorish doctor: {error}")
    stdlib = package in sys.stdlib_module_names
    version = "of the stdlib" if stdlib else _version_of(package) or "version unknown"
    yield f"{name} ({version})"
    known = adapter.for_package(package)
    yield f"  adapter:  {_adapter_line(known)}" if known else "  adapter:  none; motorish.wrap goes by rules"
    yield f"  engine:   {engine}, because {reason}"
    if engine == "thread":
        yield f"  patched:  nothing; calls run in worker threads, {MAX_THREADS} at most"
        can = "can" if known is not None and known.interrupt is not None else "cannot"
        yield f"  cancel:   a call that runs {can} be interrupted"
        return
    if stdlib:
        yield "  patched:  nothing; motorish.wrap gives a private copy whose waits are green"
        return
    if known is not None and known.wait_hook is not None:
        yield "  waits:    through the driver's own hook"
    yield from _of_patch(sorted(packages_to_patch(package)))


def _of_patch(packages: list[str]) -> Iterator[str]:
    for package in packages:
        try:
            importlib.import_module(package)
        except ImportError as error:
            if package == packages[0] and len(packages) == 1:
                sys.exit(f"motorish doctor: {package} cannot be imported: {error}")
            yield f"  missing:  {package}: {error}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", motorish.PatchWarning)
        report = patch(*packages)
    yield f"  patched:  {', '.join(report.packages)}"
    for module, names in _green_names(report.packages):
        yield f"    {module}: {', '.join(names)}"
    yield from _escapes(report)


def _escapes(report: PatchReport) -> Iterator[str]:
    if not report.escaped:
        yield "  escaped:  nothing, even if it is imported before it is patched"
        return
    yield "  escaped:  if it is imported before it is patched; call motorish.patch() or motorish.wrap() first"
    for line in report.escaped:
        yield f"    {line}"


def _green_names(packages: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    # What of the stdlib the modules hold a green counterpart of.
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] in packages:
            names = [key for key, value in vars(module).items() if table.stock_for(value) is not value]
            if names := sorted(key for key in names if not key.startswith("__")):
                yield name, names


def _adapter_line(known: adapter.Adapter) -> str:
    facts = [f"{known.name!r}, for {', '.join(known.packages)}"]
    if known.busy == "error":
        facts.append("a second call on a busy connection is an error")
    if known.max_calls is not None:
        facts.append(f"{known.max_calls} calls at once at most")
    return "; ".join(facts)


def _version_of(package: str) -> str | None:
    names = metadata.packages_distributions().get(package, [package])
    try:
        return metadata.version(names[0])
    except metadata.PackageNotFoundError:
        return None

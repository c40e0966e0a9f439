"""
``motorish doctor``: what is installed here, and what motorish makes of a package: engine, patches, escapes.

The package is imported in this process before it is patched, which is the hard case: what can be reached
then can be reached always, and what escapes is what has to be patched before its first import.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
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
from motorish.proxy.engines import choose_engine, is_asynchronous, packages_to_patch
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
        SystemExit: the package is not there, or cannot be imported, or is motorish's own.
    """
    for name, what in _versions():
        print(f"{name:<12}{what}")
    print()
    try:
        for line in _of_package(options.package) if options.package else _of_all():
            print(line)
    except motorish.MotorishError as error:
        sys.exit(f"motorish doctor: {error}")


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
    _check(name)
    engine, reason = choose_engine(name)
    stdlib = package in sys.stdlib_module_names
    version = "of the stdlib" if stdlib else _version_of(package) or "version unknown"
    yield f"{name} ({version})"
    known = adapter.for_package(package)
    yield f"  adapter:  {_adapter_line(known)}" if known else "  adapter:  none; motorish.wrap goes by rules"
    if not stdlib and is_asynchronous(package):
        yield "  engine:   none: what waits in it are coroutines already; await them on the same loop"
        return
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
    yield from _of_patch(name, sorted(packages_to_patch(package)))


def _check(name: str) -> None:
    # Raises UsageError unless it is the name of a module that is there.
    if not all(map(str.isidentifier, name.split("."))):
        raise motorish.UsageError(
            f"{name!r} is no import name: give what stands after 'import', and not a file or a distribution"
        )
    package = name.partition(".")[0]
    if package in (*_OWN, "motorish"):
        raise motorish.UsageError(
            f"{package!r} is what the event loop runs on, and stays as it is: name the package that is to be "
            "made asynchronous"
        )
    choose_engine(package)  # raises if there is none
    try:
        found = importlib.util.find_spec(name) is not None  # imports the packages that it is in
    except ModuleNotFoundError:
        found = False
    except (Exception, SystemExit) as error:
        raise _broken(package, error) from error
    if not found and name not in sys.modules:
        raise motorish.UsageError(f"there is no module {name!r} in {package!r}: check the name")


def _of_patch(name: str, packages: list[str]) -> Iterator[str]:
    for module in dict.fromkeys([name, *packages]):
        try:
            importlib.import_module(module)
        except (Exception, SystemExit) as error:
            if module == name:
                raise _broken(name, error) from error
            yield f"  missing:  {module}: {type(error).__name__}: {error}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", motorish.PatchWarning)
        report = patch(*packages)
    yield f"  patched:  {', '.join(report.packages)}"
    for module, names in _green_names(report.packages):
        yield f"    {module}: {', '.join(names)}"
    yield from _escapes(name, report)


def _broken(name: str, error: BaseException) -> motorish.UsageError:
    return motorish.UsageError(f"{name!r} cannot be imported: {type(error).__name__}: {error}")


def _escapes(name: str, report: PatchReport) -> Iterator[str]:
    if not report.escaped:
        yield f"  escaped:  nothing of what 'import {name}' loads, even if that comes before the patch"
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

"""
Which engine a package needs: greenlets where its waits can be green, threads where they cannot.

A package that has an adapter is what the adapter says.  Of another one the files are read, nothing is
imported: Python modules that import sockets, or one of the stdlib's clients, can be made green; code in C
cannot.  What the package's distribution requires, if that waits for the network, becomes green with it; of
an application's own module, which no distribution has brought, that is what it imports.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from motorish import adapter, green
from motorish.adapter import Engine
from motorish.errors import UsageError
from motorish.patcher import copies

_WAITING = {
    "ftplib", "http.client", "imaplib", "poplib", "select", "selectors", "smtplib", "socket", "socketserver",
    "ssl", "urllib.request",
}  # fmt: skip
_CLIENTS_IN_C = (b"\0connect\0", b"\0recv\0", b"\0poll\0", b"\0select\0")
_NOT_ITS_OWN = frozenset(
    {"motorish", "tornado", "greenlet", "gevent", "eventlet", "trio", "uvloop"}
    | {"_pytest", "coverage", "hypercorn", "pip", "pytest", "setuptools", "uvicorn"}
)
_IMPORTS = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?[ \t]*(\w+)|import[ \t]+(.+))", re.M)
_ASYNCHRONOUS = re.compile(r"^[ \t]*(?:async[ \t]+def|(?:import|from)[ \t]+(?:asyncio|anyio|trio)\b)", re.M)
_TESTS = {"test", "tests", "testing"}
_REQUIREMENT = re.compile(r"[\w.-]+")
_MOST_FILES = 2000


class Choice(NamedTuple):
    """
    An engine, and why it is the right one.
    """

    engine: Engine
    reason: str


class _Contents(NamedTuple):
    waiting: str | None  # the file that imports sockets
    compiled: str | None  # an extension module
    compiled_waits: bool  # ... that makes network calls of its own
    asynchronous: bool  # all files that import sockets wait in coroutines


def choose_engine(module: str) -> Choice:
    """
    Choose the engine for the package of *module*, which is not imported.

    Raises:
        UsageError: there is no such package.
    """
    package = module.partition(".")[0]
    known = adapter.for_package(package)
    if known is not None:
        return Choice(known.engine, f"the adapter {known.name!r} says so")
    if package in sys.stdlib_module_names:
        if module in green.TWINS or module in copies.COPIED:
            return Choice("greenlet", f"motorish has a green {module!r}; the stdlib's own stays as it is")
        return Choice("thread", "it is of the stdlib, which stays as it is")
    if package == "__main__":
        return Choice("greenlet", "it is the program itself: what it waits with has to be patched")
    contents = _contents(package)
    if contents.waiting is not None and not contents.compiled_waits:
        return Choice("greenlet", f"{contents.waiting} waits with the stdlib's modules, which can be green")
    if contents.compiled is not None and (contents.compiled_waits or not _waiting_below(package)):
        return Choice("thread", f"what waits is compiled code ({contents.compiled}), which no patch reaches")
    below = _waiting_below(package)
    if in_c := _compiled_below(package):
        return Choice("thread", f"it waits with {', '.join(in_c)}: compiled code, which no patch reaches")
    if below:
        return Choice("greenlet", f"it waits with {', '.join(sorted(below))}, patched with it")
    return Choice("greenlet", "it is Python, and imports nothing that waits for the network")


def packages_to_patch(package: str) -> set[str]:
    """
    What has to be green if *package* is to be: itself, its siblings, and what it waits with.
    """
    known = adapter.for_package(package)
    if known is not None:
        return _installed(known.packages)
    if package in sys.stdlib_module_names or package == "__main__":
        return {package}
    return {package} | _waiting_below(package)


def is_asynchronous(package: str) -> bool:
    """
    Whether what waits for the network in *package* are coroutines already.
    """
    return adapter.for_package(package) is None and _contents(package).asynchronous


@cache
def _waiting_below(package: str) -> frozenset[str]:
    # The packages that *package* needs, and those need, which wait for the network themselves.
    found: set[str] = set()
    seen = {package}
    ahead = set(_needed_by(package))
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        known = adapter.for_package(name)
        if known is not None:
            if known.engine == "greenlet":
                found |= _installed(known.packages)
            continue
        try:
            waits = _waits_in_python(name)
        except (UsageError, ValueError):  # it can do without
            continue
        ahead |= _needed_by(name)
        if waits:
            found.add(name)
    return frozenset(found)


def _needed_by(package: str) -> frozenset[str]:
    if not _is_own(package):
        return _required_by(package)
    return _imported_by(package) - sys.stdlib_module_names - _NOT_ITS_OWN


def _is_own(package: str) -> bool:
    # The application's: no distribution has brought it.  Tests import more than what is tested.
    return package not in _distributions() and package not in _TESTS


@cache
def _waits_in_python(package: str) -> bool:
    # Outside coroutines.  What has compiled code as well computes, as a rule, and fetches a file now and
    # then: that is no reason to patch it.
    files = [file for file, _ in _files_of(_spec_of(package))]
    python = [file for file in files if file.suffix == ".py"]
    waiting = _WAITING if len(python) == len(files) else {"socket"}
    return any(not waiting.isdisjoint(_imports_of(file)) and not _is_asynchronous(file) for file in python)


def _compiled_below(package: str) -> list[str]:
    # The drivers in C that a module of the application's own imports.
    known = map(adapter.for_package, _imported_by(package) if _is_own(package) else ())
    return sorted({each.name for each in known if each is not None and each.engine == "thread"})


@cache
def _imported_by(package: str) -> frozenset[str]:
    # By its files, which may never come to that line.
    files = (file for file, _ in _files_of(_spec_of(package)) if file.suffix == ".py")
    return frozenset(name.partition(".")[0] for file in files for name in _imports_of(file)) - {package}


def _installed(packages: Iterable[str]) -> set[str]:
    return {name for name in packages if name in sys.modules or importlib.util.find_spec(name) is not None}


@cache
def _contents(package: str) -> _Contents:
    waiting = compiled = None
    compiled_waits = asynchronous = False
    for file, name in _files_of(_spec_of(package)):
        if file.suffix == ".py":
            if (waiting is None or asynchronous) and not _WAITING.isdisjoint(_imports_of(file)):
                waiting, asynchronous = name, _is_asynchronous(file)
        else:
            compiled = compiled or name
            if not compiled_waits and _makes_network_calls(file):
                compiled_waits, compiled = True, name
    return _Contents(waiting, compiled, compiled_waits, asynchronous)


@cache
def _required_by(package: str) -> frozenset[str]:
    # The packages that its distribution cannot do without.
    named: dict[str, set[str]] = {}
    for name, distributions in _distributions().items():
        for distribution in distributions:
            named.setdefault(_normal(distribution), set()).add(name)
    required: set[str] = set()
    for distribution in _distributions().get(package, ()):
        for requirement in metadata.requires(distribution) or ():
            match = _REQUIREMENT.match(requirement)
            if match and "extra" not in requirement.partition(";")[2]:
                required |= named.get(_normal(match[0]), set())
    return frozenset(required - _NOT_ITS_OWN - {package})


_distributions = cache(metadata.packages_distributions)


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _spec_of(package: str) -> importlib.machinery.ModuleSpec:
    try:
        spec = importlib.util.find_spec(package)
    except ValueError:  # made by hand: it has none
        spec = importlib.machinery.ModuleSpec(package, None)
    if spec is None:
        raise UsageError(f"there is no package {package!r} here: install it, or check the name")
    return spec


def _files_of(spec: importlib.machinery.ModuleSpec) -> Iterator[tuple[Path, str]]:
    # With the names to call them.
    if spec.submodule_search_locations is None:
        if spec.origin is not None and spec.has_location:
            yield Path(spec.origin), Path(spec.origin).name
        return
    count = 0
    for location in spec.submodule_search_locations:
        for file in sorted(Path(location).rglob("*")):
            if _TESTS.intersection(file.relative_to(location).parts):
                continue
            if file.suffix == ".py" or file.name.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES)):
                count += 1
                if count > _MOST_FILES:
                    return
                yield file, str(file.relative_to(Path(location).parent))


def _imports_of(file: Path) -> Iterator[str]:
    for module, first, modules in _IMPORTS.findall(_source_of(file)):
        if module and not module.startswith("."):
            yield module
            yield f"{module}.{first}"
        for name in modules.split(","):
            if words := name.replace(";", " ").split():
                yield words[0]


def _is_asynchronous(file: Path) -> bool:
    return _ASYNCHRONOUS.search(_source_of(file)) is not None


def _source_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _makes_network_calls(file: Path) -> bool:
    # By the names that it asks the dynamic linker for.
    try:
        code = file.read_bytes()
    except OSError:
        return False
    return any(name in code for name in _CLIENTS_IN_C)

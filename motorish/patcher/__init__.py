"""
`patch` makes the named packages green, and nothing else; `unpatch` undoes it.

The modules of a patched package import green stand-ins wherever they ask for a blocking stdlib module:
`imports` says what an import gives, `finder` sees to it that the package's modules use that, `rebind`
treats those that were imported before.  The stdlib, all other packages and ``sys.modules`` stay as they
are, with one exception: ``ssl.SSLContext.sslsocket_class`` is a dispatcher while any package is patched,
because a context that an application has made with the stock `ssl` must be able to wrap a green socket.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
import warnings
from collections.abc import Iterable, Set
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Literal

from motorish import adapter
from motorish.errors import PatchError, PatchWarning
from motorish.green import outside
from motorish.green import ssl as green_ssl
from motorish.patcher import copies as copies
from motorish.patcher import finder, imports, rebind

OnLoop = Literal["warn", "error", "allow"]

_ON_LOOP = ("warn", "error", "allow")
_OWN = {"greenlet", "motorish", "tornado", "uvloop"}

_lock = threading.RLock()
_escapes: dict[str, list[rebind.Escape]] = {}  # of the packages whose patching is complete
_stdlib: set[str] = set()  # modules whose green copies an application uses itself


class PatchReport:
    """
    What patch() did.  As a context manager it unpatches, at the end, what that call newly patched.

    Attributes:
        packages: the names of the patched packages, siblings included.
        escaped: what stays blocking in them, one readable line each.
    """

    def __init__(self, packages: Iterable[str], new: Iterable[str], policies: dict[str, str]) -> None:
        self.packages = tuple(packages)
        self.escaped = [
            f"{where}: {what}"
            for package in self.packages
            for where, what in _escapes[package]
            if where not in _tolerated(package)
        ]
        self._new = tuple(new)
        self._policies_before = policies

    def __enter__(self) -> PatchReport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with _lock:
            _undo(self._new)
            outside.policies.update(
                (name, policy) for name, policy in self._policies_before.items() if name in outside.policies
            )

    def __repr__(self) -> str:
        return f"<PatchReport of {', '.join(self.packages)}: {len(self.escaped)} escaped>"

    def __str__(self) -> str:
        names = ", ".join(self.packages)
        if not self.escaped:
            return f"{names}: patched, nothing escaped"
        lines = "\n".join(f"  - {line}" for line in self.escaped)
        return f"{names}: patched, but {len(self.escaped)} things stay blocking:\n{lines}"


def patch(*packages: str | ModuleType, strict: bool = False, on_loop: OnLoop | None = None) -> PatchReport:
    """
    Make the I/O of packages green: in a child their waits park it, elsewhere they block as ever.

    Best called before the packages are imported.  If they are imported already, what they hold of the
    stdlib is replaced, and what cannot be reached is reported.  Patching twice does nothing more.

    Args:
        packages: top-level import names, or modules.  One that a known driver consists of brings the others
            (``"pymongo"`` brings ``bson`` and ``gridfs``).
        strict: raise instead of warn if anything stays blocking.
        on_loop: what a wait for the network does on the event loop's own thread outside a child:
            ``"warn"`` (once per call site) and block, ``"error"`` or ``"allow"``.  By default as an
            earlier patch() of the package chose, at first ``"warn"``.

    Returns:
        A `PatchReport`, which is also a context manager.

    Raises:
        PatchError: a name is not that of an installed third-party package; or *strict*, and something
            stays blocking: then nothing stays patched.
        TypeError: what is given is neither a name nor a module.
        ValueError: *on_loop* is none of the three.

    Example::

        motorish.patch("pymysql")
        import pymysql

        with motorish.patch("pymemcache"):  # in a test
            ...
    """
    if on_loop is not None and on_loop not in _ON_LOOP:
        raise ValueError(f"on_loop must be one of {', '.join(map(repr, _ON_LOOP))}, not {on_loop!r}")
    names = _with_siblings(map(_name_of, packages))
    new: list[str] = []
    with _lock:
        policies = dict(outside.policies)
        _switch_on(names, new)
    # Not under the lock: what is being imported may itself want it.
    _wait_for_imports(names)
    with _lock:
        _switch_on(names, new)  # again, if another thread has undone it meanwhile
        fresh = [name for name in names if name not in _escapes]
        _make_packages_green(fresh)
        for name in names:
            outside.policies[name] = on_loop or outside.policies.get(name, "warn")
    _call_wait_hooks(fresh, True)
    with _lock:
        report = PatchReport(names, new, policies)
        if strict and report.escaped:
            report.__exit__(None, None, None)
            raise PatchError(f"strict=True: not patched, because of {_advice(report)}")
    if fresh and report.escaped:
        warnings.warn(_advice(report), PatchWarning, stacklevel=_level_of_caller())
    return report


def unpatch(*packages: str | ModuleType) -> None:
    """
    Give packages their blocking stdlib modules back; all patched ones if none is named.

    Green sockets and locks that they have made go on working, and block outside a child.  Names that
    are not patched are ignored.
    """
    with _lock:
        names = [name for given in map(_name_of, packages) for name in (given, *_siblings(given))]
        _undo(names if packages else [*finder.packages, *_stdlib])


def use_copy(stdlib_name: str) -> None:
    """
    Let TLS contexts wrap the sockets of a green copy from now on; `unpatch` undoes it.
    """
    with _lock:
        _stdlib.add(stdlib_name)
        green_ssl.install_dispatcher()


def make_green(module: ModuleType) -> list[rebind.Escape]:
    """
    Make one imported module green, which is no package's: a script, a test module, a conftest.
    """
    name = module.__name__
    return rebind.make_green([module], {name: imports.green_builtins(name)})


def patch_directory(path: Path) -> None:
    """
    Let every module below *path* that is imported from now on be green, save installed packages.
    """
    with _lock:
        finder.directories.add(path.resolve())
        finder.install()
        green_ssl.install_dispatcher()


def unpatch_directory(path: Path) -> None:
    """
    Undo patch_directory() for modules imported from now on.
    """
    with _lock:
        finder.directories.discard(path.resolve())
        _undo(())


def _switch_on(names: Iterable[str], new: list[str]) -> None:
    for name in names:
        if name not in finder.packages:
            imports.green_builtins(name)
            finder.packages.add(name)
            new.append(name)
    finder.install()
    green_ssl.install_dispatcher()


def _make_packages_green(names: list[str]) -> None:
    modules = [module for name in names for module in _modules_of(name)]
    found = rebind.make_green(modules, {name: imports.green_builtins(name) for name in names})
    for name in names:
        _escapes[name] = [(where, what) for where, what in found if where.partition(".")[0] == name]


def _call_wait_hooks(names: Iterable[str], active: bool) -> None:
    # They may import the driver.
    for known in {known.name: known for known in map(adapter.for_package, names) if known}.values():
        if known.wait_hook is not None:
            known.wait_hook(active)


def _undo(names: Iterable[str]) -> None:
    names = list(names)
    _call_wait_hooks([name for name in names if name in finder.packages], False)
    for name in names:
        _stdlib.discard(name)
        if name in finder.packages:
            finder.packages.discard(name)
            imports.switch_off(name)
            outside.policies.pop(name, None)
            if _escapes.pop(name, None) is not None:
                rebind.make_stock(_modules_of(name))
    finder.install()
    if not finder.packages and not finder.directories and not _stdlib:
        green_ssl.remove_dispatcher()


def _modules_of(package: str) -> list[ModuleType]:
    return [
        module
        for name, module in sys.modules.copy().items()  # list() would let finalisers run, and import
        if name.partition(".")[0] == package
        and isinstance(module, ModuleType)
        and module.__name__.partition(".")[0] == package  # not vendored under its name
    ]


def _wait_for_imports(packages: Iterable[str]) -> None:
    # A module that another thread is executing just now began with stock builtins.
    for package in packages:
        for module in _modules_of(package):
            if getattr(module.__spec__, "_initializing", False):
                importlib._bootstrap._lock_unlock_module(module.__name__)  # type: ignore[attr-defined]


def _name_of(given: object) -> str:
    if isinstance(given, ModuleType):
        return given.__name__.partition(".")[0]
    if isinstance(given, str):
        return given
    raise TypeError(
        f"{given!r} cannot be patched: give import names or modules, one after the other, as in "
        "motorish.patch('pymysql', 'redis')"
    )


def _siblings(name: str) -> tuple[str, ...]:
    known = adapter.for_package(name)
    return known.packages if known is not None else ()


def _with_siblings(given: Iterable[str]) -> list[str]:
    names: dict[str, None] = {}
    for name in given:
        _check_name(name)
        names[name] = None
        names.update(dict.fromkeys(other for other in _siblings(name) if _is_installed(other)))
    return list(names)


def _check_name(name: str) -> None:
    if "." in name:
        raise PatchError(
            f"cannot patch {name!r}: packages are patched whole; name {name.partition('.')[0]!r}"
        )
    if name in sys.stdlib_module_names:
        raise PatchError(
            f"cannot patch {name!r}: the standard library stays as it is; name the package that uses it"
        )
    if name in _OWN:
        raise PatchError(f"cannot patch {name!r}: the event loop runs on it")
    if not _is_installed(name):
        raise PatchError(
            f"cannot patch {name!r}: there is no module of this name. Install it, or check the name: "
            "it must be the one that is imported, not the distribution's"
        )


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return name in sys.modules


def _tolerated(package: str) -> Set[str]:
    known = adapter.for_package(package)
    return known.tolerated if known is not None else frozenset()


def _level_of_caller() -> int:
    # For warnings.warn() in the calling function; it does not count the import system's frames either.
    level = 0
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if not module.startswith("importlib."):
            level += 1
            if module.partition(".")[0] != "motorish":
                break
        frame = frame.f_back
    return level


def _advice(report: PatchReport) -> str:
    lines = "\n".join(f"  - {line}" for line in report.escaped)
    return (
        f"what stays blocking in {', '.join(report.packages)}:\n{lines}\n"
        "Call motorish.patch() before these packages are first imported."
    )

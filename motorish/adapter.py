"""
What the layers below the drivers need to know of a driver: its Adapter, and the registry of them.

The patcher asks for the packages, the hub for the exception that a cancelled call gets, and the
green ``threading`` for the threads that become greenlets.  Nothing else of a driver is known there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Literal, TypeVar, get_args

from motorish.errors import CallAborted, UsageError

T = TypeVar("T")
Engine = Literal["greenlet", "thread"]
Busy = Literal["queue", "error"]

_SETS = ("awaited", "batch", "concurrent", "direct", "green_threads", "plain", "tolerated")
_HOOKS = ("buffered", "interrupt", "on_abort", "stream_cursor", "wait_hook")


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """
    What motorish knows of one driver.

    Args:
        name: short name, as users write it (``"pymongo"``).
        packages: top-level import names that are patched together.
        engine: ``"greenlet"`` where the driver's I/O can be green, else ``"thread"``.
        cancel_exception: raised at the driver's wait when its call is cancelled or its deadline
            passes.  Choose what the driver cleans up on; most do on ``OSError``, hence
            `CallAborted`.
        green_threads: qualified names (``module.qualname``) of thread targets that run as greenlets
            when the thread is started from a child.
        on_abort: given the frame at which a call is being aborted, while the driver's sockets are still
            open; returns what is to tell the server so, or None.  That runs when the driver has unwound,
            in a child and with a deadline of its own.  See `selves`.
        busy: what a second call on an object, or on what came from it, does while the first one runs:
            ``"queue"`` for its turn, or raise BusyError (``"error"``).
        concurrent: classes whose objects take several calls at once (clients with a pool of their own), and
            methods that may run beside another one (``"Connection.cancel"``).  The driver's own subclasses
            must be named, too.
        direct: methods and classes that do no I/O: called at once, not asynchronously.
        plain: classes whose objects are data, which `motorish.wrap` gives as they are.
        awaited: attributes whose reading does I/O, or is for the object's own thread: to be awaited.
        batch: iterators (classes, or generator functions) that never wait for long while they have an item to
            give: several are fetched in one call.  Cursors of PEP 249 need not be named.
            Names in these five are those of classes (``"Redis"``), of methods (``"cursor"``), or of both
            (``"Redis.pipeline"``).
        connection: the attribute that leads from a cursor or the like to the connection that it shares with
            others.
        interrupt: thread engine: given a connection, makes the call that runs on it, or on what came from it,
            return soon.  Called in another thread than the call's, again and again until it has returned.
        stream_cursor: given a PEP 249 connection, makes a cursor that leaves at the server what is not
            fetched yet.
        buffered: given a PEP 249 cursor, whether it has all its rows, so that nothing waits but the next
            statement: what fetches from it, closes, enters or leaves it is then called at once, without a
            child, unless another call on the connection runs.  Greenlet engine only.
        max_calls: calls of the driver at once at most, or None; more wait for their turn.
        wrappers: names of the driver's classes -> ``"module:Class"``, a subclass of
            `motorish.proxy.WrappedObject` for their objects: for methods that the driver does not have.
        wait_hook: called with True when the packages become green, and with False when they are unpatched:
            installs what the driver waits with, where it has a hook for that.
        tolerated: what the patcher cannot reach in these packages and need not: the names as
            its report gives them.

    Raises:
        UsageError: a field is not what it must be; the message says what to write.
    """

    name: str
    packages: tuple[str, ...]
    engine: Engine = "greenlet"
    cancel_exception: type[BaseException] = CallAborted
    green_threads: AbstractSet[str] = frozenset()
    on_abort: Callable[[FrameType], Callable[[], object] | None] | None = None
    busy: Busy = "queue"
    concurrent: AbstractSet[str] = frozenset()
    direct: AbstractSet[str] = frozenset()
    plain: AbstractSet[str] = frozenset()
    awaited: AbstractSet[str] = frozenset()
    batch: AbstractSet[str] = frozenset()
    connection: str = "connection"
    interrupt: Callable[[Any], object] | None = None
    stream_cursor: Callable[[Any], Any] | None = None
    buffered: Callable[[Any], bool] | None = None
    max_calls: int | None = None
    wrappers: Mapping[str, str] = field(default_factory=dict)
    wait_hook: Callable[[bool], object] | None = None
    tolerated: AbstractSet[str] = frozenset()

    def __post_init__(self) -> None:
        # A set of another kind cannot be hashed; a string in a set's place would match by its parts.
        object.__setattr__(self, "packages", self._names("packages", "({!r},)"))
        for given in _SETS:
            object.__setattr__(self, given, frozenset(self._names(given, "{{{!r}}}")))
        if dotted := next((name for name in self.packages if "." in name), None):
            top = dotted.partition(".")[0]
            raise self._wrong("packages", f"take top-level import names: write {top!r}, not {dotted!r}")
        for given, choices in (("engine", get_args(Engine)), ("busy", get_args(Busy))):
            if getattr(self, given) not in choices:
                raise self._wrong(given, f"must be {' or '.join(map(repr, choices))}")
        for given in _HOOKS:
            if getattr(self, given) is not None and not callable(getattr(self, given)):
                raise self._wrong(given, "must be a function, or None")
        if not (isinstance(self.cancel_exception, type) and issubclass(self.cancel_exception, BaseException)):
            raise self._wrong("cancel_exception", "must be a class of exceptions, such as ConnectionError")
        if self.max_calls is not None and not (isinstance(self.max_calls, int) and self.max_calls > 0):
            raise self._wrong("max_calls", "must be a number from 1 on, or None for no limit")

    def _names(self, given: str, written: str) -> tuple[str, ...]:
        names = getattr(self, given)
        if isinstance(names, str):
            raise self._wrong(given, f"must be several names, or one as in {given}={written.format(names)}")
        try:
            names = tuple(names)
        except TypeError:
            raise self._wrong(given, f"must be names, as in {given}={written.format('Name')}") from None
        for name in names:
            if not isinstance(name, str):
                wanted = getattr(name, "__qualname__", "Name")
                raise self._wrong(given, f"must be names: write {wanted!r}, not {name!r}")
        return names

    def _wrong(self, given: str, what: str) -> UsageError:
        return UsageError(f"adapter {self.name!r}: {given} {what}; it is {getattr(self, given)!r}")


_by_package: dict[str, Adapter] = {}

sources: list[Callable[[str], object]] = []
"""Asked to register the adapter of a package that has none yet; the drivers' folder is one."""


def register(adapter: Adapter) -> Adapter:
    """
    Make *adapter* known for its packages; the same adapter may be registered again.

    Raises:
        UsageError: another adapter already claims one of the packages.
    """
    for package in adapter.packages:
        known = _by_package.setdefault(package, adapter)
        if known != adapter:
            raise UsageError(
                f"package {package!r} already has the adapter {known.name!r}; "
                f"{adapter.name!r} cannot claim it too"
            )
    return adapter


def for_package(package: str) -> Adapter | None:
    """
    The adapter of a top-level package, or None.
    """
    if package not in _by_package:
        for load in sources:
            load(package)
    return _by_package.get(package)


def for_frame(frame: FrameType | None) -> Adapter | None:
    """
    The adapter of the innermost driver on a stack: the one whose code is waiting.
    """
    while frame is not None:
        adapter = _by_package.get(frame.f_globals.get("__name__", "").partition(".")[0])
        if adapter is not None:
            return adapter
        frame = frame.f_back
    return None


def selves(frame: FrameType | None, kind: type[T]) -> Iterator[tuple[T, str]]:
    """
    For `Adapter.on_abort`: the driver's objects of one kind whose methods are on a stack.

    Yields:
        The object and the name of its method, innermost first.
    """
    # Not the outermost frame, that of the greenlet itself, which lives on: up to Python 3.12 f_locals is a
    # copy that a frame keeps, and it would keep the call's arguments and result.
    while frame is not None and frame.f_back is not None:
        own = frame.f_locals.get("self")
        if isinstance(own, kind):
            yield own, frame.f_code.co_name
        frame = frame.f_back


def runs_green(target: object) -> bool:
    """
    Whether a thread with this *target* becomes a greenlet when a child starts it.
    """
    name = f"{getattr(target, '__module__', '')}.{getattr(target, '__qualname__', '')}"
    adapter = _by_package.get(name.partition(".")[0])
    return adapter is not None and name in adapter.green_threads

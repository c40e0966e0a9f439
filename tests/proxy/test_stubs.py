"""
Stub files of proxies: what is taken from the driver's source, what from ours, and how it is laid out.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable
from typing import Any, ClassVar, Generic, NoReturn, Optional, TypeVar, Union, overload

from motorish.calls import Callback
from motorish.hub import CallFuture
from motorish.proxy import AsyncCommand, AsyncRead, ChainingMethod, DelegateMethod, Proxy, ReadOnlyProperty
from motorish.proxy.stubs import Hints, render

Row = TypeVar("Row")


class Connection(Generic[Row]):
    """
    A driver's class.
    """

    version: str = "1"

    def fetch(self, query: str, *parameters: Any, limit: Optional[int] = 10) -> list[Row]:  # noqa: UP045
        return []

    def cursor(self, name: Union[str, bytes, None] = None) -> Cursor[Row]:  # noqa: UP007
        return Cursor()

    def untyped(self, a, *, b=None, c=object()):  # type: ignore[no-untyped-def]  # noqa: B008
        return a

    @overload
    def get(self, key: str) -> Row: ...

    @overload
    def get(self, key: int) -> list[Row]: ...

    def get(self, key: Any) -> Any:
        return key

    def wait(self, event: threading.Event, /, callback: Callable[[], None]) -> None: ...

    def refuse(self) -> NoReturn:
        raise TypeError

    @property
    def state(self) -> dict[str, int]:
        return {}

    def list(self) -> list[Row]:
        return []


class Cursor(Generic[Row]):
    """
    Another one.
    """

    def sort(self, by: str = "id") -> Cursor[Row]:
        return self

    def next(self) -> Row:
        raise StopIteration


class CursorProxy(Proxy):
    """
    A proxy with a method that is written by hand.
    """

    __delegate_class__: ClassVar[type[Any]] = Cursor
    delegate: Cursor[Any]

    sort = ChainingMethod()

    def next(self, callback: Callback | None = None) -> CallFuture[Any]:
        return self._call(self.delegate.next, callback=callback)  # type: ignore[no-any-return]

    def skip(self, number: int = 0, callback: Callback | None = None) -> CallFuture[None]:
        return self._call(print, number, callback=callback)  # type: ignore[no-any-return]


class ConnectionProxy(Proxy):
    """
    A proxy of declarations.
    """

    __delegate_class__ = Connection

    fetch = AsyncRead()
    get = AsyncRead()
    list = AsyncRead()
    untyped = AsyncCommand()
    wait = AsyncCommand()
    refuse = DelegateMethod()
    state = ReadOnlyProperty()
    version = ReadOnlyProperty()

    def cursor(self, *args: Any) -> CursorProxy:
        return CursorProxy()

    def __enter__(self) -> NoReturn:
        raise TypeError

    def __exit__(self, *exc_info: object) -> None: ...


class LazyConnection(ConnectionProxy):
    """
    The same with coroutine functions.
    """

    _lazy = True


class BinaryCursor(CursorProxy):
    """
    A class without a parameter of its own.
    """


CLASSES = [ConnectionProxy, LazyConnection, CursorProxy, BinaryCursor]


def statements(cls: type[Any], member: str, hints: Hints | None = None) -> list[str]:
    """
    What the stub says about a member, or about a class.
    """
    hints = hints or Hints(variables={"Row": {}}, bases={BinaryCursor: "bytes"})
    text = render(CLASSES, hints, "make stubs")
    [shown] = [
        node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == cls.__name__
    ]
    if not member:
        return [ast.unparse(base) for base in shown.bases]
    return [ast.unparse(node) for node in shown.body if getattr(node, "name", None) == member]


def test_declared_method_has_the_driver_s_types() -> None:
    """
    A call with a callback returns None, one without returns a future of what the driver's method returns.
    """
    with_callback, without = statements(ConnectionProxy, "fetch")

    parameters = "self, query: str, *parameters: Any, limit: int | None=10"
    taken = "Callable[[builtins.list[Row] | None, BaseException | None], object]"
    assert f"@overload\ndef fetch({parameters}, callback: {taken}) -> None:\n    ..." == with_callback
    assert f"({parameters}, callback: None=None) -> CallFuture[builtins.list[Row]]:" in without


def test_overloads_of_the_driver_s_are_kept() -> None:
    """
    Each of them comes with and without a callback.
    """
    returned = [
        statement.partition("-> ")[2].partition(":")[0] for statement in statements(ConnectionProxy, "get")
    ]

    assert ["None", "CallFuture[Row]", "None", "CallFuture[builtins.list[Row]]"] == returned


def test_driver_s_own_callback() -> None:
    """
    A method that has a parameter callback keeps it, and takes none of ours.
    """
    [statement] = statements(ConnectionProxy, "wait")

    assert "def wait(self, event: Event, /, callback: Callable[[], None]) -> CallFuture[None]:" in statement


def test_no_annotations() -> None:
    """
    What has no type is Any; a default that is no constant is left out.
    """
    statement = statements(ConnectionProxy, "untyped")[1]

    assert "(self, a: Any, *, b: Any=None, c: Any=..., callback: None=None) -> CallFuture[Any]:" in statement


def test_what_only_raises_is_not_shown() -> None:
    """
    Type checkers report its use that way.
    """
    for name in ("refuse", "__enter__", "__exit__"):
        assert [] == statements(ConnectionProxy, name)


def test_properties() -> None:
    """
    Their types are those of the driver's properties and attributes.
    """
    assert ["@property\ndef state(self) -> dict[str, int]:\n    ..."] == statements(ConnectionProxy, "state")
    assert ["@property\ndef version(self) -> str:\n    ..."] == statements(ConnectionProxy, "version")


def test_methods_by_hand() -> None:
    """
    What they say is taken, and the driver's types where that is Any or *args.
    """
    assert ["None", "CallFuture[Row]"] == [
        one.partition("-> ")[2].partition(":")[0] for one in statements(CursorProxy, "next")
    ]
    assert ["def cursor(self, name: str | bytes | None=None) -> CursorProxy[Row]:\n    ..."] == statements(
        ConnectionProxy, "cursor"
    )
    keyword, positional, without = statements(CursorProxy, "skip")
    assert "(self, number: int=0, *, callback: Callable[" in keyword
    assert "(self, number: int, callback: Callable[" in positional
    assert "(self, number: int=0, callback: None=None) -> CallFuture[None]:" in without


def test_chaining_method_returns_self() -> None:
    """
    Subclasses keep their class.
    """
    assert ["def sort(self, by: str='id') -> Self:\n    ..."] == statements(CursorProxy, "sort")


def test_bases() -> None:
    """
    A class is generic as its delegate; a base without a parameter of its own is given an argument.
    """
    assert ["Generic[Row]"] == statements(ConnectionProxy, "")
    assert ["CursorProxy[bytes]"] == statements(BinaryCursor, "")
    assert [] == statements(BinaryCursor, "next")


def test_lazy_class() -> None:
    """
    It has coroutine functions without a callback, and none of the other shape for a base.
    """
    [statement] = statements(LazyConnection, "fetch")

    assert statement.startswith(
        "async def fetch(self, query: str, *parameters: Any, limit: int | None=10) ->"
    )
    assert ["Generic[Row]"] == statements(LazyConnection, "")


def test_hints() -> None:
    """
    Hints replace what the source says; several types of a parameter are overloads.
    """
    hints = Hints(
        variables={"Row": {"default": "Any"}},
        results={"ConnectionProxy.state": "Mapping[str, Any]"},
        types={"ConnectionProxy.cursor.name": ["str", "CursorProxy"]},
        attributes={CursorProxy: {"open": "bool"}},
    )

    text = render(CLASSES, hints, "make stubs")

    assert text.startswith("# Made by: make stubs\n\n")
    assert 'Row = TypeVar("Row", default=Any)\n' in text
    assert "    open: bool\n" in text
    assert ["@property\ndef state(self) -> Mapping[str, Any]:\n    ..."] == statements(
        ConnectionProxy, "state", hints
    )
    assert ["(self, name: str=None)", "(self, name: CursorProxy[Row]=None)"] == [
        "(" + one.partition("(")[2].partition(" ->")[0]
        for one in statements(ConnectionProxy, "cursor", hints)
    ]

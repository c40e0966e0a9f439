"""
Imports inside functions that were compiled before their package was patched give green modules, too.
"""

import gc
import http.client
import importlib
import inspect
import select
import socket
import ssl
import threading
import time
import traceback
import urllib.request
import weakref
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from motorish import green, patcher
from motorish.patcher import copies

TWINS = green.TWINS
MANY = "\n    ".join(f"names.append('constant {n}')" for n in range(300))


@pytest.fixture
def imported(write: Callable[..., str]) -> Callable[..., ModuleType]:
    """
    Return a function that writes a package and imports it.
    """
    return lambda *args, **kwargs: importlib.import_module(write(*args, **kwargs))


SHAPES = {
    "plain": ("import socket", "socket, socket.socket", TWINS["socket"]),
    "as": ("import ssl as tls", "tls, tls.get_server_certificate", TWINS["ssl"]),
    "several": ("import os, threading, sys", "threading, threading.Lock, os.path", TWINS["threading"]),
    "from": ("from time import sleep, time", "sleep", TWINS["time"].sleep),
    "from_as": ("from socket import socket as s", "s", TWINS["socket"].socket),
    "dotted": ("import http.client", "http.client", copies.copy_of("http.client")),
    "dotted_as": ("import urllib.request as r", "r", copies.copy_of("urllib.request")),
    "from_package": ("from http import client", "client", copies.copy_of("http.client")),
    "try": ("try: import ssl\n    except ImportError: 0", "ssl, ssl.get_server_certificate", TWINS["ssl"]),
    "branch": ("for i in 1, 2:\n        if i > 1: import select", "select, select.select", TWINS["select"]),
    "global": ("global late\n    import socket as late", "late, late.socket", TWINS["socket"]),
    "large": (f"names = []\n    {MANY}\n    import socket", "socket, socket.socket", TWINS["socket"]),
    "many_names": (
        "import os\n    if 0: " + "; ".join(f"os.a{n}" for n in range(300)) + "\n    import socket",
        "socket, socket.socket",
        TWINS["socket"],
    ),
}  # fmt: skip
STOCK = {
    id(twin): stock
    for twin, stock in [
        *((TWINS[each.__name__], each) for each in (select, socket, ssl, threading)),
        (TWINS["time"].sleep, time.sleep),
        (TWINS["socket"].socket, socket.socket),
        (copies.copy_of("http.client"), http.client),
        (copies.copy_of("urllib.request"), urllib.request),
    ]
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_green(shape: str, imported: Callable[..., ModuleType]) -> None:
    """
    However a function imports a module, it gets the twin; after unpatch the stock one again.
    """
    statement, expression, twin = SHAPES[shape]
    module = imported(f"def f():\n    {statement}\n    return ({expression},)[0]\n")
    before = module.f.__code__

    report = patcher.patch(module.__name__, strict=True)
    found = module.f()
    patcher.unpatch(module.__name__)

    assert [] == report.escaped
    assert twin is found
    assert STOCK[id(twin)] is module.f()
    assert before is module.f.__code__


def test_every_kind_of_function(imported: Callable[..., ModuleType]) -> None:
    """
    Methods, generators, coroutines, closures and decorated functions keep what they are.
    """
    module = imported(
        """
        import functools

        class Pool:
            def __init__(self):
                import threading
                self.lock = threading.Lock()

            @classmethod
            def make(cls):
                from socket import socket
                return cls, socket

        class Sub(Pool):
            def __init__(self):
                from time import sleep
                super().__init__()
                self.sleep = sleep

        def items(count):
            from time import sleep
            for _ in range(count):
                yield sleep

        async def coroutine():
            from time import sleep
            return sleep

        def outer(value):
            def inner(key=1, *, more=2):
                import socket
                return socket.socket, value, key, more
            return functools.wraps(inner)(lambda: inner())

        inner = outer(3)
        """
    )
    signature = inspect.signature(module.inner)
    patcher.patch(module.__name__, strict=True)
    sleep, Socket = TWINS["time"].sleep, TWINS["socket"].socket

    assert TWINS["threading"].Lock is type(module.Sub().lock)
    assert sleep is module.Sub().sleep
    assert (module.Sub, Socket) == module.Sub.make()
    assert [sleep, sleep] == list(module.items(2))
    with pytest.raises(StopIteration) as done:
        module.coroutine().send(None)
    assert sleep is done.value.value
    assert (Socket, 3, 1, 2) == module.inner()
    assert signature == inspect.signature(module.inner)


def test_who_holds_the_function_gets_it_green(imported: Callable[..., ModuleType]) -> None:
    """
    The function stays the same object: it is green as well for those who have imported it before.
    """
    module = imported("def connect():\n    import socket\n    return socket.socket")
    connect = module.connect
    patcher.patch(module.__name__, strict=True)

    assert TWINS["socket"].socket is connect()
    assert connect is module.connect


def test_imports_that_do_not_matter_stay(imported: Callable[..., ModuleType]) -> None:
    """
    A function whose imports are the same in both worlds keeps its code.
    """
    module = imported(
        """
        def f():
            from time import monotonic
            import socket, time, ssl, os.path
            from . import socket as own
            return time.time(), socket.AF_INET, ssl.CERT_NONE
        """
    )
    before = module.f.__code__
    patcher.patch(module.__name__, strict=True)

    assert before is module.f.__code__


def test_relative_imports_stay(imported: Callable[..., ModuleType]) -> None:
    """
    A package's own module of a stdlib module's name is imported as ever.
    """
    module = imported("def f():\n    from . import socket\n    return socket.socket", socket="socket = 'own'")
    patcher.patch(module.__name__, strict=True)

    assert "own" == module.f()


def test_tracebacks_keep_their_lines(imported: Callable[..., ModuleType]) -> None:
    """
    A traceback shows the same lines as before the patch.
    """
    module = imported("def f():\n    import socket\n    socket.socket(\n        1 / 0\n    )\n")

    def where() -> list[tuple[int | None, str | None]]:
        with pytest.raises(ZeroDivisionError) as caught:
            module.f()
        return [(frame.lineno, frame.line) for frame in traceback.extract_tb(caught.value.__traceback__)[1:]]

    before = where()
    patcher.patch(module.__name__, strict=True)

    assert before == where()


def test_patching_again(imported: Callable[..., ModuleType]) -> None:
    """
    What has been unpatched can be patched again.
    """
    module = imported("def f():\n    import socket\n    return socket.socket")
    for _ in range(3):
        patcher.patch(module.__name__, strict=True)
        assert TWINS["socket"].socket is module.f()
        patcher.unpatch(module.__name__)
        assert socket.socket is module.f()


def test_code_that_was_replaced_since_stays(imported: Callable[..., ModuleType]) -> None:
    """
    Unpatching does not undo what another library has made of the function meanwhile.
    """
    module = imported("def f():\n    import socket\n    return socket.socket\ndef g():\n    return 'other'")
    patcher.patch(module.__name__, strict=True)
    module.f.__code__ = module.g.__code__
    patcher.unpatch(module.__name__)

    assert "other" == module.f()


def test_code_compiled_before_defines_green_functions(imported: Callable[..., ModuleType]) -> None:
    """
    A function that is made after the patch by one made before imports green.
    """
    module = imported("def make():\n    def f():\n        import socket\n        return socket\n    return f")
    patcher.patch(module.__name__, strict=True)

    assert TWINS["socket"] is module.make()()


def test_functions_are_not_kept(imported: Callable[..., ModuleType]) -> None:
    """
    The patcher keeps no function alive.
    """
    module: Any = imported("def f():\n    import socket\n    return socket.socket")
    patcher.patch(module.__name__, strict=True)
    function = weakref.ref(module.f)
    del module.f
    gc.collect()

    assert function() is None


def test_an_import_that_fails_is_reported(
    imported: Callable[..., ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Where there is no green module to be had, the function stays as it is, and the report names it.
    """
    module = imported("def f():\n    import socket\n    return socket.socket")
    before = module.f.__code__
    line = f"{module.__name__}.f: imports the stock 'socket' when it is called (no such thing)"

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise ImportError("no such thing")

    monkeypatch.setattr(patcher.rebind.lazy, "green_import", fail)
    with pytest.warns(match="imports the stock 'socket' when it is called"):
        report = patcher.patch(module.__name__)

    assert [line] == report.escaped
    assert before is module.f.__code__

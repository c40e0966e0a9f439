"""
Every shape of an import inside a patched package gives the green twin, and nowhere else.
"""

import importlib
import sys
import threading
from collections.abc import Callable

import pytest

from motorish import green, patcher

SHAPES = {
    "plain": ("import socket", "socket", "socket"),
    "as": ("import socket as s", "s", "socket"),
    "several": ("import os, socket, sys", "socket", "socket"),
    "importlib": ("import importlib", "importlib.import_module('ssl')", "ssl"),
    "import_module": ("from importlib import import_module as f", "f('time')", "time"),
    "importlib_util": ("import importlib.util", "importlib.import_module('ssl')", "ssl"),
    "importlib_dunder": ("import importlib", "importlib.__import__('ssl')", "ssl"),
    "dunder": ("", "__import__('socket')", "socket"),
    "dunder_fromlist": ("", "__import__('socket', fromlist=['socket'])", "socket"),
    "try": ("try:\n    import ssl\nexcept ImportError:\n    ssl = None", "ssl", "ssl"),
    "exec": ("names = {}\nexec('import select', names)", "names['select']", "select"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_module_imports_give_the_twin(shape: str, write: Callable[..., str]) -> None:
    """
    However a module is imported, it is the twin.
    """
    statement, expression, twin = SHAPES[shape]
    name = write(f"{statement}\nFOUND = {expression}\n")
    patcher.patch(name)
    found = importlib.import_module(name).FOUND

    assert green.TWINS[twin] is found


def test_names_are_green_wherever_they_end_up(write: Callable[..., str]) -> None:
    """
    From-imports, star imports, defaults, base classes, class attributes, dataclasses: all are green.
    """
    name = write(
        """
        from threading import *
        from time import sleep as pause
        from socket import socket, create_connection
        import dataclasses, threading, queue

        def default(factory=Lock, *, wait=pause): ...

        class Worker(threading.Thread): ...

        class Jobs(queue.Queue):
            lock_class = threading.RLock

        @dataclasses.dataclass
        class Box:
            lock: object = dataclasses.field(default_factory=threading.Lock)
        """
    )
    patcher.patch(name)
    module = importlib.import_module(name)
    twins = green.TWINS

    assert twins["threading"].Lock is module.Lock
    assert twins["time"].sleep is module.pause
    assert twins["socket"].socket is module.socket
    assert twins["socket"].create_connection is module.create_connection
    assert (twins["threading"].Lock,) == module.default.__defaults__
    assert twins["time"].sleep is module.default.__kwdefaults__["wait"]
    assert (twins["threading"].Thread,) == module.Worker.__bases__
    assert (twins["queue"].Queue,) == module.Jobs.__bases__
    assert twins["threading"].RLock is module.Jobs.lock_class
    assert twins["threading"].Lock is type(module.Box().lock)


def test_submodules_and_imports_inside_functions(write: Callable[..., str]) -> None:
    """
    Relative imports, submodules and what functions import when they are called are covered too.
    """
    name = write(
        "from . import low\nfrom .low import ssl\nfrom PKG.low import lazily, nested",
        low="""
        import ssl

        def lazily():
            import select
            from socket import socket
            return select, socket

        def nested():
            class Inner:
                def method(self):
                    import threading
                    return threading
            return (lambda: Inner().method())()

        def sibling():
            from . import late
            return late.time
        """,
        late="import time",
    )
    patcher.patch(name)
    module = importlib.import_module(name)

    assert green.TWINS["ssl"] is module.ssl
    assert (green.TWINS["select"], green.TWINS["socket"].socket) == module.lazily()
    assert green.TWINS["threading"] is module.nested()
    assert green.TWINS["time"] is module.low.sibling()


@pytest.mark.parametrize("before", [False, True])
def test_builtins_as_class_attributes_are_no_methods(before: bool, write: Callable[..., str]) -> None:
    """
    ``sleep = time.sleep`` in a class body is called without self, whenever the package is imported.
    """
    name = write(
        """
        import select, time
        from _thread import get_ident
        class Poller:
            choose, ident, sleep = select.select, get_ident, time.sleep
            def poll(self):
                self.sleep(0)
                return self.choose([], [], [], 0), self.ident()
        """
    )
    if before:
        importlib.import_module(name)
    patcher.patch(name)
    module = importlib.import_module(name)

    assert green.TWINS["time"].sleep is module.Poller().sleep
    assert (([], [], []), threading.get_ident()) == module.Poller().poll()
    patcher.unpatch(name)
    assert sys.modules["time"].sleep is module.Poller().sleep


def test_other_modules_are_left_alone(write: Callable[..., str]) -> None:
    """
    Modules without a twin come as they are: dotted, os.path, a missing one's error.
    """
    name = write(
        """
        import os.path, xml.dom.minidom, collections.abc as abc, importlib.machinery
        from os import path
        import importlib.util as util
        MACHINERY = importlib.machinery
        """
    )
    patcher.patch(name)
    module = importlib.import_module(name)

    assert sys.modules["os"] is module.os
    assert sys.modules["os.path"] is module.path
    assert sys.modules["xml"] is module.xml
    assert sys.modules["collections.abc"] is module.abc
    assert sys.modules["importlib.util"] is module.util
    assert sys.modules["importlib.machinery"] is module.MACHINERY
    with pytest.raises(ModuleNotFoundError, match="nowhere_at_all"):
        module.__builtins__["__import__"]("nowhere_at_all")


def test_other_packages_and_the_stdlib_stay_stock(
    write: Callable[..., str], alone: Callable[[str], None]
) -> None:
    """
    Nothing outside the patched package changes: not a module, not an attribute, but for TLS's one hook.
    """
    other = write("import socket\ndef f():\n    import time\n    return time")
    name = write(f"import {other}\nimport socket, ssl, select, queue, http.client, smtplib\n")
    alone(
        f"""
        import http.client, importlib, queue, select, selectors, smtplib, socket, ssl, threading, time
        import builtins, concurrent.futures
        stock = [http.client, importlib, queue, select, selectors, smtplib, socket, ssl, threading, time]
        stock += [socket.socket, ssl.SSLSocket, threading.Thread, queue.Queue, concurrent.futures]
        before = [dict(vars(each)) for each in [builtins, *stock]]
        tls = ssl.SSLContext.sslsocket_class
        patcher.patch({name!r})
        import {name}
        assert {name}.socket is green.TWINS["socket"]
        assert {name}.{other}.socket is socket is sys.modules["socket"]
        assert {name}.{other}.f() is time
        for each, names in zip([builtins, *stock], before, strict=True):
            assert vars(each).keys() == names.keys()
            assert all(vars(each)[key] is value for key, value in names.items()), each
        assert tls is not ssl.SSLContext.sslsocket_class
        """
    )


def test_threads_that_import_at_once(write: Callable[..., str]) -> None:
    """
    Threads that patch and import the same package at the same time all get green modules.
    """
    modules = {f"m{i}": "import time, http.client, socket\nfrom . import *" for i in range(20)}
    name = write("", **modules)
    barrier = threading.Barrier(8)
    found: list[object] = []

    def work(number: int) -> None:
        barrier.wait()
        patcher.patch(name)
        for i in range(20):
            module = importlib.import_module(f"{name}.m{(i * number) % 20}")
            found.extend((module.time, module.socket, module.http.client))

    threads = [threading.Thread(target=work, args=(i,)) for i in (1, 3, 7, 9, 11, 13, 17, 19)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 * 20 * 3 == len(found)
    assert {green.TWINS["time"], green.TWINS["socket"], patcher.copies.copy_of("http.client")} == {*found}

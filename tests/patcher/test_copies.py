"""
Green copies of stdlib modules: private, complete, with the exceptions that users catch.
"""

import asyncio
import concurrent.futures
import enum
import ftplib
import http
import http.client
import imaplib
import importlib
import inspect
import poplib
import smtplib
import socketserver
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

import motorish
from motorish import green, patcher
from motorish.patcher.copies import COPIED, copy_of

MODULES = (concurrent.futures, ftplib, http.client, imaplib, poplib, smtplib, socketserver)


@pytest.mark.parametrize("name", COPIED)
def test_a_copy_is_green_and_complete(name: str) -> None:
    """
    A copy has every name of its original, and the modules it uses are twins.
    """
    stock, copy = importlib.import_module(name), copy_of(name)

    assert stock is sys.modules[name] is not copy
    names = vars(stock).keys() - {"__warningregistry__"}  # left by a warning, not part of the module
    assert [] == [key for key in names if not hasattr(copy, key)]
    for key, value in vars(copy).items():
        if isinstance(value, ModuleType) and value.__name__ in green.TWINS:
            pytest.fail(f"{name}.{key} is a stock module")
    assert stock.__name__ == copy.__name__
    assert inspect.getsource(stock) == inspect.getsource(copy)


@pytest.mark.parametrize("name", COPIED)
def test_exceptions_and_enums_are_the_originals(name: str) -> None:
    """
    Also those nested in classes, collected in tuples, or used as bases.
    """

    def walk(stock: Any, copy: Any) -> Iterator[tuple[Any, Any]]:
        for key, value in vars(stock).items():
            if key in vars(copy):
                yield value, vars(copy)[key]
                copied = value is not vars(copy)[key] and isinstance(value, type)
                if copied and value.__module__ == name:
                    yield from walk(value, vars(copy)[key])

    kinds = (BaseException, enum.Enum)
    for ours, theirs in walk(importlib.import_module(name), copy_of(name)):
        if isinstance(ours, type) and issubclass(ours, kinds):
            assert ours is theirs
        elif isinstance(ours, tuple) and any(isinstance(item, type) for item in ours):
            assert ours == theirs


def test_all_shapes_of_imports_reach_the_copies(write: Callable[..., str]) -> None:
    """
    Dotted and from-imports of modules inside stdlib packages give the copies; the rest is stock.
    """
    name = write(
        """
        import http.client, urllib.parse
        import http.client as aliased
        import concurrent.futures.thread as pool_module
        import concurrent.futures.process
        from concurrent import futures
        from concurrent.futures import ThreadPoolExecutor, ProcessPoolExecutor, TimeoutError, wait
        from urllib.request import urlopen, Request
        from http import HTTPStatus, client
        """
    )
    patcher.patch(name)
    module = importlib.import_module(name)
    futures = copy_of("concurrent.futures")

    assert copy_of("http.client") is module.http.client is module.aliased is module.client
    assert http.HTTPStatus is module.http.HTTPStatus is module.HTTPStatus
    assert futures is module.futures is module.concurrent.futures
    assert copy_of("concurrent.futures.thread") is module.pool_module is futures.thread
    assert futures.ThreadPoolExecutor is module.ThreadPoolExecutor
    assert futures.wait is module.wait is not concurrent.futures.wait
    assert concurrent.futures.ProcessPoolExecutor is module.ProcessPoolExecutor
    assert sys.modules["concurrent.futures.process"] is module.concurrent.futures.process
    assert copy_of("urllib.request").urlopen is module.urlopen is not urllib.request.urlopen
    assert urllib.request.Request is module.Request
    assert sys.modules["urllib.parse"] is module.urllib.parse


def test_already_imported_uses_are_rebound_and_unbound(write: Callable[..., str]) -> None:
    """
    Modules, classes and functions of copied modules are replaced too, and put back.
    """
    name = write("import smtplib\nfrom http.client import HTTPConnection, HTTPException")
    module = importlib.import_module(name)
    with patcher.patch(name, strict=True):
        assert copy_of("smtplib") is module.smtplib
        assert copy_of("http.client").HTTPConnection is module.HTTPConnection
        assert http.client.HTTPException is module.HTTPException

    assert smtplib is module.smtplib
    assert http.client.HTTPConnection is module.HTTPConnection


def test_a_green_pool_in_a_child() -> None:
    """
    A patched package's ThreadPoolExecutor: its futures park a child, and asyncio takes them.
    """
    futures: Any = copy_of("concurrent.futures")

    def sync(release: threading.Event) -> tuple[int, str]:
        with futures.ThreadPoolExecutor(2) as pool:
            waiting = pool.submit(release.wait)
            assert not futures.wait([waiting], timeout=0).done
            asyncio.get_running_loop().call_soon(release.set)
            return waiting.result(), threading.current_thread().name

    async def main() -> None:
        assert (True, threading.main_thread().name) == await motorish.spawn(sync, threading.Event())
        pool = futures.ThreadPoolExecutor(1)
        future = await motorish.spawn(pool.submit, int, "5")
        assert 5 == await asyncio.wrap_future(future)
        assert isinstance(pool, concurrent.futures.Executor)
        await motorish.spawn(pool.shutdown)

    asyncio.run(main())


def test_http_in_a_child() -> None:
    """
    urlopen of the copy parks: the server answers from the same loop.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.0 404 No\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        writer.close()

    async def main() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            opener: Any = copy_of("urllib.request").build_opener(copy_of("urllib.request").ProxyHandler({}))
            with pytest.raises(urllib.request.HTTPError) as caught:
                await motorish.spawn(opener.open, url)
            assert (404, b"no") == (caught.value.code, caught.value.read())
            caught.value.close()

    asyncio.run(main())

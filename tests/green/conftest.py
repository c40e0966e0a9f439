"""
Runners for the tests of the green modules: a child of a fresh loop (stock and uvloop), and parity.

A parity script is a function of one argument, the modules it is to use, which returns (or yields) what it
observed.  It runs with the stdlib in a plain thread, with the stand-ins in a plain thread and with the
stand-ins in a child, and must observe the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import select
import selectors
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import trustme
import uvloop

import motorish
from motorish.green import TWINS
from motorish.green import ssl as green_ssl
from motorish.hub import current_hub

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
GIVE_UP_S = 10.0


class Modules(SimpleNamespace):
    """
    The modules that a parity script is to use, and what scripts share.
    """

    @staticmethod
    def outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """
        What a call returns, or the type of its exception and, of an OSError, its number.
        """
        try:
            return call(*args, **kwargs)
        except Exception as error:
            return type(error).__name__, getattr(error, "errno", None)

    @staticmethod
    @contextlib.contextmanager
    def meanwhile(function: Callable[..., Any], *args: Any) -> Iterator[None]:
        """
        Run *function*, which uses the stdlib, in a thread of its own until the end of the block.
        """
        with in_thread(function, *args):
            yield


@contextlib.contextmanager
def in_thread(function: Callable[..., Any], *args: Any) -> Iterator[list[Any]]:
    """
    Run *function* in a plain thread, which must have ended without an error when the block is done.
    """
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(function(*args))
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield outcome
    thread.join(GIVE_UP_S)
    assert not thread.is_alive()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]


STDLIB = Modules(socket=socket, select=select, selectors=selectors, ssl=ssl, threading=threading, time=time)
GREEN = Modules(**{name: TWINS[name] for name in vars(STDLIB)})


@pytest.fixture(params=LOOPS)
def new_loop(request: pytest.FixtureRequest) -> Callable[[], asyncio.AbstractEventLoop]:
    """
    Return what makes an event loop: asyncio's own, then uvloop's.
    """
    return LOOPS[request.param]


@pytest.fixture
def run_async(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """
    Return a runner of coroutines; at the end nothing may be left of them on their loop.
    """
    problems: list[dict[str, Any]] = []

    def run(main: Coroutine[Any, Any, Any]) -> Any:
        async def bounded() -> Any:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: problems.append(context))
            try:
                return await asyncio.wait_for(main, GIVE_UP_S)
            finally:
                gc.collect()
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                hub = current_hub()
                assert not hub.calls

        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(bounded())

    yield run
    assert [] == problems


@pytest.fixture
def run(run_async: Callable[[Coroutine[Any, Any, Any]], Any]) -> Callable[..., Any]:
    """
    Return a runner of synchronous functions, in a child of a fresh loop.
    """

    def run_in_child(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        async def main() -> Any:
            return await motorish.spawn(function, *args, **kwargs)

        return run_async(main())

    return run_in_child


@pytest.fixture
def dispatcher() -> Iterator[None]:
    """
    Let every SSLContext wrap green sockets, as patching does.
    """
    green_ssl.install_dispatcher()
    yield
    green_ssl.remove_dispatcher()


@pytest.fixture
def contexts(authority: trustme.CA) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """
    Return the contexts of a client and a server, made with the stock ssl.
    """
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return client, server


@pytest.fixture
def same(run: Callable[..., Any], dispatcher: None) -> Callable[[Callable[..., Any]], Any]:
    """
    Return a checker that a parity script observes the same everywhere; it returns what that was.
    """

    def check(script: Callable[..., Any], *args: Any) -> Any:
        def observe(modules: Modules) -> Any:
            seen = script(modules, *args)
            return list(seen) if hasattr(seen, "__next__") else seen

        with in_thread(observe, STDLIB) as stdlib:
            pass
        with in_thread(observe, GREEN) as thread:
            pass
        child = run(observe, GREEN)

        assert stdlib[0] == thread[0]
        assert stdlib[0] == child
        return child

    return check


@pytest.fixture
def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """
    Return the list of exceptions that finalisers could not raise (a ResourceWarning made an error, say).
    """
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda report: seen.append(report.exc_value))
    return seen

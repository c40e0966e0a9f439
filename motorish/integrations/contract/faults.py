"""
The contract's third group: servers that are killed, that refuse, and whose names are slow to resolve.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

import motorish

from ..chaos import Proxy
from .driver import PATIENCE_S, Driver, Group, run, until
from .lag import Lag, assert_no_lag, measured

CALLS = 10
HOST = "127.0.0.1"
NAME = "slow.example"
RESOLVE_S = 0.3


class Faults(Group):
    """
    What goes wrong on the network is an error in the call, as it is in a thread, and only there.
    """

    def test_server_killed(self, subject: Driver[Any]) -> None:
        """
        Calls that wait for a server that dies end with an error; when it is back, new ones work.
        """
        with Proxy(subject.host, subject.port) as proxy:
            here = subject.at(proxy.host, proxy.port)

            async def main() -> None:
                connections = [await motorish.spawn(here.open) for _ in range(CALLS)]
                for connection in connections:
                    await motorish.spawn(here.echo, connection, "warm")
                proxy.hold()
                calls = [motorish.spawn(here.echo, each, "late") for each in connections]
                await until(lambda: proxy.kept >= CALLS)
                proxy.crash()
                ends = await asyncio.gather(*calls, return_exceptions=True)
                closing = [motorish.spawn(here.close, each) for each in connections]
                await asyncio.gather(*closing, return_exceptions=True)
                assert [] == [end for end in ends if not isinstance(end, Exception)]
                proxy.restart()
                assert "after" == await motorish.spawn(here.session, "after")

            run(main)

    def test_server_killed_while_connecting(self, subject: Driver[Any]) -> None:
        """
        The same before the server has said a word.
        """
        with Proxy(subject.host, subject.port) as proxy:
            here = subject.at(proxy.host, proxy.port)

            async def main() -> None:
                proxy.hold()
                calls = [motorish.spawn(here.session, "late") for _ in range(CALLS)]
                await until(lambda: proxy.kept >= CALLS)
                proxy.crash()
                ends = await asyncio.gather(*calls, return_exceptions=True)
                assert [] == [end for end in ends if not isinstance(end, Exception)]
                proxy.restart()
                assert "after" == await motorish.spawn(here.session, "after")

            run(main)

    def test_connection_refused(self, subject: Driver[Any]) -> None:
        """
        Where nobody listens, a child gets the exception that a thread gets.
        """
        nowhere = subject.at(HOST, _nobody_listens())

        def what() -> list[str]:
            try:
                nowhere.session("text")
            except Exception as error:  # some drivers make a class for each
                return [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__]
            raise AssertionError("somebody listens")

        async def main() -> list[str]:
            return await motorish.spawn(what)

        assert _in_thread(what) == run(main)

    def test_slow_dns(self, subject: Driver[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A name that takes long to resolve holds up the call, and nothing else.
        """
        _make_names_slow(monkeypatch)
        named = subject.at(NAME, subject.port)

        async def main() -> Lag:
            async with measured() as lag:
                assert "text" == await motorish.spawn(named.session, "text")
            return lag

        assert_no_lag(main, RESOLVE_S / 2)

    def test_cancel_during_slow_dns(self, subject: Driver[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        """
        A call can be cancelled, and its deadline can pass, while a name is being resolved.
        """
        asked = _make_names_slow(monkeypatch)
        named = subject.at(NAME, subject.port)

        async def main() -> None:
            call = motorish.spawn(named.session, "text")
            await until(asked.is_set)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded):
                await motorish.spawn(named.session, "text")
            assert "after" == await motorish.spawn(subject.session, "after")

        run(main)


def _make_names_slow(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """
    Let the look-up of `NAME` take its time; returns what is set when the first has begun.
    """
    stock, asked = socket.getaddrinfo, threading.Event()

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host in (NAME, NAME.encode()):
            asked.set()
            time.sleep(RESOLVE_S)
            host = HOST
        return stock(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def _nobody_listens() -> int:
    """
    Return a port that refuses connections at this moment.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _in_thread(function: Callable[[], Any]) -> Any:
    outcome: list[Any] = []
    thread = threading.Thread(target=lambda: outcome.append(function()))
    thread.start()
    thread.join(PATIENCE_S)
    return outcome[0]

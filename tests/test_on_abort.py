"""
An adapter's ``on_abort`` tells the server what its driver, whose call is aborted, cannot say any more.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

import motorish
from motorish import adapter
from motorish.green import socket as green_socket
from motorish.hub import current_child
from tests.loops import outcome, turns, until

SOURCE = """
class Connection:
    def __init__(self, sock):
        self.sock = sock

    def query(self):
        return self._read()

    def _read(self):
        return self.sock.recv(10)
"""


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """
    Return a function that makes a driver with an adapter, and returns the driver's Connection class.
    """

    def make(on_abort: Callable[[FrameType], Any]) -> Any:
        names: dict[str, Any] = {"__name__": "toy_driver.core"}
        exec(SOURCE, names)
        toy = adapter.Adapter(name="toy", packages=("toy_driver",), on_abort=on_abort)
        monkeypatch.setitem(adapter._by_package, "toy_driver", toy)
        return names["Connection"]

    return make


@pytest.mark.parametrize("how", ["cancel", "deadline", "inner deadline"])
def test_on_abort_runs_while_the_sockets_are_open_and_its_result_afterwards(
    install: Callable[..., Any], how: str
) -> None:
    """
    The hook sees the driver's objects and open sockets; what it returns runs in a fresh child.
    """
    seen: list[Any] = []

    def tell_server() -> None:
        now = current_child()
        assert now is not None
        seen.append(("told", now.serial != serial))

    def on_abort(frame: FrameType) -> Any:
        found = list(adapter.selves(frame, toy_connection))
        seen.append(([name for _, name in found], found[0][0].sock.fileno() >= 0))
        return tell_server

    toy_connection = install(on_abort)
    near, far = green_socket.socketpair()
    serial = 0

    def call() -> Any:
        nonlocal serial
        serial = current_child().serial  # type: ignore[union-attr]
        if how == "inner deadline":
            with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.01):
                toy_connection(near).query()
            return "went on"
        return toy_connection(near).query()

    async def main() -> Any:
        with motorish.timeout(0.01 if how == "deadline" else None):
            future = motorish.spawn(call)
        if how == "cancel":
            future.cancel()
        result = await outcome(future)
        await until(lambda: len(seen) == 2)
        return result

    expected = {
        "cancel": asyncio.CancelledError,
        "deadline": motorish.DeadlineExceeded,
        "inner deadline": "went on",
    }
    with far:
        assert expected[how] == asyncio.run(main())
    assert [(["_read", "query"], True), ("told", True)] == seen
    near.close()


def test_a_call_that_is_not_aborted_does_not_ask(install: Callable[..., Any]) -> None:
    """
    The hook is never called for a call that completes, nor for a driver's own timeout.
    """
    seen: list[Any] = []
    connection = install(seen.append)
    near, far = green_socket.socketpair()

    def call() -> Any:
        near.settimeout(0.01)
        with pytest.raises(socket.timeout):
            connection(near).query()
        far.send(b"hello")
        return connection(near).query()

    async def main() -> Any:
        return await motorish.spawn(call)

    with near, far:
        assert b"hello" == asyncio.run(main())
    assert [] == seen


def test_looking_for_the_driver_s_objects_keeps_none_alive(install: Callable[..., Any]) -> None:
    """
    The call's arguments are freed with its future, though the greenlet and its frame are used again.
    """

    class Argument:
        pass

    def on_abort(frame: FrameType) -> None:
        assert ["_read", "query"] == [name for _, name in adapter.selves(frame, connection)]

    def call(argument: Argument) -> Any:
        return connection(near).query()

    async def main() -> weakref.ref[Argument]:
        argument = Argument()
        future = motorish.spawn(call, argument)
        future.cancel()
        assert asyncio.CancelledError is await outcome(future)
        return weakref.ref(argument)

    async def main_and_after() -> Argument | None:
        argument = await main()
        await turns(1)  # the loop still has what it called us with: the future, and the frames of its error
        gc.collect()
        return argument()

    connection = install(on_abort)
    near, far = green_socket.socketpair()
    with far:
        assert asyncio.run(main_and_after()) is None


def test_a_hook_that_fails_does_not_hide_the_abort(install: Callable[..., Any]) -> None:
    """
    Its error goes to the loop's exception handler; the call ends as cancelled.
    """

    def on_abort(frame: FrameType) -> Any:
        raise KeyError("a bug")

    connection = install(on_abort)
    near, far = green_socket.socketpair()
    reported: list[Any] = []

    async def main() -> Any:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
        future = motorish.spawn(connection(near).query)
        future.cancel()
        return await outcome(future)

    with near, far:
        assert asyncio.CancelledError == asyncio.run(main())
    assert ["KeyError('a bug')"] == [repr(context["exception"]) for context in reported]

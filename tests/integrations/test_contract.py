"""
The contract of drivers: a toy driver passes it, and each of its broken relatives fails where it should.
"""

from __future__ import annotations

import asyncio
import gc
import socket as stock_socket
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from motorish.green import socket as green_socket
from motorish.integrations.contract import lag
from motorish.testing import contract


class Toy:
    """
    A driver: asks a server, line by line.
    """

    module: Any = green_socket

    def __init__(self, host: str, port: int) -> None:
        self.sock = self.module.create_connection((host, port))
        self.file = self.sock.makefile("rb")

    def ask(self, line: str) -> str:
        self.sock.sendall(line.encode() + b"\n")
        answer = self.file.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionError("the server has gone away")
        return bytes(answer).decode().strip()

    def echo(self, text: str) -> str:
        return self.ask(f"echo {text}")

    def close(self) -> None:
        self.file.close()
        self.sock.close()


class Blocking(Toy):
    """
    One that was not patched.
    """

    module = stock_socket


class Leaky(Toy):
    """
    One that never closes anything.
    """

    kept: list[Any] = []

    def close(self) -> None:
        self.kept.append(self)


class Deaf(Toy):
    """
    One that tries again, whatever happens.
    """

    def echo(self, text: str) -> str:
        try:
            return super().echo(text)
        except BaseException:
            return "sorry"


class Shared(Toy):
    """
    One whose connections are one, and that takes whatever answer comes.
    """

    answers: list[str] = []

    def echo(self, text: str) -> str:
        self.answers.append(super().echo(text))
        return self.answers[0]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """
    Return the port of a server that understands ``echo`` and ``sleep``.
    """
    started, ended, ports = threading.Event(), asyncio.Event(), []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := (await reader.readline()).decode().split():
                if line[0] == "sleep":
                    await asyncio.sleep(float(line[1]))
                writer.write(f"{line[1]}\n".encode())
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def serve() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            ports.append(server.sockets[0].getsockname()[1])
            started.set()
            await ended.wait()

    loop: asyncio.AbstractEventLoop | None = None
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait()
    yield ports[0]
    assert loop is not None
    loop.call_soon_threadsafe(ended.set)
    thread.join()


def driver_of(toy: type[Toy], port: int) -> contract.Driver[Any]:
    """
    What the contract needs to know of a toy.
    """
    return contract.Driver(
        packages=(),
        host="127.0.0.1",
        port=port,
        connect=toy,
        echo=toy.echo,
        close=toy.close,
        slow=lambda connection, seconds: connection.ask(f"sleep {seconds}"),
    )


class TestToy(contract.DriverContract):
    """
    The contract of the toy that is not broken.
    """

    @pytest.fixture
    def driver(self, port: int) -> contract.Driver[Any]:
        """
        Return the toy.
        """
        return driver_of(Toy, port)


BROKEN: list[tuple[type[Toy], Callable[[Any], None], str]] = [
    (Blocking, contract.Answers().test_ticker_on_time, "ticker"),
    (
        Blocking,
        lambda driver: contract.Aborts().test_abort_at_every_wait_of_a_call(driver, "cancel"),
        "waits",
    ),
    (Leaky, contract.Leaks().test_nothing_is_left, "descriptors"),
    (Deaf, lambda driver: contract.Aborts().test_abort_at_every_wait_of_a_call(driver, "cancel"), "sorry"),
    (Deaf, contract.Faults().test_server_killed, "sorry"),
    (Shared, contract.Answers().test_right_answer, "two"),
    (Shared, contract.Answers().test_one_connection_never_mixes_two_calls, "mine"),
]


@pytest.mark.parametrize(("toy", "test", "complaint"), BROKEN)
def test_a_broken_driver_fails(
    toy: type[Toy],
    test: Callable[[Any], None],
    complaint: str,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """
    With a message that says what is wrong; a test that fails may leave its connection open.
    """
    monkeypatch.setattr(lag, "ATTEMPTS", 1)
    with pytest.raises(AssertionError, match=complaint):
        test(driver_of(toy, port))
    for leaked in Leaky.kept:
        Toy.close(leaked)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()


def test_a_class_without_a_driver_is_told_what_it_lacks() -> None:
    """
    The fixture ``driver`` says what it should return.
    """
    with pytest.raises(NotImplementedError, match=r"DriverContract.*contract\.Driver"):
        contract.DriverContract.driver.__wrapped__(contract.DriverContract())

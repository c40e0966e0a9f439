"""
The contract's first group: the right answers, alone and among many, in children and in threads.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import motorish

from ..chaos import Proxy
from .driver import PATIENCE_S, Driver, Group, run
from .lag import Lag, assert_no_lag, measured

SLOW_S = 0.3
SLOW_CALLS = 5
THREADS = 5
CHILDREN = 20


class Answers(Group):
    """
    What works, and does not hold up the loop.
    """

    def test_right_answer(self, subject: Driver[Any]) -> None:
        """
        One call at a time, several on one connection.
        """

        async def main() -> list[str]:
            connection = await motorish.spawn(subject.open)
            said = [await motorish.spawn(subject.echo, connection, text) for text in ("one", "two", "three")]
            await motorish.spawn(subject.close, connection)
            return said

        assert ["one", "two", "three"] == run(main)

    def test_right_answers_at_once(self, subject: Driver[Any]) -> None:
        """
        A hundred calls at once, or as many as the server allows, each with a connection of its own.
        """
        texts = [f"text{number}" for number in range(min(100, subject.at_once))]

        async def main() -> list[str]:
            return await asyncio.gather(*(motorish.spawn(subject.session, text) for text in texts))

        assert texts == run(main)

    def test_one_connection_never_mixes_two_calls(self, subject: Driver[Any]) -> None:
        """
        Two calls at once on one connection get their own answers, or errors, but not each other's.
        """

        async def main() -> None:
            for _ in range(10):
                connection = await motorish.spawn(subject.open)
                await motorish.spawn(subject.echo, connection, "warm")
                calls = [motorish.spawn(subject.echo, connection, text) for text in ("mine", "yours")]
                said = await asyncio.gather(*calls, return_exceptions=True)
                for text, answer in zip(("mine", "yours"), said, strict=True):
                    assert isinstance(answer, Exception) or text == answer
                await asyncio.gather(motorish.spawn(subject.close, connection), return_exceptions=True)

        run(main)

    def test_ticker_on_time(self, subject: Driver[Any]) -> None:
        """
        While the server takes its time, what else is on the loop goes on.
        """
        with Proxy(subject.host, subject.port) as proxy:
            here = subject if subject.slow else subject.at(proxy.host, proxy.port)

            async def main() -> Lag:
                loop = asyncio.get_running_loop()
                connections = [await motorish.spawn(here.open) for _ in range(SLOW_CALLS)]
                for connection in connections:
                    await motorish.spawn(here.echo, connection, "warm")
                async with measured() as lag:
                    began = loop.time()
                    if here.slow is None:
                        proxy.hold()
                        loop.call_later(SLOW_S, proxy.release)
                    slow = here.slow or (lambda connection, _: here.echo(connection, "late"))
                    await asyncio.gather(*(motorish.spawn(slow, each, SLOW_S) for each in connections))
                    took = loop.time() - began
                for connection in connections:
                    await motorish.spawn(here.close, connection)
                assert SLOW_S * 0.9 <= took, "what should be slow was not: the driver's description is wrong"
                return lag

            assert_no_lag(main, SLOW_S / 2)

    def test_threads_and_children_at_once(self, subject: Driver[Any]) -> None:
        """
        The patched driver serves plain threads as well, at the same time.
        """
        texts = [f"text{number}" for number in range(CHILDREN)]
        from_threads: dict[int, list[Any]] = {}

        def in_thread(number: int) -> None:
            said = from_threads[number] = []
            said.extend(subject.session(f"thread{number}x{again}") for again in range(3))

        async def main() -> list[str]:
            return await asyncio.gather(*(motorish.spawn(subject.session, text) for text in texts))

        threads = [threading.Thread(target=in_thread, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        from_children = run(main)
        for thread in threads:
            thread.join(PATIENCE_S)

        assert texts == from_children
        expected = {number: [f"thread{number}x{again}" for again in range(3)] for number in range(THREADS)}
        assert expected == from_threads

    def test_connections_move_between_children_and_threads(self, subject: Driver[Any]) -> None:
        """
        One opened in a child works in a thread, and back, and on another loop.
        """
        echo = subject.echo

        async def in_child(function: Callable[..., Any], *args: Any) -> Any:
            return await motorish.spawn(function, *args)

        connection = run(lambda: in_child(subject.open))
        said = [run(lambda: in_child(echo, connection, "one")), echo(connection, "two")]
        said += [run(lambda: in_child(echo, connection, "three"))]
        subject.close(connection)
        connection = subject.open()
        said += [run(lambda: in_child(echo, connection, "four")), echo(connection, "five")]
        run(lambda: in_child(subject.close, connection))

        assert ["one", "two", "three", "four", "five"] == said

"""
pika in children: consuming with a time limit, confirmed publishing, heartbeats, and connections given up.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pika
import pytest

import motorish
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import RabbitMQ
from tests.loops import on_every_loop, until


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("pika", strict=True):
        yield


def connect(server: RabbitMQ, **options: Any) -> pika.BlockingConnection:
    """
    A new connection.
    """
    return pika.BlockingConnection(pika.ConnectionParameters(server.host, server.port, **options))


@on_every_loop
def test_a_producer_and_consumers(run: Any, rabbitmq: RabbitMQ) -> None:
    """
    Confirmed messages reach consumers that wait for them, each on a connection of its own: one thread.
    """
    queue = f"numbers {run.__name__}"
    threads = set()

    def produce() -> None:
        with connect(rabbitmq) as connection:
            channel = connection.channel()
            channel.queue_declare(queue)
            channel.confirm_delivery()
            for number in range(60):
                channel.basic_publish("", queue, str(number).encode(), mandatory=True)

    def consume() -> list[int]:
        threads.add(threading.get_native_id())
        numbers = []
        with connect(rabbitmq) as connection:
            channel = connection.channel()
            channel.queue_declare(queue)
            channel.basic_qos(prefetch_count=1)
            for method, _, body in channel.consume(queue, inactivity_timeout=1.0):
                if method is None:
                    break
                numbers.append(int(body))
                channel.basic_ack(method.delivery_tag)
            channel.cancel()
        return numbers

    async def main() -> list[list[int]]:
        consuming = [motorish.spawn(consume) for _ in range(3)]
        await motorish.spawn(produce)
        return await asyncio.gather(*consuming)

    before = threading.active_count()
    assert list(range(60)) == sorted(number for numbers in run(main) for number in numbers)
    assert {threading.get_native_id()} == threads
    assert before == threading.active_count()


def test_what_cannot_be_delivered_is_an_error(rabbitmq: RabbitMQ) -> None:
    """
    With confirms, pika's own exceptions tell of a message without a queue, and of a channel that is closed.
    """

    def call() -> None:
        with connect(rabbitmq) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            with pytest.raises(pika.exceptions.UnroutableError):
                channel.basic_publish("", "no such queue", b"text", mandatory=True)
            with pytest.raises(pika.exceptions.ChannelClosedByBroker):
                channel.queue_declare("no such queue", passive=True)

    async def main() -> None:
        await motorish.spawn(call)

    asyncio.run(main())


def test_ticker_while_consuming(rabbitmq: RabbitMQ) -> None:
    """
    Consumers with callbacks process events until one has come; nothing holds up the loop.
    """

    def consume(number: int) -> list[bytes]:
        got: list[bytes] = []
        with connect(rabbitmq) as connection:
            channel = connection.channel()
            queue = channel.queue_declare("", exclusive=True).method.queue
            channel.basic_consume(queue, lambda *args: got.append(args[3]), auto_ack=True)
            connection.call_later(0.1, lambda: channel.basic_publish("", queue, str(number).encode()))
            while not got:
                connection.process_data_events(time_limit=0.1)
        return got

    async def main() -> Lag:
        async with measured() as lag:
            got = await asyncio.gather(*(motorish.spawn(consume, number) for number in range(5)))
        assert [[str(number).encode()] for number in range(5)] == got
        return lag

    assert_no_lag(main)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_connection_that_was_given_up_says_so(rabbitmq: RabbitMQ, how: str) -> None:
    """
    After an aborted call the connection is closed: the next call on it fails at once.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect, rabbitmq)
        channel = await motorish.spawn(connection.channel)
        await motorish.spawn(channel.queue_declare, "for nobody")
        waiting: list[None] = []

        def wait() -> None:
            waiting.append(None)
            next(channel.consume("for nobody"))

        with motorish.timeout(0.2 if how == "deadline" else None):
            call = motorish.spawn(wait)
        if how == "cancel":
            await until(lambda: waiting)
            await asyncio.sleep(0.05)  # the consumer is declared, which takes two replies
            call.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await call
        with motorish.timeout(2.0), pytest.raises(pika.exceptions.AMQPError):
            await motorish.spawn(channel.queue_declare, "again")
        assert connection.is_closed

    asyncio.run(main())


def test_wrap(rabbitmq: RabbitMQ) -> None:
    """
    ``async with`` a connection, ``async for`` over what is consumed.
    """
    rabbit = motorish.wrap(pika)

    async def main() -> list[bytes]:
        bodies = []
        parameters = rabbit.ConnectionParameters(rabbitmq.host, rabbitmq.port)
        async with rabbit.BlockingConnection(parameters) as connection:
            channel = await connection.channel()
            queue = (await channel.queue_declare("", exclusive=True)).method.queue
            for text in (b"one", b"two"):
                await channel.basic_publish("", queue, text)
            async for method, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=0.2):
                if method is None:
                    break
                bodies.append(body)
        return bodies

    assert [b"one", b"two"] == asyncio.run(main())

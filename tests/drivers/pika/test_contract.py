"""
pika's BlockingConnection passes the contract, on RabbitMQ.
"""

from __future__ import annotations

import asyncio
import logging
from types import FunctionType
from typing import Any

import pika
import pytest

import motorish
from motorish.integrations.servers import RabbitMQ
from motorish.testing import contract


def echo(connection: pika.BlockingConnection, text: str) -> str:
    """
    Publish a message to a queue of its own, and get it.
    """
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.confirm_delivery()
    channel.basic_publish("", queue, text.encode(), mandatory=True)
    _, _, body = channel.basic_get(queue, auto_ack=True)
    channel.close()
    return str(body.decode())


class TestPika(contract.DriverContract):
    """
    The contract of pika.
    """

    @pytest.fixture
    def driver(self, rabbitmq: RabbitMQ, caplog: pytest.LogCaptureFixture) -> contract.Driver[Any]:
        """
        Return pika.
        """
        # It logs errors with its objects, which the captured records would keep alive.
        caplog.set_level(logging.CRITICAL + 1, logger="pika")

        def connect(host: str, port: int) -> pika.BlockingConnection:
            return pika.BlockingConnection(pika.ConnectionParameters(host, port))

        def slow(connection: pika.BlockingConnection, seconds: float) -> None:
            channel = connection.channel()
            queue = channel.queue_declare("", exclusive=True).method.queue
            assert (None, None, None) == next(channel.consume(queue, inactivity_timeout=seconds))
            channel.cancel()
            channel.close()

        return contract.Driver(
            packages=("pika",),
            host=rabbitmq.host,
            port=rabbitmq.port,
            connect=connect,
            echo=echo,
            close=lambda connection: connection.close(),
            slow=slow,
            at_once=30,
        )

    def test_one_connection_never_mixes_two_calls(self, subject: contract.Driver[Any]) -> None:
        """
        pika's connections are for one call at a time; a wrapped one sees to that.
        """

        own = FunctionType(echo.__code__, echo.__globals__)
        own.__module__ = "__main__"  # or wrap() would patch the tests' own package

        async def main() -> list[str]:
            connection = motorish.wrap(await motorish.spawn(subject.open))
            said = await asyncio.gather(*(motorish.wrap(own)(connection, text) for text in ("mine", "yours")))
            await connection.close()
            return said

        assert ["mine", "yours"] == asyncio.run(main())

"""
redis-py passes the contract: with each of its parsers and pools.
"""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from redis._parsers import _HiredisParser, _RESP2Parser, _RESP3Parser
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from motorish.integrations.servers import Redis
from motorish.testing import contract


def client_of(parser: Any, protocol: int, **options: Any) -> Callable[[str, int], redis.Redis]:
    """
    Return what makes a client whose connections parse in this way.
    """

    def connect(host: str, port: int) -> redis.Redis:
        pool = options.get("pool", redis.ConnectionPool)(
            host=host,
            port=port,
            protocol=protocol,
            parser_class=parser,
            retry=Retry(ExponentialBackoff(0.05, 0.01), 3),
            **{name: value for name, value in options.items() if name != "pool"},
        )
        return redis.Redis.from_pool(pool)

    return connect


CLIENTS = {
    "hiredis": client_of(_HiredisParser, 3),
    "python-resp3": client_of(_RESP3Parser, 3),
    "python-resp2": client_of(_RESP2Parser, 2, health_check_interval=1),
    "blocking-pool": client_of(
        _HiredisParser, 3, pool=redis.BlockingConnectionPool, max_connections=2, timeout=20
    ),
}


def echo(client: Any, text: str) -> str:
    """
    Have the server say *text*.
    """
    return bytes(client.echo(text)).decode()


class TestRedis(contract.DriverContract):
    """
    The contract of redis-py.
    """

    @pytest.fixture(params=CLIENTS)
    def driver(self, redis_server: Redis, request: pytest.FixtureRequest) -> contract.Driver[Any]:
        """
        Return redis-py on a private Redis.
        """

        def works_on() -> bool:
            with redis.Redis(host=redis_server.host, port=redis_server.port) as watcher:
                return bool(watcher.info("clients")["blocked_clients"])

        return contract.Driver(
            packages=("redis",),
            host=redis_server.host,
            port=redis_server.port,
            connect=CLIENTS[request.param],
            echo=echo,
            close=lambda client: client.close(),
            slow=lambda client, seconds: client.blpop("nothing-comes", timeout=seconds),
            works_on=works_on,
        )

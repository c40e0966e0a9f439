"""
pymemcache passes the contract: one client, pooled clients, and clients chosen by a hash of the key.
"""

from typing import Any

import pytest
from pymemcache.client.base import Client, PooledClient
from pymemcache.client.hash import HashClient

from motorish.integrations.servers import Memcached
from motorish.testing import contract


def hashed(address: tuple[str, int]) -> Any:
    """
    Return a client of one server, that is found by the key, with a pool of connections.
    """
    return HashClient([address], use_pooling=True, max_pool_size=5, retry_attempts=0)


def echo(client: Any, text: str) -> str:
    """
    Have the server say *text*.
    """
    client.set(text, text, noreply=False)
    return bytes(client.get(text)).decode()


class TestPymemcache(contract.DriverContract):
    """
    The contract of pymemcache.
    """

    @pytest.fixture(params=[Client, PooledClient, hashed])
    def driver(self, memcached: Memcached, request: pytest.FixtureRequest) -> contract.Driver[Any]:
        """
        Return pymemcache on a private memcached.
        """
        return contract.Driver(
            packages=("pymemcache",),
            host=memcached.host,
            port=memcached.port,
            connect=lambda host, port: request.param((host, port)),
            echo=echo,
            close=lambda client: client.close(),
        )

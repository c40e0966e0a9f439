"""
Redis: GET of one key, a pipeline of 100 GETs, and a message published and received (pub/sub).

The variants import this as well, gevent's before it patches the process: so nothing of ours is imported here.
hiredis, which parses replies in C, serves all of them if it is installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motorish.integrations.servers import Redis

KEY = "motorish_bench"
VALUE = b"x" * 100
PIPELINED = 100
"""Commands in one pipeline."""

MESSAGE = b"It rains."
MOST_CONNECTIONS = 2500
"""Two for a worker, one of them subscribed, or one."""


def start(data_dir: str | Path) -> Redis:
    """
    Make the server that the variants connect to; it is not started yet.
    """
    from motorish.integrations.servers import Redis

    return Redis(data_dir)


SERVER = start


def address(server: Any) -> str:
    """
    What the variants are given; redis-py's pools have 100 connections at most by default.
    """
    return f"redis://{server.host}:{server.port}?max_connections={MOST_CONNECTIONS}"


def prepare(address: str) -> None:
    """
    Fill the server, before the runs.
    """
    import redis

    with redis.Redis.from_url(address) as client:
        client.set(KEY, VALUE)

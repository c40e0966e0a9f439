"""
What the layers below know of redis-py.
"""

from __future__ import annotations

from asyncio import CancelledError

from motorish.adapter import Adapter, register

REDIS = register(
    Adapter(
        name="redis",
        packages=("redis",),  # hiredis only parses
        # After an OSError it would connect anew and send the command a second time.  After anything that is
        # no Exception it closes the connection, and its pools get back what they gave.
        cancel_exception=CancelledError,
        concurrent=frozenset(
            {"Redis", "RedisCluster", "Sentinel", "ConnectionPool", "BlockingConnectionPool"}
        ),
        direct=frozenset(
            {
                "Redis.from_url", "Redis.get_connection_kwargs", "Redis.get_encoder", "Redis.lock",
                "Redis.pipeline", "Redis.pubsub", "Redis.register_script", "Redis.set_response_callback",
                "Sentinel.master_for", "Sentinel.slave_for", "from_url",
            }
        ),
        batch=frozenset({"hscan_iter", "scan_iter", "sscan_iter", "zscan_iter"}),
    )
)  # fmt: skip

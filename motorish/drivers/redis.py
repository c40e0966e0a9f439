"""
What the layers below know of redis-py, and what becomes of the connection of an aborted pipeline or pub/sub.
"""

from __future__ import annotations

import sys
from asyncio import CancelledError
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from motorish.adapter import Adapter, register, selves


def _on_abort(frame: FrameType) -> Callable[[], object] | None:
    """
    See to the connection of a pub/sub, or of a pipeline that is being reset, when the call is aborted.

    Returns:
        What gives back the pipeline's connection, or None.
    """
    client = sys.modules.get("redis.client")
    if client is None:
        return None
    for found, _ in selves(frame, client.PubSub):
        subscribed: Any = found
        if subscribed.connection is not None:
            subscribed.connection.disconnect()  # as it does when it has lost it: then it subscribes anew
    for found, name in selves(frame, client.Pipeline):
        pipeline: Any = found
        if name == "reset" and pipeline.connection is not None:
            # It waits for the reply to UNWATCH, and gives back the connection after that, or if it is lost.
            connection, pipeline.connection, pipeline.watching = pipeline.connection, None, False
            return partial(_release, pipeline.connection_pool, connection)
    return None


def _release(pool: Any, connection: Any) -> None:
    connection.disconnect()
    pool.release(connection)


REDIS = register(
    Adapter(
        name="redis",
        packages=("redis",),  # hiredis only parses
        # After an OSError it would connect anew and send the command a second time.  After anything that is
        # no Exception it closes the connection, and its pools get back what they gave.
        cancel_exception=CancelledError,
        on_abort=_on_abort,
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

"""
Redis through redis-py, with the whole process monkeypatched by gevent; one client for all workers.
"""

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402

import gevent  # noqa: E402

from benchmarks._variant import serve  # noqa: E402
from benchmarks.redisdb._blocking import BlockingRedis  # noqa: E402


class GeventRedis(BlockingRedis):
    def at_once(self, functions: list[Callable[[], None]]) -> None:
        gevent.joinall([gevent.spawn(function) for function in functions], raise_error=True)


serve(GeventRedis)

"""
MariaDB through PyMySQL, with the whole process monkeypatched by gevent.
"""

from gevent import monkey

monkey.patch_all()

from collections.abc import Callable  # noqa: E402

import gevent  # noqa: E402

from benchmarks._variant import serve  # noqa: E402
from benchmarks.mariadb._blocking import BlockingPyMySQL  # noqa: E402


class GeventPyMySQL(BlockingPyMySQL):
    def at_once(self, functions: list[Callable[[], None]]) -> None:
        gevent.joinall([gevent.spawn(function) for function in functions], raise_error=True)


serve(GeventPyMySQL)

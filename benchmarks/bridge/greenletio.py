"""
greenletio: a new greenlet per call; `await_` hands the future to the coroutine, which awaits it.
"""

from greenletio import async_, await_

from benchmarks._variant import serve
from benchmarks.bridge import noop, soon
from benchmarks.bridge._converted import ConvertedFunctions


def one_wait() -> None:
    await_(soon())


def four_waits() -> None:
    for _ in range(4):
        await_(soon())


class Greenletio(ConvertedFunctions):
    noop_async = staticmethod(async_(noop))
    one_wait_async = staticmethod(async_(one_wait))
    four_waits_async = staticmethod(async_(four_waits))


serve(Greenletio)

"""
asgiref's sync_to_async: one thread for all calls, as by default; it waits by `async_to_sync` for a coroutine
that awaits the future on the loop.
"""

from asgiref.sync import async_to_sync, sync_to_async

from benchmarks._variant import serve
from benchmarks.bridge import noop, wait_soon
from benchmarks.bridge._converted import ConvertedFunctions

wait = async_to_sync(wait_soon)


def four_waits() -> None:
    for _ in range(4):
        wait()


class Asgiref(ConvertedFunctions):
    noop_async = staticmethod(sync_to_async(noop))
    one_wait_async = staticmethod(sync_to_async(wait))
    four_waits_async = staticmethod(sync_to_async(four_waits))


serve(Asgiref)

"""
What the layers below know of requests and urllib3.
"""

from asyncio import CancelledError
from queue import Empty

from motorish.adapter import Adapter, register


class Ended(CancelledError, Empty):
    """
    What urllib3 gets at the wait of a call that is aborted.

    After an OSError it would try again, up to three times.  It cleans up after anything else, with one
    exception: a call that waits for a pool with ``block=True`` would return a connection that it never
    got, unless what ends its wait is `queue.Empty`.
    """


REQUESTS = register(
    Adapter(
        name="requests",
        packages=("requests", "urllib3", "socks"),  # socks: PySocks, for proxies
        cancel_exception=Ended,
    )
)

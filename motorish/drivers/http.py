"""
What the layers below know of requests and urllib3.
"""

import importlib
import socket
import sys
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


def _renew_socks(active: bool) -> None:
    """
    Execute PySocks anew if it was imported before the patch.

    requests imports it where it is installed.  Its class of sockets cannot be given another base; what uses
    it looks it up in the module.
    """
    socks = sys.modules.get("socks")
    if active and socks is not None and socket.socket in socks._BaseSocket.__bases__:
        importlib.reload(socks)


REQUESTS = register(
    Adapter(
        name="requests",
        packages=("requests", "urllib3", "socks"),  # socks: PySocks, for proxies
        cancel_exception=Ended,
        wait_hook=_renew_socks,
        tolerated=frozenset({"socks._BaseSocket"}),
        concurrent=frozenset(
            {"HTTPConnectionPool", "PoolManager", "ProxyManager", "Session", "SOCKSProxyManager"}
        ),
        direct=frozenset(
            {
                "HTTPConnectionPool", "PoolManager", "ProxyManager", "Session", "session",
                "PoolManager.connection_from_host", "PoolManager.connection_from_url",
                "Session.get_adapter", "Session.mount", "Session.prepare_request",
                # Of a response whose body is there, as it is unless stream=True was asked for.
                "Response.json", "Response.raise_for_status", "BaseHTTPResponse.json",
            }
        ),
        plain=frozenset(
            {
                "AuthBase", "CaseInsensitiveDict", "HTTPHeaderDict", "LookupDict", "PreparedRequest",
                "Request", "RequestsCookieJar", "Retry", "Timeout", "Url",
            }
        ),
    )
)  # fmt: skip

"""
What the layers below know of pymemcache.
"""

from __future__ import annotations

from motorish.adapter import Adapter, register


class CallEnded(Exception):
    """
    What pymemcache gets at the wait of a call that is aborted.

    What is no Exception costs a pool its slot for ever; and for an OSError a HashClient takes its server
    for dead, for all other calls too.
    """


PYMEMCACHE = register(
    Adapter(
        name="pymemcache",
        packages=("pymemcache",),
        cancel_exception=CallEnded,
        concurrent=frozenset({"PooledClient"}),
        direct=frozenset({"check_key", "HashClient.add_server", "HashClient.remove_server"}),
    )
)

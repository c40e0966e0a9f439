"""
What the layers below know of PyMongo.
"""

from asyncio import CancelledError

from motorish.adapter import Adapter, register

PYMONGO = register(
    Adapter(
        name="pymongo",
        packages=("pymongo", "bson", "gridfs"),
        # An OSError would make it retry, and reset the whole pool; CancelledError it cleans up after.
        cancel_exception=CancelledError,
        # Its monitors, and the executor that kills abandoned cursors.
        green_threads=frozenset({"pymongo.periodic_executor.PeriodicExecutor._run"}),
    )
)

"""
What the layers below know of PyMongo.
"""

from asyncio import CancelledError

from motorish.adapter import Adapter, register
from motorish.drivers.mongo._abandoned import on_abort

PYMONGO = register(
    Adapter(
        name="pymongo",
        packages=("pymongo", "bson", "gridfs", "dns"),  # dns: dnspython, for mongodb+srv
        # An OSError would make it retry, and reset the whole pool; CancelledError it cleans up after.
        cancel_exception=CancelledError,
        on_abort=on_abort,
        # Its monitors, and the executor that kills abandoned cursors.
        green_threads=frozenset({"pymongo.periodic_executor.PeriodicExecutor._run"}),
        # Blocking only where PyMongo was imported before it was patched: OIDC in Azure's and
        # Google's clouds asks their metadata server with urllib, once for each token.
        tolerated=frozenset(
            {
                "pymongo._azure_helpers._get_azure_response",
                "pymongo._gcp_helpers._get_gcp_response",
            }
        ),
    )
)

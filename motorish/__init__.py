"""
motorish makes synchronous network drivers asynchronous: without rewriting them, without threads and
without monkeypatching the process.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from motorish.calls import asynchronize as asynchronize
from motorish.calls import await_ as await_
from motorish.calls import scope as scope
from motorish.calls import spawn as spawn
from motorish.calls import timeout as timeout
from motorish.drivers import ADAPTERS as _ADAPTERS  # noqa: F401  # makes the drivers' adapters known
from motorish.errors import BlockingCallError as BlockingCallError
from motorish.errors import BlockingCallWarning as BlockingCallWarning
from motorish.errors import BusyError as BusyError
from motorish.errors import CallAborted as CallAborted
from motorish.errors import DeadlineExceeded as DeadlineExceeded
from motorish.errors import ForeignLoopError as ForeignLoopError
from motorish.errors import MotorishError as MotorishError
from motorish.errors import NotInChildError as NotInChildError
from motorish.errors import PatchError as PatchError
from motorish.errors import PatchWarning as PatchWarning
from motorish.errors import PoolTimeout as PoolTimeout
from motorish.errors import UsageError as UsageError
from motorish.hub import CallFuture as CallFuture
from motorish.patcher import PatchReport as PatchReport
from motorish.patcher import patch as patch
from motorish.patcher import unpatch as unpatch

if TYPE_CHECKING:
    from motorish.drivers.mongo.api import AsyncChangeStream as AsyncChangeStream
    from motorish.drivers.mongo.api import AsyncClientEncryption as AsyncClientEncryption
    from motorish.drivers.mongo.api import AsyncClientSession as AsyncClientSession
    from motorish.drivers.mongo.api import AsyncClusterChangeStream as AsyncClusterChangeStream
    from motorish.drivers.mongo.api import AsyncCollection as AsyncCollection
    from motorish.drivers.mongo.api import AsyncCollectionChangeStream as AsyncCollectionChangeStream
    from motorish.drivers.mongo.api import AsyncCommandCursor as AsyncCommandCursor
    from motorish.drivers.mongo.api import AsyncCursor as AsyncCursor
    from motorish.drivers.mongo.api import AsyncDatabase as AsyncDatabase
    from motorish.drivers.mongo.api import AsyncDatabaseChangeStream as AsyncDatabaseChangeStream
    from motorish.drivers.mongo.api import AsyncGridFS as AsyncGridFS
    from motorish.drivers.mongo.api import AsyncGridFSBucket as AsyncGridFSBucket
    from motorish.drivers.mongo.api import AsyncGridIn as AsyncGridIn
    from motorish.drivers.mongo.api import AsyncGridOut as AsyncGridOut
    from motorish.drivers.mongo.api import AsyncGridOutCursor as AsyncGridOutCursor
    from motorish.drivers.mongo.api import AsyncMongoClient as AsyncMongoClient
    from motorish.drivers.mongo.api import AsyncRawBatchCommandCursor as AsyncRawBatchCommandCursor
    from motorish.drivers.mongo.api import AsyncRawBatchCursor as AsyncRawBatchCursor
    from motorish.drivers.mongo.api import MotorChangeStream as MotorChangeStream
    from motorish.drivers.mongo.api import MotorClient as MotorClient
    from motorish.drivers.mongo.api import MotorClientEncryption as MotorClientEncryption
    from motorish.drivers.mongo.api import MotorClientSession as MotorClientSession
    from motorish.drivers.mongo.api import MotorCollection as MotorCollection
    from motorish.drivers.mongo.api import MotorCommandCursor as MotorCommandCursor
    from motorish.drivers.mongo.api import MotorCursor as MotorCursor
    from motorish.drivers.mongo.api import MotorDatabase as MotorDatabase
    from motorish.drivers.mongo.api import MotorGridFS as MotorGridFS
    from motorish.drivers.mongo.api import MotorGridFSBucket as MotorGridFSBucket
    from motorish.drivers.mongo.api import MotorGridIn as MotorGridIn
    from motorish.drivers.mongo.api import MotorGridOut as MotorGridOut
    from motorish.drivers.mongo.api import MotorGridOutCursor as MotorGridOutCursor
    from motorish.drivers.mongo.api import MotorLatentCommandCursor as MotorLatentCommandCursor
    from motorish.drivers.mongo.api import MotorRawBatchCursor as MotorRawBatchCursor
    from motorish.integrations.as_motor import install_as_motor as install_as_motor
    from motorish.integrations.resynchronize import resynchronize as resynchronize
    from motorish.pool.api import ConnectionPool as ConnectionPool
    from motorish.proxy.wrap import wrap as wrap

__version__ = "0.1.0"

__all__ = [
    "AsyncChangeStream",
    "AsyncClientEncryption",
    "AsyncClientSession",
    "AsyncClusterChangeStream",
    "AsyncCollection",
    "AsyncCollectionChangeStream",
    "AsyncCommandCursor",
    "AsyncCursor",
    "AsyncDatabase",
    "AsyncDatabaseChangeStream",
    "AsyncGridFS",
    "AsyncGridFSBucket",
    "AsyncGridIn",
    "AsyncGridOut",
    "AsyncGridOutCursor",
    "AsyncMongoClient",
    "AsyncRawBatchCommandCursor",
    "AsyncRawBatchCursor",
    "BlockingCallError",
    "BlockingCallWarning",
    "BusyError",
    "CallAborted",
    "CallFuture",
    "ConnectionPool",
    "DeadlineExceeded",
    "ForeignLoopError",
    "MotorChangeStream",
    "MotorClient",
    "MotorClientEncryption",
    "MotorClientSession",
    "MotorCollection",
    "MotorCommandCursor",
    "MotorCursor",
    "MotorDatabase",
    "MotorGridFS",
    "MotorGridFSBucket",
    "MotorGridIn",
    "MotorGridOut",
    "MotorGridOutCursor",
    "MotorLatentCommandCursor",
    "MotorRawBatchCursor",
    "MotorishError",
    "NotInChildError",
    "PatchError",
    "PatchReport",
    "PatchWarning",
    "PoolTimeout",
    "UsageError",
    "asynchronize",
    "await_",
    "install_as_motor",
    "patch",
    "resynchronize",
    "scope",
    "spawn",
    "timeout",
    "unpatch",
    "wrap",
]

# Importing motorish imports no driver: these are looked up when they are first asked for.
_LAZY = dict.fromkeys(
    (
        "AsyncChangeStream",
        "AsyncClientEncryption",
        "AsyncClientSession",
        "AsyncClusterChangeStream",
        "AsyncCollection",
        "AsyncCollectionChangeStream",
        "AsyncCommandCursor",
        "AsyncCursor",
        "AsyncDatabase",
        "AsyncDatabaseChangeStream",
        "AsyncGridFS",
        "AsyncGridFSBucket",
        "AsyncGridIn",
        "AsyncGridOut",
        "AsyncGridOutCursor",
        "AsyncMongoClient",
        "AsyncRawBatchCommandCursor",
        "AsyncRawBatchCursor",
        "MotorChangeStream",
        "MotorClient",
        "MotorClientEncryption",
        "MotorClientSession",
        "MotorCollection",
        "MotorCommandCursor",
        "MotorCursor",
        "MotorDatabase",
        "MotorGridFS",
        "MotorGridFSBucket",
        "MotorGridIn",
        "MotorGridOut",
        "MotorGridOutCursor",
        "MotorLatentCommandCursor",
        "MotorRawBatchCursor",
    ),
    "motorish.drivers.mongo.api",
)
_LAZY["ConnectionPool"] = "motorish.pool.api"
_LAZY["install_as_motor"] = "motorish.integrations.as_motor"
_LAZY["resynchronize"] = "motorish.integrations.resynchronize"
_LAZY["wrap"] = "motorish.proxy.wrap"


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

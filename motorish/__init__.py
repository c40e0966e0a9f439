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
from motorish.errors import UsageError as UsageError
from motorish.hub import CallFuture as CallFuture

if TYPE_CHECKING:
    from motorish.drivers.mongo.change_stream import MotorChangeStream as MotorChangeStream
    from motorish.drivers.mongo.client import MotorClient as MotorClient
    from motorish.drivers.mongo.collection import MotorCollection as MotorCollection
    from motorish.drivers.mongo.command_cursor import MotorCommandCursor as MotorCommandCursor
    from motorish.drivers.mongo.command_cursor import MotorLatentCommandCursor as MotorLatentCommandCursor
    from motorish.drivers.mongo.cursor import MotorCursor as MotorCursor
    from motorish.drivers.mongo.cursor import MotorRawBatchCursor as MotorRawBatchCursor
    from motorish.drivers.mongo.database import MotorDatabase as MotorDatabase

__version__ = "0.1.0"

__all__ = [
    "BlockingCallError",
    "BlockingCallWarning",
    "BusyError",
    "CallAborted",
    "CallFuture",
    "DeadlineExceeded",
    "ForeignLoopError",
    "MotorChangeStream",
    "MotorClient",
    "MotorCollection",
    "MotorCommandCursor",
    "MotorCursor",
    "MotorDatabase",
    "MotorLatentCommandCursor",
    "MotorRawBatchCursor",
    "MotorishError",
    "NotInChildError",
    "PatchError",
    "PatchWarning",
    "UsageError",
    "asynchronize",
    "await_",
    "scope",
    "spawn",
    "timeout",
]

# Importing motorish imports no driver: these are looked up when they are first asked for.
_LAZY = {
    "MotorChangeStream": "motorish.drivers.mongo.change_stream",
    "MotorClient": "motorish.drivers.mongo.client",
    "MotorCollection": "motorish.drivers.mongo.collection",
    "MotorCommandCursor": "motorish.drivers.mongo.command_cursor",
    "MotorLatentCommandCursor": "motorish.drivers.mongo.command_cursor",
    "MotorCursor": "motorish.drivers.mongo.cursor",
    "MotorRawBatchCursor": "motorish.drivers.mongo.cursor",
    "MotorDatabase": "motorish.drivers.mongo.database",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

"""
The stub file of the MongoDB classes; ``python -m motorish.drivers.mongo.stubs`` makes it anew.
"""

from __future__ import annotations

from pathlib import Path

import pymongo
from gridfs.synchronous.grid_file import GridIn, GridOut, GridOutCursor
from pymongo.synchronous.cursor import Cursor

import motorish
from motorish.drivers.mongo import api
from motorish.drivers.mongo._iteration import BaseCursor
from motorish.drivers.mongo.asynchronous import AsyncLatentCommandCursor, AsyncLatentRawBatchCommandCursor
from motorish.drivers.mongo.gridfs_bucket import MotorGridFSBucket
from motorish.drivers.mongo.gridfs_in import MotorGridIn
from motorish.drivers.mongo.gridfs_out import MotorGridOut
from motorish.drivers.mongo.session import MotorClientSession, MotorTransaction, _BoundSession
from motorish.proxy.stubs import Hints, render

PATH = Path(api.__file__).with_suffix(".pyi")
COMMAND = f"python -m {__spec__.name}"
PACKAGE = "motorish.drivers.mongo."

CLASSES = [
    *(cls for cls in map(motorish.__getattr__, motorish._LAZY) if cls.__module__.startswith(PACKAGE)),
    AsyncLatentCommandCursor,
    AsyncLatentRawBatchCommandCursor,
    MotorTransaction,
    _BoundSession,
]


# What cursors give that are not over documents.
ITEMS = {
    cls: "bytes" if "RawBatch" in cls.__name__ else "MotorGridOut"
    for cls in CLASSES
    if "RawBatch" in cls.__name__ or "GridOutCursor" in cls.__name__
}


def _functions(session: str, otherwise: str = "") -> list[str]:
    # What with_transaction() takes: a coroutine function or a plain one.
    return [f"Callable[[{session}], {result}]{otherwise}" for result in ("Awaitable[T]", "T")]


HINTS = Hints(
    variables={
        "_DocumentType": {"bound": "Mapping[str, Any]", "default": "dict[str, Any]"},
        "_ItemType": {"default": "dict[str, Any]"},
        "T": {},
    },
    parameters={BaseCursor: "_ItemType"},
    bases=ITEMS,
    meanings={GridIn: MotorGridIn, GridOut: MotorGridOut},
    arguments={
        "MotorCollection.find": Cursor.__init__,
        "MotorCollection.find_one": Cursor.__init__,
        "MotorCollection.find_raw_batches": Cursor.__init__,
        "MotorGridFSBucket.find": GridOutCursor.__init__,
    },
    results={
        "BaseCursor.collection": "MotorCollection[Any]",
        "BaseCursor.next_object": "_DocumentType | None",
        "MotorCollection.aggregate_raw_batches": "MotorLatentCommandCursor[bytes]",
        "MotorGridOut.closed": "bool",
        "AsyncCollection.aggregate_raw_batches": "AsyncLatentRawBatchCommandCursor",
        "AsyncCollection.watch": "AsyncCollectionChangeStream",
        "AsyncDatabase.watch": "AsyncDatabaseChangeStream",
        "AsyncMongoClient.watch": "AsyncClusterChangeStream",
    },
    types={
        "AsyncClientSession.with_transaction.callback": _functions("AsyncClientSession"),
        "BaseCursor.each.callback": ["Callable[[_DocumentType | None, BaseException | None], object]"],
        "MotorClient.__init__.document_class": ["type[_DocumentType] | None"],
        "MotorClientEncryption.__init__.key_vault_client": ["MotorClient[Any]"],
        "MotorClientSession.with_transaction.callback": _functions("MotorClientSession", " | None"),
        "MotorClientSession.with_transaction.coro": _functions("MotorClientSession", " | None"),
    },
    aliases={"_AgnosticClientSession": MotorClientSession},
    attributes={BaseCursor: {"closed": "bool"}, MotorGridFSBucket: {"collection": "MotorCollection"}},
)


def text() -> str:
    """
    What the file should hold.
    """
    return render(CLASSES, HINTS, f"{COMMAND} (with PyMongo {pymongo.version})")


if __name__ == "__main__":
    PATH.write_text(text())

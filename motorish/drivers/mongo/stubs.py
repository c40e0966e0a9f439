"""
The stub file of the MongoDB classes; ``python -m motorish.drivers.mongo.stubs`` makes it anew.
"""

from __future__ import annotations

from collections.abc import Callable as Callable
from pathlib import Path
from collections.abc import Mapping as Mapping
from typing import Any

from gridfs.synchronous.grid_file import GridIn, GridOut, GridOutCursor
from pymongo.synchronous.command_cursor import RawBatchCommandCursor
from pymongo.synchronous.cursor import Cursor, RawBatchCursor
from pymongo.typings import _DocumentType as _DocumentType

import motorish
from motorish.drivers.mongo import api
from motorish.drivers.mongo._iteration import BaseCursor
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.command_cursor import MotorLatentCommandCursor as MotorLatentCommandCursor
from motorish.drivers.mongo.database import MotorDatabase as MotorDatabase
from motorish.drivers.mongo.gridfs_bucket import MotorGridFSBucket
from motorish.drivers.mongo.gridfs_in import MotorGridIn
from motorish.drivers.mongo.gridfs_out import MotorGridOut as MotorGridOut
from motorish.drivers.mongo.session import MotorTransaction, _BoundSession
from motorish.proxy.stubs import Hints, render

PATH = Path(api.__file__).with_suffix(".pyi")
COMMAND = f"python -m {__spec__.name}"
PACKAGE = "motorish.drivers.mongo."

CLASSES = [
    *(cls for cls in map(motorish.__getattr__, motorish._LAZY) if cls.__module__.startswith(PACKAGE)),
    MotorTransaction,
    _BoundSession,
]


def _items(classes: list[type[Any]]) -> dict[type[Any], str]:
    # What cursors give that are not over documents.
    items = {}
    for cls in classes:
        delegate = getattr(cls, "__delegate_class__", None) or object
        if issubclass(delegate, RawBatchCursor | RawBatchCommandCursor):
            items[cls] = "bytes"
        elif issubclass(delegate, GridOutCursor):
            items[cls] = "MotorGridOut"
    return items


HINTS = Hints(
    module=__spec__.name,
    variables={
        "_DocumentType": {"bound": "Mapping[str, Any]", "default": "dict[str, Any]"},
        "_ItemType": {"default": "dict[str, Any]"},
    },
    parameters={BaseCursor: "_ItemType"},
    bases=_items(CLASSES),
    meanings={GridIn: MotorGridIn, GridOut: MotorGridOut},
    arguments={
        "MotorCollection.find": Cursor.__init__,
        "MotorCollection.find_one": Cursor.__init__,
        "MotorCollection.find_raw_batches": Cursor.__init__,
        "MotorGridFSBucket.find": GridOutCursor.__init__,
    },
    results={
        "BaseCursor.next_object": "_DocumentType | None",
        "MotorCollection.aggregate_raw_batches": "MotorLatentCommandCursor[bytes]",
        "MotorGridOut.closed": "bool",
    },
    types={"BaseCursor.each.callback": "Callable[[_DocumentType | None, BaseException | None], object]"},
    attributes={
        BaseCursor: {"closed": "bool", "collection": "Any"},
        MotorCollection: {"database": "MotorDatabase"},
        MotorGridFSBucket: {"collection": "MotorCollection"},
    },
)


def text() -> str:
    """
    What the file should hold.
    """
    return render(CLASSES, HINTS, COMMAND)


if __name__ == "__main__":
    PATH.write_text(text())

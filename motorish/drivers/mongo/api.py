"""
The MongoDB classes, after PyMongo was made green: the patch has to come before PyMongo's first import.
"""
# ruff: noqa: E402

from typing import TYPE_CHECKING, Any

from motorish.drivers.mongo.adapter import PYMONGO
from motorish.patcher import patch

patch(PYMONGO.name)

from motorish.drivers.mongo.change_stream import MotorChangeStream as MotorChangeStream
from motorish.drivers.mongo.client import MotorClient as MotorClient
from motorish.drivers.mongo.collection import MotorCollection as MotorCollection
from motorish.drivers.mongo.command_cursor import MotorCommandCursor as MotorCommandCursor
from motorish.drivers.mongo.command_cursor import MotorLatentCommandCursor as MotorLatentCommandCursor
from motorish.drivers.mongo.cursor import MotorCursor as MotorCursor
from motorish.drivers.mongo.cursor import MotorRawBatchCursor as MotorRawBatchCursor
from motorish.drivers.mongo.database import MotorDatabase as MotorDatabase
from motorish.drivers.mongo.gridfs_bucket import MotorGridFSBucket as MotorGridFSBucket
from motorish.drivers.mongo.gridfs_in import MotorGridIn as MotorGridIn
from motorish.drivers.mongo.gridfs_out import MotorGridOut as MotorGridOut
from motorish.drivers.mongo.gridfs_out import MotorGridOutCursor as MotorGridOutCursor
from motorish.drivers.mongo.session import MotorClientSession as MotorClientSession

if TYPE_CHECKING:
    from motorish.drivers.mongo.encryption import MotorClientEncryption as MotorClientEncryption


def __getattr__(name: str) -> Any:
    # On demand: pymongocrypt takes as long to import as half of the rest.
    if name == "MotorClientEncryption":
        from motorish.drivers.mongo import encryption

        return encryption.MotorClientEncryption
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

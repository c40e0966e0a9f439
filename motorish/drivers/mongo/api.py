"""
The MongoDB classes, after PyMongo was made green: the patch has to come before PyMongo's first import.
"""
# ruff: noqa: E402

from importlib import import_module
from typing import TYPE_CHECKING, Any

from motorish.drivers.mongo.adapter import PYMONGO
from motorish.patcher import patch

patch(PYMONGO.name)

from motorish.drivers.mongo import _receive
from motorish.drivers.mongo.asynchronous import AsyncChangeStream as AsyncChangeStream
from motorish.drivers.mongo.asynchronous import AsyncClientSession as AsyncClientSession
from motorish.drivers.mongo.asynchronous import AsyncClusterChangeStream as AsyncClusterChangeStream
from motorish.drivers.mongo.asynchronous import AsyncCollection as AsyncCollection
from motorish.drivers.mongo.asynchronous import AsyncCollectionChangeStream as AsyncCollectionChangeStream
from motorish.drivers.mongo.asynchronous import AsyncCommandCursor as AsyncCommandCursor
from motorish.drivers.mongo.asynchronous import AsyncCursor as AsyncCursor
from motorish.drivers.mongo.asynchronous import AsyncDatabase as AsyncDatabase
from motorish.drivers.mongo.asynchronous import AsyncDatabaseChangeStream as AsyncDatabaseChangeStream
from motorish.drivers.mongo.asynchronous import AsyncMongoClient as AsyncMongoClient
from motorish.drivers.mongo.asynchronous import AsyncRawBatchCommandCursor as AsyncRawBatchCommandCursor
from motorish.drivers.mongo.asynchronous import AsyncRawBatchCursor as AsyncRawBatchCursor
from motorish.drivers.mongo.asynchronous_gridfs import AsyncGridFS as AsyncGridFS
from motorish.drivers.mongo.asynchronous_gridfs import AsyncGridFSBucket as AsyncGridFSBucket
from motorish.drivers.mongo.asynchronous_gridfs import AsyncGridIn as AsyncGridIn
from motorish.drivers.mongo.asynchronous_gridfs import AsyncGridOut as AsyncGridOut
from motorish.drivers.mongo.asynchronous_gridfs import AsyncGridOutCursor as AsyncGridOutCursor
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
from motorish.drivers.mongo.gridfs_legacy import MotorGridFS as MotorGridFS
from motorish.drivers.mongo.gridfs_out import MotorGridOut as MotorGridOut
from motorish.drivers.mongo.gridfs_out import MotorGridOutCursor as MotorGridOutCursor
from motorish.drivers.mongo.session import MotorClientSession as MotorClientSession

_receive.install()

if TYPE_CHECKING:
    from motorish.drivers.mongo.asynchronous_encryption import AsyncClientEncryption as AsyncClientEncryption
    from motorish.drivers.mongo.encryption import MotorClientEncryption as MotorClientEncryption

_ON_DEMAND = {"AsyncClientEncryption": "asynchronous_encryption", "MotorClientEncryption": "encryption"}


def __getattr__(name: str) -> Any:
    # On demand: pymongocrypt takes as long to import as half of the rest.
    if name in _ON_DEMAND:
        return getattr(import_module(f"motorish.drivers.mongo.{_ON_DEMAND[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

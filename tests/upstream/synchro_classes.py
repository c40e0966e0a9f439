"""The resynchronized classes that stand in for PyMongo's in PyMongo's own tests, and what tests may see.

Tests read PyMongo's private names (``client._topology``); on a counterpart these are its delegate's.
"""

from __future__ import annotations

import os
from types import FunctionType, MethodType
from typing import Any

from gridfs.synchronous import grid_file
from pymongo import encryption_options
from pymongo.synchronous import (
    change_stream,
    client_session,
    collection,
    command_cursor,
    cursor,
    database,
    encryption,
    mongo_client,
)

import motorish
from motorish.drivers.mongo import client as motor_client
from motorish.drivers.mongo.session import MotorTransaction
from motorish.hub import spawn
from motorish.integrations.resynchronize import Resynchronized, _run

_OWN = frozenset({*dir(Resynchronized), "_wrapped", "_entered"})


def _sync(cls: type[Any]) -> type[Any]:
    made: type[Any] = motorish.resynchronize(cls)
    return made


def _is_private(obj: Resynchronized, name: str) -> bool:
    if not name.startswith("_") or name.startswith("__") or name in _OWN:
        return False
    # A class that a test derives has private names of its own.
    return not any(name in vars(cls) for cls in type(obj).__mro__ if "__wrapped_class__" not in vars(cls))


def _get(self: Resynchronized, name: str) -> Any:
    if _is_private(self, name) or name in ("__del__", "__dict__"):
        return getattr(object.__getattribute__(self, "_wrapped").delegate, name)
    return object.__getattribute__(self, name)


def _set(self: Resynchronized, name: str, value: Any, _public: Any = Resynchronized.__setattr__) -> None:
    if _is_private(self, name):
        setattr(self._wrapped.delegate, name, value)
    elif isinstance(value, MethodType):  # of the test's own: not for the loop
        object.__setattr__(self, name, value)
    else:
        _public(self, name, value)


def _delete(self: Resynchronized, name: str, _public: Any = Resynchronized.__delattr__) -> None:
    if _is_private(self, name):
        delattr(self._wrapped.delegate, name)
    else:
        _public(self, name)


def _repr(self: Resynchronized) -> str:
    return repr(self._wrapped.delegate)


for _name, _function in {
    "__repr__": _repr,
    "__getattribute__": _get,
    "__setattr__": _set,
    "__delattr__": _delete,
}.items():
    setattr(Resynchronized, _name, _function)

FAMILY = os.environ.get("SYNCHRO_FAMILY", "Async")
"""``Async`` for `motorish.AsyncMongoClient` and what comes from it, ``Motor`` for `motorish.MotorClient`."""


def _of_family(stock: type[Any]) -> type[Any]:
    name = "MotorClient" if (FAMILY, stock.__name__) == ("Motor", "MongoClient") else FAMILY + stock.__name__
    return _sync(getattr(motorish, name))


# Tests compare the handshake, to which motorish adds its name.
setattr(motor_client, "DriverInfo", lambda *_: None)  # noqa: B010
SyncClient = _of_family(mongo_client.MongoClient)
_make_client = SyncClient.__init__


def _make_and_connect(self: Any, *args: Any, **kwargs: Any) -> None:
    # PyMongo's constructor starts the monitors; a MotorClient's first operation does.
    _make_client(self, *args, **kwargs)
    delegate = self._wrapped.delegate
    if kwargs.get("connect", args[4] if len(args) > 4 else None) is not False and delegate._topology:
        _run(spawn, (delegate._get_topology,))


SyncClient.__init__ = _make_and_connect


def _after(first: str, *names: str, of: type[Any]) -> None:
    # PyMongo's properties wait for the network; ours say what to await first.
    for name in names:
        getter = getattr(of, name).fget

        def get(self: Any, getter: Any = getter) -> Any:
            getattr(self, first)()
            return getter(self)

        setattr(of, name, property(get))


SyncGridOut = _of_family(grid_file.GridOut)
_after("aconnect", "address", "is_mongos", "is_primary", of=SyncClient)
_after(
    "open", *(n for n in dir(SyncGridOut) if isinstance(getattr(SyncGridOut, n), property)), of=SyncGridOut
)


SyncEncryption = _of_family(encryption.ClientEncryption)
_make_encryption = SyncEncryption.__init__


def _make_as_pymongo(self: Any, *args: Any, **kwargs: Any) -> None:
    # Motor's constructor has io_loop where PyMongo's has its fifth parameter.
    _make_encryption(self, *args[:4], *([None] if args[4:] else []), *args[4:], **kwargs)


if FAMILY == "Motor":
    SyncEncryption.__init__ = _make_as_pymongo


class AutoEncryptionOpts(encryption_options.AutoEncryptionOpts):
    """PyMongo's, for a ``key_vault_client`` that is resynchronized."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        vault = kwargs.get("key_vault_client")
        if isinstance(vault, Resynchronized):
            kwargs["key_vault_client"] = vault._wrapped
        super().__init__(*args, **kwargs)


_STOCK = (
    change_stream.ChangeStream,
    client_session.ClientSession,
    collection.Collection,
    command_cursor.CommandCursor,
    cursor.Cursor,
    cursor.RawBatchCursor,
    database.Database,
    encryption.ClientEncryption,
    grid_file.GridFS,
    grid_file.GridFSBucket,
    grid_file.GridIn,
    grid_file.GridOut,
    grid_file.GridOutCursor,
    mongo_client.MongoClient,
)
COUNTERPARTS: dict[type[Any], type[Any]] = {
    **{each: _of_family(each) for each in _STOCK},
    client_session._TransactionContext: _sync(MotorTransaction),
    encryption_options.AutoEncryptionOpts: AutoEncryptionOpts,
}
"""What tests see in the place of PyMongo's classes."""

for _stock, _counterpart in COUNTERPARTS.items():
    _counterpart.__name__ = _counterpart.__qualname__ = _stock.__name__  # error messages have it
    for _name in dir(_counterpart):
        _function, _method = getattr(_counterpart, _name), getattr(_stock, _name, None)
        if isinstance(_function, FunctionType) and _method is not None:
            _function.__doc__ = _method.__doc__  # test_comment.py reads which parameters there are

"""
The MongoDB classes under Motor's names for asyncio: AsyncIOMotorClient and so on.

All but the client are the same classes as without ``AsyncIO``: both kinds work on the same loops.
"""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from functools import partial
from typing import TYPE_CHECKING, Any

from tornado.ioloop import IOLoop

import motorish
from motorish import MotorClient, motor_tornado
from motorish.drivers.mongo import _lifecycle
from motorish.proxy import LoopBinding

if TYPE_CHECKING:
    from motorish.drivers.mongo.api import _DocumentType
else:
    _DocumentType = Any  # the classes are generic for type checkers only

_PREFIX = "AsyncIO"


class _AsyncioBinding(LoopBinding):
    """
    Gives the asyncio loop where others give Tornado's.
    """

    __slots__ = ()

    def get_io_loop(self) -> AbstractEventLoop:  # type: ignore[override]
        return super().get_io_loop().asyncio_loop  # type: ignore[attr-defined, no-any-return]


class AsyncIOMotorClient(MotorClient[_DocumentType]):
    """
    A `motorish.MotorClient` whose ``get_io_loop()``, and that of all that comes from it, is asyncio's.

    Args:
        io_loop: asyncio loop to belong to, instead of that of the first use.
        args, kwargs: as for `motorish.MotorClient`.

    Example::

        client = AsyncIOMotorClient("mongodb://localhost")
        client.get_io_loop().run_until_complete(main(client))
    """

    if TYPE_CHECKING:

        def get_io_loop(self) -> AbstractEventLoop: ...  # type: ignore[override]

        @property
        def io_loop(self) -> AbstractEventLoop: ...  # type: ignore[override]

    else:

        def __init__(
            self, *args: Any, io_loop: IOLoop | AbstractEventLoop | None = None, **kwargs: Any
        ) -> None:
            super().__init__(*args, io_loop=io_loop, **kwargs)
            self._binding = _AsyncioBinding(
                type(self).__name__, partial(_lifecycle.start_afresh, self.delegate), io_loop
            )

        __init__.__signature__ = inspect.signature(MotorClient.__init__)  # type: ignore[attr-defined]


if TYPE_CHECKING:
    AsyncIOMotorChangeStream = motorish.MotorChangeStream
    AsyncIOMotorClientEncryption = motorish.MotorClientEncryption
    AsyncIOMotorClientSession = motorish.MotorClientSession
    AsyncIOMotorCollection = motorish.MotorCollection
    AsyncIOMotorCommandCursor = motorish.MotorCommandCursor
    AsyncIOMotorCursor = motorish.MotorCursor
    AsyncIOMotorDatabase = motorish.MotorDatabase
    AsyncIOMotorGridFS = motorish.MotorGridFS
    AsyncIOMotorGridFSBucket = motorish.MotorGridFSBucket
    AsyncIOMotorGridIn = motorish.MotorGridIn
    AsyncIOMotorGridOut = motorish.MotorGridOut
    AsyncIOMotorGridOutCursor = motorish.MotorGridOutCursor
    AsyncIOMotorLatentCommandCursor = motorish.MotorLatentCommandCursor
    AsyncIOMotorRawBatchCursor = motorish.MotorRawBatchCursor

__all__ = [f"{_PREFIX}{name}" for name in motor_tornado.__all__]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(motor_tornado, name.removeprefix(_PREFIX))


def __dir__() -> list[str]:
    return __all__

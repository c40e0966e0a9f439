"""
MotorGridIn: a file that is being written to a MotorGridFSBucket.
"""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType
from typing import Any, Self

from gridfs.synchronous.grid_file import GridIn

from motorish.drivers.mongo._arguments import delegate_of
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.gridfs_file import GridFile, check_root
from motorish.drivers.mongo.gridfs_flat_in import FlatGridIn
from motorish.drivers.mongo.texts.gridfs_file import GRID_IN
from motorish.proxy import AsyncCommand, DelegateMethod, ReadOnlyProperty

_OWN = ("delegate", "_binding")


class MotorGridIn(GridFile):
    """
    A file to write to; get one from `MotorGridFSBucket.open_upload_stream`.

    The file becomes visible when it is closed.  Cancelling a call of it, or leaving its ``async with``
    by an exception, gives it up: what was written is removed, unless a close() that came before stores
    it; one that comes after the cancelled call raises a ValueError if it was waiting already, and does
    nothing otherwise.  A name that is assigned to before the file is closed becomes a field of its
    document; later, use `set`.

    Args:
        root_collection: the bucket's `MotorCollection`, such as ``db.fs``.
        delegate: PyMongo's object, instead of a new one.
        session: to use for all that is sent.
        kwargs: fields of the file's document, such as ``filename`` and ``metadata``; ``_id``;
            ``chunk_size`` in bytes; ``encoding`` of the text that is written.

    Raises:
        TypeError: *root_collection* is not a MotorCollection.

    Example::

        async with bucket.open_upload_stream("report.pdf") as stream:
            await stream.write(pdf)
    """

    __delegate_class__ = FlatGridIn
    __texts__ = GRID_IN

    delegate: GridIn

    abort = AsyncCommand()
    close = AsyncCommand()
    set = AsyncCommand("__setattr__")
    write = AsyncCommand().unwrap("MotorGridOut")
    writelines = AsyncCommand().unwrap("MotorGridOut")

    read = DelegateMethod()
    readable = DelegateMethod()
    seekable = DelegateMethod()
    writeable = DelegateMethod()

    _id = ReadOnlyProperty()
    chunk_size = ReadOnlyProperty()
    closed = ReadOnlyProperty()
    content_type = ReadOnlyProperty()
    filename = ReadOnlyProperty()
    length = ReadOnlyProperty()
    md5 = ReadOnlyProperty()
    name = ReadOnlyProperty()
    upload_date = ReadOnlyProperty()

    def __init__(
        self,
        root_collection: MotorCollection,
        delegate: GridIn | None = None,
        session: Any = None,
        **kwargs: Any,
    ) -> None:
        root = check_root(self, root_collection)
        self.delegate = delegate or FlatGridIn(root.delegate, delegate_of(session), **kwargs)
        self._binding = root._binding

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _OWN:
            object.__setattr__(self, name, value)
        elif self.delegate.closed:
            raise AttributeError(
                f"{type(self).__name__}.{name} cannot be assigned to when the file is closed, because that "
                f"is a write to the server: await set({name!r}, value) instead",
                name=name,
                obj=self,
            )
        else:
            setattr(self.delegate, name, value)

    def __await__(self) -> Generator[Any, None, Self]:
        return self
        yield  # so that this is a generator

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        if exc_type is None:
            await self.close()
        else:
            self.delegate.__exit__(exc_type, exc_val, exc_tb)  # no I/O

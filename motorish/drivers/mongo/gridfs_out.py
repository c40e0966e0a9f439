"""
MotorGridOut, a file that is read from a MotorGridFSBucket, and the cursor over such files.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, ClassVar, Self

from gridfs.synchronous.grid_file import GridOut, GridOutCursor
from pymongo.errors import InvalidOperation
from pymongo.synchronous.cursor import Cursor

from motorish.calls import Callback, await_, check_callback
from motorish.drivers.mongo._arguments import delegate_of
from motorish.drivers.mongo._iteration import Each
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.cursor import MotorCursor
from motorish.drivers.mongo.gridfs_file import GridFile, check_root
from motorish.drivers.mongo.gridfs_flat_out import FlatGridOut
from motorish.drivers.mongo.texts.gridfs_file import GRID_OUT, GRID_OUT_CURSOR
from motorish.hub import CallFuture
from motorish.proxy import AsyncCommand, AsyncRead, DelegateMethod, Proxy, ReadOnlyProperty, starts_call

if TYPE_CHECKING:
    from tornado.web import RequestHandler


class _OfOpened(ReadOnlyProperty):
    """
    A field of the file's document, which has to be there.
    """

    def build(self, owner: type[Proxy], name: str) -> property:
        """
        A property that asks the delegate, unless that would have to ask the server.
        """
        asked = super().build(owner, name)
        assert asked.fget is not None

        def get(self: MotorGridOut) -> Any:
            self._check_opened(name)
            return asked.fget(self)  # type: ignore[misc]

        return property(get, doc=asked.__doc__)


class Position(int):
    """
    Where `MotorGridOut.seek` has gone; may be awaited, as PyMongo's asynchronous client wants it.
    """

    def __await__(self) -> Generator[Any, None, int]:
        return int(self)
        yield  # so that this is a generator


class MotorGridOut(GridFile):
    """
    A file to read from; get one from `MotorGridFSBucket.open_download_stream`.

    ``async for`` gives its chunks, as with Motor.  Fields of the file's document are attributes.
    A cancelled call leaves the position where it was.

    Args:
        root_collection: the bucket's `MotorCollection`, such as ``db.fs``.
        file_id: the file's ``_id``; await `open` or a read before you ask for an attribute.
        file_document: the file's document, if that is known already.
        delegate: PyMongo's object, instead of a new one.
        session: to use for all that is sent.

    Raises:
        TypeError: *root_collection* is not a MotorCollection.

    Example::

        file = await bucket.open_download_stream_by_name("report.pdf")
        async for chunk in file:
            response.write(chunk)
    """

    __delegate_class__ = FlatGridOut
    __texts__ = GRID_OUT

    delegate: GridOut

    close = AsyncCommand()
    read = AsyncRead()
    readchunk = AsyncRead()
    readline = AsyncRead()
    readlines = AsyncRead()
    to_list = AsyncRead()

    fileno = DelegateMethod()
    flush = DelegateMethod()
    isatty = DelegateMethod()
    readable = DelegateMethod()
    seekable = DelegateMethod()
    tell = DelegateMethod()
    truncate = DelegateMethod()
    writable = DelegateMethod()
    write = DelegateMethod()
    writelines = DelegateMethod()

    closed = ReadOnlyProperty()

    _id = _OfOpened()
    aliases = _OfOpened()
    chunk_size = _OfOpened()
    content_type = _OfOpened()
    filename = _OfOpened()
    length = _OfOpened()
    md5 = _OfOpened()
    metadata = _OfOpened()
    name = _OfOpened()
    upload_date = _OfOpened()

    def __init__(
        self,
        root_collection: MotorCollection,
        file_id: Any = None,
        file_document: Any = None,
        delegate: GridOut | None = None,
        session: Any = None,
    ) -> None:
        root = check_root(self, root_collection)
        self.delegate = delegate or FlatGridOut(root.delegate, file_id, file_document, delegate_of(session))
        self._binding = root._binding

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        chunk: bytes = await self.readchunk()
        if not chunk:
            raise StopAsyncIteration
        return chunk

    @starts_call
    def open(self, callback: Callback | None = None) -> CallFuture[Self]:
        """
        Fetch the file's document; reading does it too.  Coroutine. Also accepts callback=.

        Returns:
            (from the future) the file itself.

        Raises:
            gridfs.errors.NoFile: (from the future) there is no such file.
        """
        return self._call(self._open, callback=callback)  # type: ignore[no-any-return]

    def seek(self, pos: int, whence: int = os.SEEK_SET) -> Position:
        """
        Set the position from which the next read goes on; takes effect at once, need not be awaited.

        Args:
            pos: in bytes, from where *whence* says: `os.SEEK_SET`, `os.SEEK_CUR` or `os.SEEK_END`.

        Raises:
            OSError: there is no such position.
            InvalidOperation: from the end, of a file that is not open.
        """
        if whence == os.SEEK_END:
            self._check_opened("length")
        return Position(self.delegate.seek(pos, whence))

    @starts_call
    def stream_to_handler(
        self, request_handler: RequestHandler, callback: Callback | None = None
    ) -> CallFuture[None]:
        """
        Write what is left of the file to a Tornado handler, no faster than its client takes it.

        Headers have to be set before.  Coroutine. Also accepts callback=.

        Raises:
            tornado.iostream.StreamClosedError: (from the future) the client has gone.
        """
        return self._call(self._stream, request_handler, callback=callback)  # type: ignore[no-any-return]

    def _check_opened(self, name: str) -> None:
        if not self.delegate._file:
            raise InvalidOperation(
                f"{type(self).__name__}.{name} is not known before the file is open: await open() first"
            )

    # What runs on a child.

    def _open(self) -> Self:
        self.delegate.open()
        return self

    def _stream(self, request_handler: RequestHandler) -> None:
        while chunk := self.delegate.readchunk():
            request_handler.write(chunk)
            flushed: Any = request_handler.flush()
            if inspect.isawaitable(flushed):  # a handler's own flush() may give nothing
                await_(flushed)


class MotorGridOutCursor(MotorCursor):
    """
    What `MotorGridFSBucket.find` returns: a cursor over files, each a `MotorGridOut`.
    """

    __delegate_class__ = GridOutCursor
    __texts__ = GRID_OUT_CURSOR
    _grid_out_class: ClassVar[type[MotorGridOut]] = MotorGridOut

    async def __anext__(self) -> MotorGridOut:
        return self._file(await super().__anext__())

    @starts_call
    def next(self, callback: Callback | None = None) -> CallFuture[MotorGridOut]:
        """
        The next file.  Coroutine. Also accepts callback=.

        Raises:
            StopAsyncIteration: (from the future) there is none.
        """
        self._bind(callback)
        if self.delegate._data:
            return self._result(self.next_object(), callback)  # type: ignore[no-any-return]
        return self._call(self._advance, callback=callback)  # type: ignore[no-any-return]

    def next_object(self) -> MotorGridOut | None:
        """
        A file of the batch that was fetched last, or None when it is used up.
        """
        document = super().next_object()
        return None if document is None else self._file(document)

    def each(self, callback: Each) -> None:
        """
        As `MotorCursor.each`, with files.
        """
        check_callback(callback)

        def with_file(document: Any, error: BaseException | None) -> Any:
            return callback(None if document is None else self._file(document), error)

        super().each(with_file if callback is not None else callback)

    def _file(self, document: Any) -> MotorGridOut:
        if isinstance(document, MotorGridOut):
            return document
        return self._grid_out_class(self.collection, file_document=document, session=self.delegate.session)

    # What runs on a child.

    def _advance(self) -> MotorGridOut:
        try:
            return self._file(Cursor.next(self._live()))
        except StopIteration:
            raise StopAsyncIteration from None

    def _collect(self, length: int | None) -> list[MotorGridOut]:
        documents = [] if length == 0 else Cursor.to_list(self._live(), length)
        return [self._file(document) for document in documents]

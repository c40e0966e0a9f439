"""
GridFSHandler: a Tornado handler that serves the files of a GridFS bucket.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime

from tornado.httputil import HTTPServerRequest
from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler

from motorish.drivers.mongo.api import MotorDatabase, MotorGridFSBucket, MotorGridOut
from motorish.drivers.mongo.gridfs_bucket import NoFile
from motorish.integrations import gridfs_http


class GridFSHandler(RequestHandler):
    """
    Serves files from GridFS, as `tornado.web.StaticFileHandler` does from a directory.

    Answers GET and HEAD, with ranges, ``If-Range``, ``If-None-Match`` and ``If-Modified-Since``.  A file
    is sent chunk by chunk, no faster than the client takes it.

    Example::

        application = tornado.web.Application(
            [(r"/static/(.*)", motorish.web.GridFSHandler, {"database": client.shop})]
        )
    """

    _etag: str | None = None

    def initialize(self, database: MotorDatabase, root_collection: str = "fs") -> None:
        """
        Take the arguments from the application's routes.

        Args:
            database: that holds the bucket.
            root_collection: name of the bucket.
        """
        self.database = database
        self.root_collection = root_collection

    def get_gridfs_file(
        self, bucket: MotorGridFSBucket, filename: str, request: HTTPServerRequest
    ) -> Awaitable[MotorGridOut]:
        """
        Override it to choose the file in another way, such as by its ``_id``.

        Args:
            bucket: the bucket.
            filename: what the route's pattern has matched.
            request: the request.

        Returns:
            A future of the file; `gridfs.errors.NoFile` from it is answered with 404.
        """
        return bucket.open_download_stream_by_name(filename)

    def get_cache_time(self, path: str, modified: datetime, mime_type: str) -> int:
        """
        Override it to let clients keep a file without asking.

        Args:
            path: what the route's pattern has matched.
            modified: when the file was uploaded.
            mime_type: its type.

        Returns:
            For how long, in seconds; 0, the default, lets them keep it and ask.
        """
        return 0

    def set_extra_headers(self, path: str, gridout: MotorGridOut) -> None:
        """
        Override it to set more headers.
        """

    async def get(self, path: str, include_body: bool = True) -> None:
        """
        Send the file, or the part of it that is asked for.
        """
        bucket = MotorGridFSBucket(self.database, self.root_collection)
        try:
            file = await self.get_gridfs_file(bucket, path, self.request)
        except NoFile:
            raise HTTPError(404) from None
        self._etag = gridfs_http.etag_of(file)
        modified = gridfs_http.modified_of(file)
        mime_type = gridfs_http.type_of(file, path)
        cache_time_s = self.get_cache_time(path, file.upload_date.replace(microsecond=0), mime_type)
        for name, value in gridfs_http.headers_of(self._etag, modified, mime_type, cache_time_s).items():
            self.set_header(name, value)
        self.set_extra_headers(path, file)
        answer = gridfs_http.answer(
            "GET" if include_body else "HEAD", self.request.headers, file.length, self._etag, modified
        )
        self.set_status(answer.status)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        if include_body:
            try:
                await gridfs_http.send(file, answer.start, answer.stop, self._write)
            except StreamClosedError:
                return  # the client has gone

    async def head(self, path: str) -> None:
        """
        Send the headers only.
        """
        await self.get(path, include_body=False)

    def compute_etag(self) -> str | None:
        """
        The file's ETag, not that of what is being sent.
        """
        return self._etag

    async def _write(self, chunk: bytes) -> None:
        self.write(chunk)
        await self.flush()

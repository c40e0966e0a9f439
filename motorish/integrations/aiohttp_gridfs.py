"""
AIOHTTPGridFS: an aiohttp handler that serves the files of a GridFS bucket.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import NoReturn

from motorish.drivers.mongo.api import MotorDatabase, MotorGridFSBucket, MotorGridOut
from motorish.drivers.mongo.gridfs_bucket import NoFile
from motorish.integrations import gridfs_http

try:
    from aiohttp import web
except ImportError as error:
    raise ImportError(
        "motorish.aiohttp needs aiohttp, which is not installed: pip install 'motorish[aiohttp]'"
    ) from error


def get_gridfs_file(
    bucket: MotorGridFSBucket, filename: str, request: web.Request
) -> Awaitable[MotorGridOut]:
    """
    Choose the file by its name: pass another such function to choose it by its ``_id``, say.

    Args:
        bucket: the bucket.
        filename: what stands for ``{filename}`` in the URL.
        request: the request.

    Returns:
        A future of the file; `gridfs.errors.NoFile` from it is answered with 404.
    """
    return bucket.open_download_stream_by_name(filename)


def get_cache_time(filename: str, modified: datetime, mime_type: str) -> int:
    """
    Let clients keep a file but ask each time: pass another such function to spare them that.

    Args:
        filename: path of the URL.
        modified: when the file was uploaded.
        mime_type: its type.

    Returns:
        For how long, in seconds, clients may keep it without asking.
    """
    return 0


def set_extra_headers(response: web.StreamResponse, gridout: MotorGridOut) -> None:
    """
    Set no more headers: pass another such function to set some in ``response.headers``.
    """


class AIOHTTPGridFS:
    """
    A request handler for aiohttp that serves files from GridFS.

    Answers GET and HEAD, with ranges, ``If-Range``, ``If-None-Match`` and ``If-Modified-Since``.  A file
    is sent chunk by chunk, no faster than the client takes it.

    Args:
        database: that holds the bucket.
        root_collection: name of the bucket.
        get_gridfs_file, get_cache_time, set_extra_headers: instead of the functions of these names here.

    Raises:
        TypeError: *database* is not a MotorDatabase.

    Example::

        handler = AIOHTTPGridFS(client.shop)
        resource = app.router.add_resource("/fs/{filename}")
        resource.add_route("GET", handler)
        resource.add_route("HEAD", handler)
    """

    def __init__(
        self,
        database: MotorDatabase,
        root_collection: str = "fs",
        get_gridfs_file: Callable[
            [MotorGridFSBucket, str, web.Request], Awaitable[MotorGridOut]
        ] = get_gridfs_file,
        get_cache_time: Callable[[str, datetime, str], int] = get_cache_time,
        set_extra_headers: Callable[[web.StreamResponse, MotorGridOut], object] = set_extra_headers,
    ) -> None:
        if not isinstance(database, MotorDatabase):
            raise TypeError(f"the first argument of AIOHTTPGridFS must be a MotorDatabase, not {database!r}")
        self._bucket = MotorGridFSBucket(database, root_collection)
        self._get_gridfs_file = get_gridfs_file
        self._get_cache_time = get_cache_time
        self._set_extra_headers = set_extra_headers
        # So that aiohttp takes it for the coroutine function that it is.
        if sys.version_info >= (3, 12):
            inspect.markcoroutinefunction(self)
        else:
            self._is_coroutine = asyncio.coroutines._is_coroutine  # type: ignore[attr-defined]

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """
        Answer a request.
        """
        if "filename" not in request.match_info:
            _refuse_route(request)
        if request.method not in ("GET", "HEAD"):
            raise web.HTTPMethodNotAllowed(request.method, ("GET", "HEAD"))
        try:
            file = await self._get_gridfs_file(self._bucket, request.match_info["filename"], request)
        except NoFile as error:
            raise web.HTTPNotFound(text=request.path) from error
        etag = gridfs_http.etag_of(file)
        modified = gridfs_http.modified_of(file)
        mime_type = gridfs_http.type_of(file, request.path)
        cache_time_s = self._get_cache_time(request.path, file.upload_date, mime_type)
        answer = gridfs_http.answer(request.method, request.headers, file.length, etag, modified)
        response = web.StreamResponse(status=answer.status)
        response.headers.update(gridfs_http.headers_of(etag, modified, mime_type, cache_time_s))
        self._set_extra_headers(response, file)
        response.headers.update(answer.headers)
        await response.prepare(request)
        if request.method == "GET":
            with suppress(ConnectionError):  # the client has gone
                await gridfs_http.send(file, answer.start, answer.stop, response.write)
        return response


def _refuse_route(request: web.Request) -> NoReturn:
    resource = request.match_info.route.resource
    route = resource.canonical if resource is not None else request.path
    raise web.HTTPInternalServerError(
        text=f'Bad AIOHTTPGridFS route "{route}": it has no {{filename}}, as "/fs/{{filename}}" has'
    )

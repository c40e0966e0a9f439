"""
Both web handlers for GridFS, on real servers: whole files, parts, conditions, caching, slow clients.
"""

import asyncio
import hashlib
import inspect
import os
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import tornado.web
from aiohttp import web as aiohttp_web
from bson import ObjectId
from gridfs import DEFAULT_CHUNK_SIZE
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

import motorish.aiohttp
import motorish.web
from motorish import MotorClient, MotorDatabase, MotorGridFSBucket

TEXT = bytes(range(256)) * 4
CHUNK = 100
Serve = Callable[..., Any]
Fetch = Callable[..., Awaitable[HTTPResponse]]


@asynccontextmanager
async def tornado_server(database: MotorDatabase, **overrides: Any) -> AsyncIterator[int]:
    """
    Serve /fs/... with Tornado, and give the port.
    """

    class Handler(motorish.web.GridFSHandler):
        def get_gridfs_file(self, bucket: MotorGridFSBucket, filename: str, request: Any) -> Any:
            choose = overrides.get("get_gridfs_file", super().get_gridfs_file)
            return choose(bucket, filename, request)

        def get_cache_time(self, path: str, modified: datetime, mime_type: str) -> int:
            choose = overrides.get("get_cache_time", super().get_cache_time)
            return int(choose(path, modified, mime_type))

        def set_extra_headers(self, path: str, gridout: Any) -> None:
            if extra := overrides.get("extra"):
                self.set_header("X-Extra", extra(gridout))

    sock, port = bind_unused_port()
    server = HTTPServer(tornado.web.Application([("/fs/(.*)", Handler, {"database": database})]))
    server.add_socket(sock)
    try:
        yield port
    finally:
        server.stop()
        await server.close_all_connections()


@asynccontextmanager
async def aiohttp_server(database: MotorDatabase, **overrides: Any) -> AsyncIterator[int]:
    """
    Serve /fs/... with aiohttp, and give the port.
    """
    extra = overrides.pop("extra", None)
    if extra is not None:
        overrides["set_extra_headers"] = lambda response, file: response.headers.add("X-Extra", extra(file))
    handler = motorish.aiohttp.AIOHTTPGridFS(database, **overrides)
    app = aiohttp_web.Application()
    app.router.add_route("*", "/fs/{filename}", handler)
    app.router.add_route("GET", "/wrong/{name}", handler)
    runner = aiohttp_web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    sock, port = bind_unused_port()
    await aiohttp_web.SockSite(runner, sock).start()
    try:
        yield port
    finally:
        await runner.cleanup()


on_both = pytest.mark.parametrize("serve", [tornado_server, aiohttp_server], ids=["tornado", "aiohttp"])


@asynccontextmanager
async def served(mongod_uri: str, serve: Serve, **overrides: Any) -> AsyncIterator[tuple[Fetch, Any, int]]:
    """
    A server with two files; gives what fetches a path, the bucket, and the port.
    """
    client = MotorClient(mongod_uri)
    database = client[f"handlers_{ObjectId()}"]
    bucket = MotorGridFSBucket(database)
    await bucket.upload_from_stream("page.html", TEXT, chunk_size_bytes=CHUNK)
    await bucket.upload_from_stream_with_id("by id", "unknown", b"", metadata={"contentType": "x/y"})
    http = AsyncHTTPClient(force_instance=True)
    try:
        async with serve(database, **overrides) as port:

            async def fetch(path: str = "page.html", method: str = "GET", **headers: str) -> HTTPResponse:
                headers = {name.replace("_", "-"): value for name, value in headers.items()}
                body = b"" if method == "POST" else None
                url = f"http://127.0.0.1:{port}/{path if '/' in path else 'fs/' + path}"
                return await http.fetch(
                    url,
                    method=method,
                    headers=headers,
                    body=body,
                    raise_error=False,
                    decompress_response=False,
                )

            yield fetch, bucket, port
    finally:
        http.close()
        await client.drop_database(database.name)
        await client.close()


@pytest.fixture(autouse=True)
def _run_coroutines(request: pytest.FixtureRequest) -> None:
    """
    Make coroutine functions plain tests, each with a loop of its own.
    """
    function = request.function
    if inspect.iscoroutinefunction(function):
        request.node.obj = lambda **arguments: asyncio.run(function(**arguments))


@on_both
async def test_whole_file(mongod_uri: str, serve: Serve) -> None:
    """
    GET gives the file, with its type, date and ETag; HEAD gives the same headers alone.
    """
    async with served(mongod_uri, serve) as (fetch, bucket, _):
        response, head = await fetch(), await fetch(method="HEAD")
        file = await bucket.open_download_stream_by_name("page.html")

    assert (200, TEXT) == (response.code, response.body)
    assert (200, b"") == (head.code, head.body)
    etag = hashlib.sha256(f"{file._id}{file.length}{file.upload_date}".encode()).hexdigest()
    for headers in (response.headers, head.headers):
        assert "text/html" == headers["Content-Type"]
        assert str(len(TEXT)) == headers["Content-Length"]
        assert f'"{etag}"' == headers["Etag"]
        assert "public" == headers["Cache-Control"]
        assert "bytes" == headers["Accept-Ranges"]
        date = file.upload_date.replace(tzinfo=UTC)
        assert format_datetime(date, usegmt=True) == headers["Last-Modified"]


@on_both
async def test_empty_file_and_no_file(mongod_uri: str, serve: Serve) -> None:
    """
    An empty file is served, with the type that was stored; what is not there is 404.
    """
    async with served(mongod_uri, serve) as (fetch, _, _):
        empty, missing, refused = await fetch("unknown"), await fetch("nothing"), await fetch(method="POST")

    assert (200, b"", "x/y", "0") == (
        empty.code,
        empty.body,
        empty.headers["Content-Type"],
        empty.headers["Content-Length"],
    )
    assert 404 == missing.code
    assert 405 == refused.code


LAST = len(TEXT) - 1
FAR = "9" * 5000
RANGES = [
    ("bytes=0-0", 0, 0),
    ("bytes=150-349", 150, 349),
    ("bytes=1000-", 1000, LAST),
    ("bytes=1000-99999", 1000, LAST),
    ("bytes=-5", LAST - 4, LAST),
    ("bytes=-99999", 0, LAST),
    (f"bytes=1000-{FAR}", 1000, LAST),
    (f"bytes=-{FAR}", 0, LAST),
    (f"bytes={'0' * 5000}-9", 0, 9),
]
UNSATISFIABLE = ["bytes=1024-", "bytes=2000-3000", "bytes=-0", f"bytes={FAR}-", f"bytes=2000-{FAR}"]
NO_RANGES = ["bytes=5-2", f"bytes={FAR}-2", "bytes=-", "bytes=x-y", "lines=1-2", "bytes=0-1,5-6"]


@on_both
async def test_ranges(mongod_uri: str, serve: Serve) -> None:
    """
    A range is 206, what makes no sense is ignored, and what the file does not have is 416, however far.
    """
    async with served(mongod_uri, serve) as (fetch, _, _):
        parts = [(await fetch(Range=value), start, end) for value, start, end in RANGES]
        whole = [await fetch(Range=value) for value in NO_RANGES]
        head = await fetch(method="HEAD", Range="bytes=0-0")
        none = [await fetch(Range=value) for value in UNSATISFIABLE]

    for response, start, end in parts:
        assert (206, TEXT[start : end + 1]) == (response.code, response.body)
        assert f"bytes {start}-{end}/{len(TEXT)}" == response.headers["Content-Range"]
        assert str(end + 1 - start) == response.headers["Content-Length"]
    for response in [*whole, head]:
        assert 200 == response.code
        assert str(len(TEXT)) == response.headers["Content-Length"]
    for response in none:
        assert (416, b"") == (response.code, response.body)
        assert f"bytes */{len(TEXT)}" == response.headers["Content-Range"]


@on_both
async def test_conditions(mongod_uri: str, serve: Serve) -> None:
    """
    A client that has the file gets 304; If-None-Match goes before If-Modified-Since.
    """
    async with served(mongod_uri, serve) as (fetch, bucket, _):
        first = await fetch()
        etag, modified = first.headers["Etag"], first.headers["Last-Modified"]
        uploaded = (await bucket.open_download_stream_by_name("page.html")).upload_date
        earlier = format_datetime((uploaded - timedelta(minutes=1)).replace(tzinfo=UTC), usegmt=True)
        has_it = [
            await fetch(If_None_Match=value)
            for value in (etag, etag.strip('"'), f"W/{etag}", f'"other", {etag}', "*")
        ]
        has_it += [await fetch(If_Modified_Since=modified), await fetch(method="HEAD", If_None_Match=etag)]
        has_not = [
            await fetch(If_None_Match='"other"'),
            await fetch(If_None_Match=f"{etag}x"),
            await fetch(If_None_Match='"other"', If_Modified_Since=modified),
            await fetch(If_Modified_Since=earlier),
            await fetch(If_Modified_Since="yesterday"),
        ]

    for response in has_it:
        assert (304, b"") == (response.code, response.body)
        assert etag == response.headers["Etag"]
    for response in has_not:
        assert (200, TEXT) == (response.code, response.body)


@on_both
async def test_if_range(mongod_uri: str, serve: Serve) -> None:
    """
    A range is given only if the file is still the one of which the client has a part.
    """
    async with served(mongod_uri, serve) as (fetch, _, _):
        first = await fetch()
        same = [
            await fetch(Range="bytes=0-9", If_Range=first.headers[name]) for name in ("Etag", "Last-Modified")
        ]
        other = [
            await fetch(Range="bytes=0-9", If_Range=value)
            for value in ('"other"', f"W/{first.headers['Etag']}", "Thu, 01 Jan 1970 00:00:00 GMT")
        ]

    assert [206, 206] == [response.code for response in same]
    assert [200, 200, 200] == [response.code for response in other]


@on_both
async def test_overrides(mongod_uri: str, serve: Serve) -> None:
    """
    The choice of the file, the cache time and more headers are the application's.
    """
    seen: list[Any] = []

    async def by_id(bucket: MotorGridFSBucket, filename: str, request: Any) -> Any:
        return await bucket.open_download_stream(filename.replace("+", " "))

    def cache_time(path: str, modified: datetime, mime_type: str) -> int:
        seen.append((modified.year, mime_type))
        return 60

    async with served(
        mongod_uri, serve, get_gridfs_file=by_id, get_cache_time=cache_time, extra=lambda file: file.name
    ) as (fetch, _, _):
        response = await fetch("by+id")
        missing = await fetch("nothing")

    assert (200, "max-age=60", "unknown") == (
        response.code,
        response.headers["Cache-Control"],
        response.headers["X-Extra"],
    )
    assert "Expires" in response.headers
    assert [(datetime.now(UTC).year, "x/y")] == seen
    assert 404 == missing.code


@on_both
async def test_a_slow_client_takes_no_memory(mongod_uri: str, serve: Serve) -> None:
    """
    The handler waits for its client: a large file is never in memory.
    """
    size = int(os.environ.get("MOTORISH_GRIDFS_MB", "20")) << 20
    async with served(mongod_uri, serve) as (_, bucket, port):
        await bucket.upload_from_stream("large", bytes(size))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        tracemalloc.start()
        try:
            writer.write(b"GET /fs/large HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
            before, _ = tracemalloc.get_traced_memory()
            await reader.readuntil(b"\r\n\r\n")
            got = 0
            while data := await reader.read(1 << 16):
                got += len(data)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            writer.close()

    assert size == got
    assert peak - before <= 3 * DEFAULT_CHUNK_SIZE + (1 << 20)


@on_both
async def test_a_client_that_goes_away(
    mongod_uri: str, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """
    It is no error, and the server's cursor is closed.
    """
    async with served(mongod_uri, serve) as (_, bucket, port):
        await bucket.upload_from_stream("large", bytes(40 << 20))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /fs/large HTTP/1.1\r\nHost: test\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        admin = bucket.collection.database.client.admin
        pipeline = [
            {"$currentOp": {"idleCursors": True, "localOps": True}},
            {"$match": {"ns": bucket.collection.chunks.full_name}},
        ]
        with motorish.timeout(5):
            while await admin.aggregate(pipeline).to_list():
                await asyncio.sleep(0.01)

    assert [] == [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_aiohttp_s_mistakes(mongod_uri: str) -> None:
    """
    A route without {filename} says so, and what is no database is refused.
    """
    async with served(mongod_uri, aiohttp_server) as (fetch, bucket, _):
        wrong = await fetch("wrong/x")
        with pytest.raises(TypeError, match="must be a MotorDatabase"):
            motorish.aiohttp.AIOHTTPGridFS(bucket.collection)

    assert (500, True) == (wrong.code, b"{filename}" in wrong.body)


def test_the_handlers_are_motor_s() -> None:
    """
    Names and parameters are those of Motor's handlers.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        motor_web = pytest.importorskip("motor.web")
        motor_aiohttp = pytest.importorskip("motor.aiohttp")

    def parameters(function: Any) -> list[str]:
        return list(inspect.signature(function).parameters)

    for name in ("initialize", "get_gridfs_file", "get", "head", "get_cache_time", "set_extra_headers"):
        theirs = getattr(motor_web.GridFSHandler, name)
        assert parameters(theirs) == parameters(getattr(motorish.web.GridFSHandler, name))
    for name in ("AIOHTTPGridFS", "get_gridfs_file", "get_cache_time", "set_extra_headers"):
        assert parameters(getattr(motor_aiohttp, name)) == parameters(getattr(motorish.aiohttp, name))


def test_without_aiohttp() -> None:
    """
    Where aiohttp is not installed, the error says what to install.
    """
    program = (
        "import sys; sys.modules['aiohttp'] = None\n"
        "try:\n    import motorish.aiohttp\n"
        "except ImportError as error:\n    assert \"pip install 'motorish[aiohttp]'\" in str(error)\n"
        "else:\n    raise SystemExit(1)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

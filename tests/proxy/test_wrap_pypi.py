"""
motorish.wrap with drivers from PyPI of which motorish knows nothing: no adapter, no line of code for them.
"""

import asyncio
import importlib
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

import greenstalk
import pytest

import motorish
from motorish import adapter, green
from motorish.integrations.servers import Server, find_program
from motorish.proxy.engines import choose_engine
from tests.loops import on_every_loop, outcome, run_asyncio

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of modules that Python will drop, and defaults that will change
    import ftputil
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler
    from pyftpdlib.servers import ThreadedFTPServer


@pytest.fixture(autouse=True)
def unpatched() -> Iterator[None]:
    """
    Leave the drivers as they were found.
    """
    yield
    motorish.unpatch("greenstalk", "httplib2", "ftputil")


@pytest.mark.parametrize("package", ["greenstalk", "httplib2", "ftputil"])
def test_nothing_is_known(package: str) -> None:
    """
    None of them has an adapter; all of them can be green, which is found out from their files.
    """
    assert adapter.for_package(package) is None
    assert "greenlet" == choose_engine(package).engine


# beanstalkd, a queue; greenstalk, one module over plain sockets


class Beanstalkd(Server):
    """
    A private beanstalkd.
    """

    name = "beanstalkd"

    def _prepare(self) -> list[str]:
        return [str(find_program(self.name)), "-l", self.host, "-p", str(self.port)]

    def _answers(self) -> bool:
        try:
            with greenstalk.Client((self.host, self.port)):
                return True
        except OSError:
            return False


@pytest.fixture(scope="session")
def beanstalkd(missing_program: Callable[[str], NoReturn], server_dir: Path) -> Iterator[Beanstalkd]:
    """
    Return a private beanstalkd: host, port.
    """
    if find_program("beanstalkd") is None:
        missing_program("beanstalkd")
    with Beanstalkd(server_dir / "beanstalkd") as server:
        yield server


@on_every_loop
def test_greenstalk(beanstalkd: Beanstalkd, run: Any) -> None:
    """
    Workers wait for jobs while others put them: on one loop, in one thread.
    """
    queue = motorish.wrap(greenstalk)
    address = (beanstalkd.host, beanstalkd.port)

    async def worker() -> list[str]:
        done = []
        async with queue.Client(address, watch="work") as client:
            for _ in range(5):
                job = await client.reserve(timeout=20)
                done.append(job.body)
                await client.delete(job)
        return done

    async def main() -> None:
        workers = [asyncio.ensure_future(worker()) for _ in range(4)]
        async with queue.Client(address, use="work") as client:
            ids = [await client.put(f"job {number}") for number in range(20)]
            assert 20 == len(set(ids))
            done = [body for bodies in await asyncio.gather(*workers) for body in bodies]
            assert sorted(f"job {number}" for number in range(20)) == sorted(done)
            with pytest.raises(greenstalk.NotFoundError):
                await client.peek(ids[0])
            waiting = client.reserve()
            with motorish.timeout(0.05):
                assert motorish.DeadlineExceeded is await outcome(client.stats())
            waiting.cancel()
            assert asyncio.CancelledError is await outcome(waiting)

    run(main)


# HTTP; httplib2, which comes with connections of its own


class Pages(BaseHTTPRequestHandler):
    """
    Answers each path with itself, after all of a test's requests have come.
    """

    protocol_version = "HTTP/1.1"
    together: threading.Barrier

    def do_GET(self) -> None:
        if self.path.startswith("/together"):
            self.together.wait(20)
        body = self.path.encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture
def pages() -> Iterator[str]:
    """
    Return the URL of a web server.
    """
    Pages.together = threading.Barrier(10)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def httplib2() -> Iterator[Any]:
    """
    Return the driver; it imports PySocks, which other tests want to patch before its first import.
    """
    there = set(sys.modules)
    yield importlib.import_module("httplib2")
    motorish.unpatch("httplib2")
    for name in set(sys.modules) - there:
        if name.partition(".")[0] in ("httplib2", "socks"):
            del sys.modules[name]


@on_every_loop
def test_httplib2(httplib2: Any, pages: str, run: Any) -> None:
    """
    Ten requests are answered only when all of them are there; connections are kept, responses are data.
    """
    http = motorish.wrap(httplib2)

    async def get(path: str) -> tuple[int, bytes]:
        client = await http.Http(timeout=20)
        response, body = await client.request(f"{pages}{path}")
        assert type(response) is httplib2.Response
        again, _ = await client.request(f"{pages}{path.replace('together', 'alone')}")
        assert again.status == response.status
        await client.close()
        return response.status, body

    async def main() -> None:
        paths = [f"/together/{number}" for number in range(10)]
        assert [(200, path.encode()) for path in paths] == await asyncio.gather(*map(get, paths))
        assert (404, b"/missing") == await get("/missing")
        client = await http.Http()
        with pytest.raises(httplib2.ServerNotFoundError):
            await client.request("http://nobody.invalid/")

    run(main)


# FTP; ftputil, a file system over the stdlib's ftplib


@pytest.fixture
def ftp_server(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """
    Return the address of an FTP server that serves *tmp_path*.
    """
    authorizer = DummyAuthorizer()
    authorizer.add_user("ada", "secret", str(tmp_path), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": authorizer, "use_sendfile": False})
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), kwargs={"handle_exit": False})
    thread.start()
    yield server.address
    server.close_all()
    thread.join(20)


def test_ftputil(ftp_server: tuple[str, int], tmp_path: Path) -> None:
    """
    Directories, uploads and downloads; remote files are asynchronous context managers and iterators.
    """
    ftp = motorish.wrap(ftputil)
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(f"first line of {name}\nsecond line\n")

    async def main() -> None:
        host_name, port = ftp_server
        sessions = await ftp.session.session_factory(port=port, encoding="utf-8")
        async with ftp.FTPHost(host_name, "ada", "secret", session_factory=sessions) as host:
            assert isinstance(host.delegate._session.sock, green.TWINS["socket"].socket)
            assert ["one.txt", "two.txt"] == sorted(await host.listdir("."))
            assert await host.path.isfile("one.txt")
            async with host.open("one.txt", encoding="utf-8") as file:
                lines = [line async for line in file]
            assert ["first line of one\n", "second line\n"] == lines
            async with host.open("three.txt", "w", encoding="utf-8") as file:
                await file.write("written\n")
            await host.rename("three.txt", "four.txt")
            with pytest.raises(ftp.error.PermanentError):
                await host.remove("five.txt")
        assert "written\n" == (tmp_path / "four.txt").read_text()

    run_asyncio(main)

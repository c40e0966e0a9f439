"""
Data keys that a key management service protects: reached over TLS from a child, directly or otherwise.

The service is one of the tests' own, on the very loop that must not wait for it.
"""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from bson import Binary, CodecOptions
from pymongo.encryption import Algorithm
from pymongo.encryption_options import AsyncHTTPProxyKMSConnect, AutoEncryptionOpts, HTTPProxyKMSConnect
from pymongo.errors import EncryptionError

from motorish import MotorClient, MotorClientEncryption, MotorCollection

RANDOM = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random
CREDENTIALS = {"aws": {"accessKeyId": "id", "secretAccessKey": "secret"}}
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


class Service:
    """
    Attributes:
        port: where it listens, with TLS.
        requests: the commands that it was sent.
        mute: accept connections and say nothing.
    """

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[str] = []
        self.mute = False

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """
        Answer a request as the AWS service would that encrypts by doing nothing.
        """
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(":", 1) for line in head.split("\r\n")[1:] if line)
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.requests.append(headers["x-amz-target"])
        if self.mute:
            await reader.read()
        elif "Plaintext" in body:
            self._reply(writer, {"CiphertextBlob": body["Plaintext"], "KeyId": body["KeyId"]})
        else:
            self._reply(writer, {"Plaintext": body["CiphertextBlob"], "KeyId": "key"})

    def _reply(self, writer: asyncio.StreamWriter, document: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """
    Serve with *handler* during the block; give the port.
    """
    tasks = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await handler(reader, writer)
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


@asynccontextmanager
async def kms(authority: trustme.CA) -> AsyncIterator[Service]:
    """
    Run a key management service during the block.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    service = Service()
    async with listening(service.handle, context) as service.port:
        yield service


@pytest.fixture
def arguments(client: MotorClient, collection: MotorCollection, tls_files: tuple[Path, Path, Path]) -> Any:
    """
    Return the arguments for a MotorClientEncryption that trusts the service.
    """
    return {
        "kms_providers": CREDENTIALS,
        "key_vault_namespace": collection.delegate.full_name,
        "key_vault_client": client,
        "codec_options": CodecOptions(),
        "kms_tls_options": {"aws": {"tlsCAFile": str(tls_files[2])}},
    }


def master_key(service: Service) -> dict[str, str]:
    """
    Return where the service is.
    """
    return {
        "region": "us-east-1",
        "key": "arn:aws:kms:us-east-1:1:key/1",
        "endpoint": f"127.0.0.1:{service.port}",
    }


async def use(arguments: dict[str, Any], service: Service) -> None:
    """
    Have a key encrypted by the service, and decrypted again.
    """
    async with MotorClientEncryption(**arguments) as vault:
        key = await vault.create_data_key("aws", master_key(service))
        secret = await vault.encrypt("x", RANDOM, key)

        assert "x" == await vault.decrypt(secret)
        assert ["trentservice.encrypt", "trentservice.decrypt"] == [each.strip() for each in service.requests]


async def test_directly(arguments: Any, authority: trustme.CA) -> None:
    """
    PyMongo connects to the service itself; the loop, which runs the service, goes on meanwhile.
    """
    async with kms(authority) as service:
        await use(arguments, service)


async def test_plain_callback(arguments: Any, authority: trustme.CA) -> None:
    """
    kms_connect_callback may be a function that returns a socket of the standard library's.
    """
    seen = []

    def connect(context: Any) -> socket.socket:
        seen.append((context.host, context.port))
        return socket.create_connection((context.host, context.port), context.timeout)

    async with kms(authority) as service:
        await use({**arguments, "kms_connect_callback": connect}, service)
        assert [("127.0.0.1", service.port)] * 2 == seen


async def test_coroutine_callback(arguments: Any, authority: trustme.CA) -> None:
    """
    kms_connect_callback may be a coroutine function.
    """

    async def connect(context: Any) -> socket.socket:
        sock = socket.socket()
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (context.host, context.port))
        return sock

    async with kms(authority) as service:
        await use({**arguments, "kms_connect_callback": connect}, service)


@pytest.mark.parametrize("with_tls", [False, True])
@pytest.mark.parametrize("through", [HTTPProxyKMSConnect, AsyncHTTPProxyKMSConnect])
async def test_through_a_proxy(
    arguments: Any, authority: trustme.CA, tls_files: tuple[Path, Path, Path], through: Any, with_tls: bool
) -> None:
    """
    PyMongo's two classes for it reach the service through a proxy, with TLS to the proxy as well.
    """
    tunnels = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        finally:
            writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split()[1].decode()
        tunnels.append(target)
        there = await asyncio.open_connection(*target.split(":"))
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pump(reader, there[1]), pump(there[0], writer), return_exceptions=True)

    context = trusting = None
    if with_tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        trusting = ssl.create_default_context(cafile=str(tls_files[2]))
    scheme = "https" if with_tls else "http"
    async with kms(authority) as service, listening(proxy, context) as port:
        connect = through(f"{scheme}://127.0.0.1:{port}", trusting)
        await use({**arguments, "kms_connect_callback": connect}, service)
        assert [f"127.0.0.1:{service.port}"] * 2 == tunnels


async def test_no_socket(arguments: Any, authority: trustme.CA) -> None:
    """
    A callback that returns something else is told what to return.
    """
    async with kms(authority) as service:
        vault = MotorClientEncryption(**arguments, kms_connect_callback=lambda context: "a socket")  # type: ignore[arg-type,return-value]
        with pytest.raises(EncryptionError, match=r"must return a connected, unwrapped socket\.socket"):
            await vault.create_data_key("aws", master_key(service))


async def test_unknown_authority(arguments: Any, authority: trustme.CA) -> None:
    """
    A service whose certificate comes from an unknown authority is refused, and the message says so.
    """
    async with kms(authority) as service:
        vault = MotorClientEncryption(**{**arguments, "kms_tls_options": None})
        with pytest.raises(EncryptionError, match="certificate verify failed"):
            await vault.create_data_key("aws", master_key(service))


async def test_cancel(arguments: Any, authority: trustme.CA) -> None:
    """
    A call that waits for the service can be cancelled.
    """
    async with kms(authority) as service:
        service.mute = True
        vault = MotorClientEncryption(**arguments)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(vault.create_data_key("aws", master_key(service)), 0.2)
        service.mute = False

        assert await vault.create_data_key("aws", master_key(service))


async def test_automatic_decryption(
    arguments: Any, authority: trustme.CA, mongod_uri: str, collection: MotorCollection
) -> None:
    """
    A client that decrypts by itself asks the service from its children, through the callback.
    """
    seen = []

    async def connect(context: Any) -> socket.socket:
        seen.append(context.port)
        return await asyncio.to_thread(socket.create_connection, (context.host, context.port))

    options = AutoEncryptionOpts(
        arguments["kms_providers"],
        arguments["key_vault_namespace"],
        kms_tls_options=arguments["kms_tls_options"],
        bypass_auto_encryption=True,
        kms_connect_callback=connect,
    )
    async with kms(authority) as service, MotorClientEncryption(**arguments) as vault:
        key = await vault.create_data_key("aws", master_key(service))
        secret: Binary = await vault.encrypt("x", RANDOM, key)
        await collection.insert_one({"_id": "document", "secret": secret})
        reader = MotorClient(mongod_uri, auto_encryption_opts=options)
        found = await reader[collection.database.name][collection.name].find_one({"_id": "document"})
        await reader.close()

    assert {"_id": "document", "secret": "x"} == found
    assert [service.port] == seen

"""
TLS: who is trusted and who is refused, with OpenSSL's reason, and never at the loop's expense.
"""

import asyncio
import datetime
import ssl
from pathlib import Path
from time import monotonic
from typing import Any

import pymongo
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from pymongo.errors import ConfigurationError, NetworkTimeout
from pymongo.write_concern import WriteConcern

import motorish
from motorish import MotorClient
from motorish.green.ssl import GreenSSLSocket
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.helpers import ROOT, client_of, mute_server, refusal

JOURNALED = WriteConcern(j=True)


async def test_trusted_server(tls_mongod: Mongod, ca_file: str) -> None:
    """
    With the right authority everything works, large messages too, on green TLS sockets.
    """
    async with client_of(tls_mongod, user=ROOT, tls=True, tlsCAFile=ca_file) as client:
        things = client.tls_test.things
        document = {"_id": 1, "text": "x" * 3_000_000}
        await things.replace_one({"_id": 1}, document, upsert=True)

        assert document == await things.find_one({"_id": 1})
        (server,) = client.delegate._topology._servers.values()
        assert {GreenSSLSocket} == {type(each.conn.sock) for each in server.pool.conns}


async def test_many_at_once(tls_mongod: Mongod, ca_file: str) -> None:
    """
    Handshakes of many connections run side by side.
    """
    async with client_of(tls_mongod, user=ROOT, tls=True, tlsCAFile=ca_file) as client:
        pings = [client.admin.command({"ping": 1, "comment": "x"}) for _ in range(40)]

        assert {1.0} == {reply["ok"] for reply in await asyncio.gather(*pings)}


async def test_localhost_by_name(tls_mongod: Mongod, ca_file: str) -> None:
    """
    The name in the URI is what the certificate must be for.
    """
    uri = f"mongodb://localhost:{tls_mongod.port}/?tls=true&tlsCAFile={ca_file}"
    client = MotorClient(uri)

    assert (await client.admin.command("ping"))["ok"]
    await client.close()


async def test_unknown_authority(tls_mongod: Mongod, wrong_ca_file: str) -> None:
    """
    A server whose certificate comes from another authority is refused, and the message says so.
    """
    message = await refusal(tls_mongod, tls=True, tlsCAFile=wrong_ca_file)

    assert "certificate verify failed" in message


async def test_system_s_authorities(tls_mongod: Mongod) -> None:
    """
    Without tlsCAFile the system's authorities count, and they do not know the server.
    """
    assert "certificate verify failed" in await refusal(tls_mongod, tls=True)


async def test_wrong_host(tls_mongod: Mongod, ca_file: str) -> None:
    """
    A server that is reached at an address its certificate is not for is refused.
    """
    message = await refusal(tls_mongod, "[::1]", tls=True, tlsCAFile=ca_file)

    assert "certificate is not valid for '::1'" in message


@pytest.mark.parametrize(
    ("option", "trusted"),
    [("tlsAllowInvalidHostnames", "ca_file"), ("tlsInsecure", "wrong_ca_file")],
)
async def test_what_allows_a_wrong_host(
    tls_mongod: Mongod, option: str, trusted: str, request: pytest.FixtureRequest
) -> None:
    """
    tlsAllowInvalidHostnames accepts any host of a known authority, tlsInsecure any host at all.
    """
    options = {"tls": True, "tlsCAFile": request.getfixturevalue(trusted), option: True}
    async with client_of(tls_mongod, "[::1]", **options) as client:
        assert (await client.admin.command("ping"))["ok"]


async def test_invalid_hostnames_still_need_an_authority(tls_mongod: Mongod, wrong_ca_file: str) -> None:
    """
    tlsAllowInvalidHostnames does not allow unknown authorities.
    """
    options = {"tlsCAFile": wrong_ca_file, "tlsAllowInvalidHostnames": True}

    assert "certificate verify failed" in await refusal(tls_mongod, tls=True, **options)


async def test_invalid_certificates_allowed(tls_mongod: Mongod, wrong_ca_file: str) -> None:
    """
    tlsAllowInvalidCertificates accepts an unknown authority.
    """
    options = {"tlsCAFile": wrong_ca_file, "tlsAllowInvalidCertificates": True}
    async with client_of(tls_mongod, tls=True, **options) as client:
        assert (await client.admin.command("ping"))["ok"]


async def test_client_certificate(mutual_tls_mongod: Mongod, ca_file: str, client_certificate: Path) -> None:
    """
    A server that demands a certificate accepts the client that has one.
    """
    options = {"tlsCAFile": ca_file, "tlsCertificateKeyFile": str(client_certificate)}
    async with client_of(mutual_tls_mongod, tls=True, **options) as client:
        assert (await client.admin.command("ping"))["ok"]


async def test_no_client_certificate(mutual_tls_mongod: Mongod, ca_file: str) -> None:
    """
    A server that demands a certificate closes the connection of a client without one.
    """
    message = await refusal(mutual_tls_mongod, tls=True, tlsCAFile=ca_file)

    assert "closed" in message or "alert" in message or "reset" in message


@pytest.fixture
def locked_certificate(client_certificate: Path, tmp_path: Path) -> Path:
    """
    Return the client's certificate, with a key that the password "open sesame" opens.
    """
    pem = client_certificate.read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    path = tmp_path / "locked.pem"
    path.write_bytes(locked + pem[pem.index(b"-----BEGIN CERTIFICATE") :])
    return path


async def test_key_with_a_password(mutual_tls_mongod: Mongod, ca_file: str, locked_certificate: Path) -> None:
    """
    The client's key may be encrypted.
    """
    options = {
        "tlsCAFile": ca_file,
        "tlsCertificateKeyFile": str(locked_certificate),
        "tlsCertificateKeyFilePassword": "open sesame",
    }
    async with client_of(mutual_tls_mongod, tls=True, **options) as client:
        assert (await client.admin.command("ping"))["ok"]


def test_key_with_another_password(locked_certificate: Path) -> None:
    """
    A wrong password of the client's key is an error at once, which does not repeat it.
    """
    with pytest.raises(ConfigurationError) as caught:
        MotorClient(
            tls=True,
            tlsCertificateKeyFile=str(locked_certificate),
            tlsCertificateKeyFilePassword="open barley",
        )

    assert "open barley" not in str(caught.value)


async def test_server_without_tls(plain_mongod: Mongod, ca_file: str) -> None:
    """
    A client with TLS is told that the handshake with a server without TLS failed.
    """
    assert "SSL handshake failed" in await refusal(plain_mongod, tls=True, tlsCAFile=ca_file)


async def test_client_without_tls(tls_mongod: Mongod) -> None:
    """
    A client without TLS is told that the server which wants TLS has closed the connection.
    """
    assert "connection closed" in await refusal(tls_mongod)


async def test_mute_server(ca_file: str) -> None:
    """
    A handshake that nobody answers ends after connectTimeoutMS, and the message names it.
    """
    with mute_server() as port:
        client = MotorClient(
            "127.0.0.1", port, tls=True, tlsCAFile=ca_file, connectTimeoutMS=200, serverSelectionTimeoutMS=350
        )
        began = monotonic()
        with pytest.raises(
            pymongo.errors.ServerSelectionTimeoutError, match=r"SSL handshake failed.*200\.0ms"
        ):
            await client.admin.command("ping")

        assert 1.3 > monotonic() - began
        await client.close()


async def test_cancelled_handshake(ca_file: str) -> None:
    """
    A call that waits for a handshake ends at once when it is cancelled, and close() waits for none.
    """
    with mute_server() as port:
        client = MotorClient("127.0.0.1", port, tls=True, tlsCAFile=ca_file)
        call = client.admin.command("ping")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 0.05)
        began = monotonic()
        await client.close()

        assert 1.0 > monotonic() - began
        assert call.cancelled()


async def test_call_s_deadline(ca_file: str) -> None:
    """
    Both kinds of deadline cover the handshake.
    """
    with mute_server() as port:
        client = MotorClient("127.0.0.1", port, tls=True, tlsCAFile=ca_file)
        with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.05):
            await client.admin.command("ping")
        with (
            pytest.raises((NetworkTimeout, pymongo.errors.ServerSelectionTimeoutError)),
            pymongo.timeout(0.05),
        ):
            await client.admin.command("ping")
        await client.close()


async def test_lost_server_comes_back(mongod_program: Path, tmp_path_factory: Any, tls_files: Any) -> None:
    """
    A client finds a TLS server again that was restarted, on new TLS connections.
    """
    arguments = {"tls": tls_files, "extra_args": ["--tlsAllowConnectionsWithoutCertificates"]}
    with Mongod(tmp_path_factory.mktemp("again"), **arguments) as server:
        async with client_of(server, tls=True, tlsCAFile=str(tls_files[2])) as client:
            await client.get_database("tls_test", write_concern=JOURNALED).things.insert_one({"_id": 1})
            server.kill()
            server.start()

            assert {"_id": 1} == await client.tls_test.things.find_one()


def test_loop_stays_on_time(tls_mongod: Mongod, ca_file: str) -> None:
    """
    Ten TLS connections at once, with log-in, do not hold the loop up.
    """

    async def scenario() -> Lag:
        async with client_of(tls_mongod, tls=True, tlsCAFile=ca_file) as client, measured() as lag:
            await asyncio.gather(*(client.admin.command("ping") for _ in range(10)))
        return lag

    assert_no_lag(scenario)


async def test_expired_certificate(authority: trustme.CA, ca_file: str) -> None:
    """
    A certificate that is out of date is refused, and the message says so.
    """
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    certificate = authority.issue_cert("127.0.0.1", not_after=past)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        client = MotorClient("127.0.0.1", port, tls=True, tlsCAFile=ca_file, serverSelectionTimeoutMS=300)
        with pytest.raises(pymongo.errors.ServerSelectionTimeoutError, match="certificate has expired"):
            await client.admin.command("ping")
        await client.close()

"""
Logging in with a password (SCRAM) and with a certificate (X.509); secrets stay secret.
"""

import asyncio
import logging
import traceback
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect, OperationFailure

from motorish import MotorClient
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.conftest import subject_of
from tests.drivers.mongo.connecting.helpers import ROOT, User, client_of, user_of
from tests.faults.figures import Figures

AUTHENTICATION_FAILED = 18
SECRET = "not the s3cret"

mechanisms = pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1", "SCRAM-SHA-256", "DEFAULT"])


@mechanisms
async def test_right_password(plain_mongod: Mongod, mechanism: str) -> None:
    """
    The server knows the client as the user whose password it has.
    """
    async with client_of(plain_mongod, user=ROOT, authMechanism=mechanism) as client:
        assert ROOT.name == await user_of(client)


async def test_password_in_the_uri(plain_mongod: Mongod) -> None:
    """
    User and password may be in the URI, escaped, and one more client may use another database's users.
    """
    uri = f"mongodb://root:r00t%27s%20p%40ss%3Aw%2Frd@127.0.0.1:{plain_mongod.port}/app?authSource=admin"
    client = MotorClient(uri)

    assert ROOT.name == await user_of(client)
    assert "app" == client.get_default_database().name
    await client.close()


@pytest.mark.row("A12")
@mechanisms
async def test_wrong_password(
    plain_mongod: Mongod, mechanism: str, caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    """
    A wrong password is OperationFailure 18 at once, and nothing that is shown or logged has the password.
    """
    caplog.set_level(logging.DEBUG)
    liar = User(ROOT.name, SECRET)
    asyncio.get_running_loop().set_debug(True)
    async with client_of(plain_mongod, user=liar, authMechanism=mechanism) as client:
        call = client.admin.command("ping")
        with pytest.raises(OperationFailure) as caught:
            await call

        shown = [*traceback.format_exception(caught.value), repr(caught.value.details)]
        shown += map(repr, (client, call, caught.value, client.delegate._topology))
        attempts = sum("Connection created" in text for text in caplog.messages)
        figures.equal(f"{mechanism}, the error's code", AUTHENTICATION_FAILED, caught.value.code)
        figures.at_most(f"{mechanism}, attempts to log in", 2, attempts)
        told = sum(SECRET in text for text in (*shown, *caplog.messages))
        figures.equal(f"{mechanism}, logs, reprs and errors that have the password", 0, told)


async def test_wrong_password_of_many(plain_mongod: Mongod) -> None:
    """
    Of many calls some get the failure, and those behind them that of the pool that was closed for it.
    """
    async with client_of(plain_mongod, user=User(ROOT.name, SECRET), maxPoolSize=3) as client:
        calls = [client.admin.command("ping") for _ in range(12)]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)

        assert {OperationFailure, AutoReconnect} >= {type(error) for error in outcomes}
        codes = [error.code for error in outcomes if isinstance(error, OperationFailure)]
        assert {AUTHENTICATION_FAILED} == set(codes)
        (server,) = client.delegate._topology._servers.values()
        assert (0, 0) == (len(server.pool.conns), server.pool.active_sockets)


async def test_no_password(plain_mongod: Mongod) -> None:
    """
    Without logging in the server answers, but allows nothing.
    """
    async with client_of(plain_mongod) as client:
        assert await user_of(client) is None
        with pytest.raises(OperationFailure, match="requires authentication"):
            await client.admin.command("listDatabases")


async def test_password_over_tls(tls_mongod: Mongod, ca_file: str) -> None:
    """
    A password works over TLS too.
    """
    async with client_of(tls_mongod, user=ROOT, tls=True, tlsCAFile=ca_file) as client:
        assert ROOT.name == await user_of(client)


async def test_certificate(tls_mongod: Mongod, ca_file: str, client_certificate: Path) -> None:
    """
    With MONGODB-X509 the certificate's subject is the user.
    """
    options = {"tlsCAFile": ca_file, "tlsCertificateKeyFile": str(client_certificate)}
    async with client_of(tls_mongod, tls=True, authMechanism="MONGODB-X509", **options) as client:
        assert subject_of(client_certificate) == await user_of(client)
        with pytest.raises(OperationFailure, match="not authorized"):
            await client.admin.command("shutdown")


async def test_no_certificate(tls_mongod: Mongod, ca_file: str) -> None:
    """
    MONGODB-X509 without a certificate fails as authentication.
    """
    options = {"tls": True, "tlsCAFile": ca_file, "authMechanism": "MONGODB-X509"}
    async with client_of(tls_mongod, **options) as client:
        with pytest.raises(OperationFailure) as caught:
            await client.admin.command("ping")

        assert AUTHENTICATION_FAILED == caught.value.code


async def test_certificate_of_another(tls_mongod: Mongod, ca_file: str, client_certificate: Path) -> None:
    """
    A user name that is not the certificate's subject is refused.
    """
    options = {"tlsCAFile": ca_file, "tlsCertificateKeyFile": str(client_certificate)}
    options |= {"authMechanism": "MONGODB-X509", "username": "CN=somebody else"}
    async with client_of(tls_mongod, tls=True, **options) as client:
        with pytest.raises(OperationFailure) as caught:
            await client.admin.command("ping")

        assert AUTHENTICATION_FAILED == caught.value.code


def test_unknown_mechanism() -> None:
    """
    A mechanism that PyMongo does not know is refused when the client is made.
    """
    with pytest.raises(ValueError, match="authMechanism must be in"):
        MotorClient(username="u", password="p", authMechanism="PLAINER")


def test_loop_stays_on_time(plain_mongod: Mongod) -> None:
    """
    Logging in on ten connections at once, which hashes the password, does not hold the loop up.
    """

    async def scenario() -> Lag:
        async with client_of(plain_mongod, user=ROOT) as client, measured() as lag:
            await asyncio.gather(*(client.admin.command("ping") for _ in range(10)))
        return lag

    assert_no_lag(scenario)

"""
Servers that can be reached in special ways: over TLS, by a Unix socket, with users and passwords.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
import trustme
from cryptography import x509

from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.helpers import ROOT

TlsFiles = tuple[Path, Path, Path]


@pytest.fixture(scope="session")
def plain_mongod(mongod_program: Path, server_dir: Path) -> Iterator[Mongod]:
    """
    Return a server without TLS, on IPv4, IPv6 and a Unix socket, that knows the user ROOT.
    """
    server = Mongod(server_dir / "plain", extra_args=["--auth"], ipv6=True, unix_socket=True)
    with server:
        _create_root(server)
        yield server


@pytest.fixture(scope="session")
def tls_mongod(
    mongod_program: Path, server_dir: Path, authority: trustme.CA, ca_file: str, client_certificate: Path
) -> Iterator[Mongod]:
    """
    Return a server that wants TLS, on IPv4 and IPv6; it knows ROOT and the owner of `client_certificate`.

    Its certificate is for localhost, 127.0.0.1 and db.motorish.test, not for ::1.
    """
    certificate = authority.issue_cert("localhost", "127.0.0.1", "db.motorish.test")
    chain, key = server_dir / "db-chain.pem", server_dir / "db-key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(key)
    tls_files = (chain, key, Path(ca_file))
    extra_args = ["--auth", "--tlsAllowConnectionsWithoutCertificates"]
    with Mongod(server_dir / "tls", extra_args=extra_args, tls=tls_files, ipv6=True) as server:
        _create_root(server)
        options = {"username": ROOT.name, "password": ROOT.password, "tlsCAFile": ca_file}
        with pymongo.MongoClient[dict]("127.0.0.1", server.port, tls=True, **options) as client:
            roles = [{"role": "readWriteAnyDatabase", "db": "admin"}]
            client["$external"].command("createUser", subject_of(client_certificate), roles=roles)
        yield server


@pytest.fixture(scope="session")
def mutual_tls_mongod(mongod_program: Path, server_dir: Path, tls_files: TlsFiles) -> Iterator[Mongod]:
    """
    Return a server that wants TLS with a client's certificate, and no user.
    """
    with Mongod(server_dir / "mutual", tls=tls_files) as server:
        yield server


@pytest.fixture(scope="session")
def ca_file(tls_files: TlsFiles) -> str:
    """
    Return the file with the authority that the servers' certificates come from.
    """
    return str(tls_files[2])


@pytest.fixture(scope="session")
def wrong_ca_file(server_dir: Path) -> str:
    """
    Return the file with an authority that no server's certificate comes from.
    """
    path = server_dir / "wrong-ca.pem"
    trustme.CA().cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(scope="session")
def client_certificate(authority: trustme.CA, server_dir: Path) -> Path:
    """
    Return the file with a client's certificate and key.
    """
    certificate = authority.issue_cert("client@motorish.test", common_name="the client")
    path = server_dir / "client.pem"
    certificate.private_key_and_cert_chain_pem.write_to_path(path)
    return path


def subject_of(certificate: Path) -> str:
    """
    Return the name by which the server knows the owner of a certificate.
    """
    text = certificate.read_bytes()
    begin = text.index(b"-----BEGIN CERTIFICATE-----")
    return x509.load_pem_x509_certificate(text[begin:]).subject.rfc4514_string()


def _create_root(server: Mongod) -> None:
    # Allowed once, to whoever comes from this machine.
    command = {"createUser": ROOT.name, "pwd": ROOT.password, "roles": ["root"]}
    assert server.command(command).get("ok") == 1

"""
Real servers for the tests: started when the first test asks, stopped at the end of the run.

A server whose program is not on this machine skips the tests that need it, and the end of the run
says so; with MOTORISH_REQUIRE_SERVERS=1 they fail instead.  A server that is there but does not
start always fails them.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest
import trustme

from motorish.integrations.servers import (
    Dovecot,
    MariaDB,
    Memcached,
    Nginx,
    OpenLDAP,
    PostgreSQL,
    RabbitMQ,
    Redis,
    ReplicaSet,
    find_mariadbd,
    find_mongod,
    find_postgres,
    find_program,
    find_rabbitmq,
)
from tests.faults.plugin import FaultFigures, add_options

FIRST = {"upstream", "conformance", "types", "odms", "test_site.py", "test_stubs.py"}
TEST_COMMANDS = ("--setParameter", "enableTestCommands=1")  # allows fail points
IS_MISSING = " is missing"
S = TypeVar("S")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """
    Add the options of the tests of faults.
    """
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """
    Begin the list of missing programs, and the collection of what the tests of faults measure.
    """
    config.pluginmanager.register(FaultFigures())
    config.pluginmanager.register(MissingPrograms())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Put the few files first that take minutes: the last file should not keep one of two processes waiting.
    """
    items.sort(key=lambda item: FIRST.isdisjoint(item.path.parts))


class MissingPrograms:
    """
    Names the missing programs where nobody overlooks them.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """
        Look for what a fixture has skipped its tests with, here or in another process.
        """
        if report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            if reason.endswith(IS_MISSING):
                self._names.add(reason.removesuffix(IS_MISSING))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """
        Name them at the end of the run.
        """
        for program in sorted(self._names):
            terminalreporter.write_line(f"NOT TESTED, because missing here: {program}", red=True)


@pytest.fixture(scope="session")
def missing_program() -> Callable[[str], NoReturn]:
    """
    Return what a fixture calls, with the program's name, when its program is not installed.
    """

    def give_up(program: str) -> NoReturn:
        if os.environ.get("MOTORISH_REQUIRE_SERVERS") == "1":
            pytest.fail(f"{program} is missing, and MOTORISH_REQUIRE_SERVERS=1", pytrace=False)
        pytest.skip(f"{program}{IS_MISSING}")

    return give_up


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """
    Return a directory for the servers' data, removed at the end (pytest's own would pile up).
    """
    with tempfile.TemporaryDirectory(prefix="motorish-") as path:
        Path(path).chmod(0o711)  # PostgreSQL does not run as root, but as an account of its own
        yield Path(path)


@pytest.fixture(scope="session")
def mongod_program(missing_program: Callable[[str], NoReturn]) -> Path:
    """
    Return the mongod program.
    """
    return find_mongod() or missing_program("mongod")


@pytest.fixture(scope="session")
def mongod_uri(request: pytest.FixtureRequest) -> Iterator[str]:
    """
    Return the URI of a replica set with one member; MONGODB_URI in the environment wins.
    """
    if uri := os.environ.get("MONGODB_URI"):
        yield uri
        return
    request.getfixturevalue("mongod_program")
    data_dir = request.getfixturevalue("server_dir") / "one"
    with ReplicaSet(1, data_dir, extra_args=TEST_COMMANDS) as replica_set:
        yield replica_set.uri


@pytest.fixture(scope="session")
def replica_set(mongod_program: Path, server_dir: Path) -> Iterator[ReplicaSet]:
    """
    Return a private replica set of three members; a test that stops one must start it again.
    """
    with ReplicaSet(3, server_dir / "three", extra_args=TEST_COMMANDS) as replica_set:
        yield replica_set


@pytest.fixture(scope="session")
def replica_set_uri(replica_set: ReplicaSet) -> str:
    """
    Return the URI of the private replica set of three members.
    """
    return replica_set.uri


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """
    Return the certificate authority that all test servers' certificates come from.
    """
    return trustme.CA()


@pytest.fixture(scope="session")
def tls_files(authority: trustme.CA, server_dir: Path) -> tuple[Path, Path, Path]:
    """
    Return files (PEM) for localhost and 127.0.0.1: certificate chain, key, authority.
    """
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    chain, key, ca = (server_dir / name for name in ("chain.pem", "key.pem", "ca.pem"))
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    return chain, key, ca


class Start:
    """
    Starts a server for the whole run, if its program was found.
    """

    def __init__(self, missing: Callable[[str], NoReturn], directory: Path, servers: ExitStack) -> None:
        self._missing, self._directory, self._servers = missing, directory, servers

    def __call__(
        self, kind: Callable[..., AbstractContextManager[S]], program: str, found: Path | None, **options: Any
    ) -> S:
        if found is None:
            self._missing(program)
        return self._servers.enter_context(kind(self._directory / program, **options))


@pytest.fixture(scope="session")
def start(missing_program: Callable[[str], NoReturn], server_dir: Path) -> Iterator[Start]:
    """
    Return what starts servers; they are stopped at the end of the run.
    """
    with ExitStack() as servers:
        yield Start(missing_program, server_dir, servers)


@pytest.fixture(scope="session")
def mariadb(start: Start, tls_files: tuple[Path, Path, Path]) -> MariaDB:
    """
    Return a private MariaDB that offers TLS: host, port, user, password, database, tls.
    """
    return start(MariaDB, "mariadbd", find_mariadbd(), tls=tls_files)


@pytest.fixture(scope="session")
def postgres(start: Start, tls_files: tuple[Path, Path, Path]) -> PostgreSQL:
    """
    Return a private PostgreSQL that offers TLS: dsn, host, port, user, password, database, tls.
    """
    return start(PostgreSQL, "postgres", find_postgres(), tls=tls_files)


@pytest.fixture(scope="session")
def redis_server(start: Start) -> Redis:
    """
    Return a private Redis: host, port.
    """
    return start(Redis, "redis-server", find_program("redis-server"))


@pytest.fixture(scope="session")
def memcached(start: Start) -> Memcached:
    """
    Return a private memcached: host, port.
    """
    return start(Memcached, "memcached", find_program("memcached"))


@pytest.fixture(scope="session")
def dovecot(start: Start, tls_files: tuple[Path, Path, Path]) -> Dovecot:
    """
    Return a private Dovecot: host, port, tls_port, pop3_port, pop3_tls_port, password; any user will do.
    """
    return start(Dovecot, "dovecot", find_program("dovecot"), tls=tls_files)


@pytest.fixture(scope="session")
def nginx(start: Start, tls_files: tuple[Path, Path, Path]) -> Nginx:
    """
    Return a private nginx: url, tls_url, files.
    """
    return start(Nginx, "nginx", find_program("nginx"), tls=tls_files)


@pytest.fixture(scope="session")
def rabbitmq(start: Start) -> RabbitMQ:
    """
    Return a private RabbitMQ: url, host, port.
    """
    return start(RabbitMQ, "rabbitmq-server", find_rabbitmq())


@pytest.fixture(scope="session")
def openldap(start: Start, tls_files: tuple[Path, Path, Path]) -> OpenLDAP:
    """
    Return a private OpenLDAP that offers TLS: host, port, tls_port, tls, base_dn, admin_dn, admin_password.
    """
    return start(OpenLDAP, "slapd", find_program("slapd"), tls=tls_files)


@pytest.fixture(scope="session")
def chromium(missing_program: Callable[[str], NoReturn]) -> str:
    """
    Return the path of a Chromium browser.
    """
    return next(filter(None, map(shutil.which, BROWSERS)), None) or missing_program("chromium")

"""
ldap3 on OpenLDAP: searches at once, pages, strategies, wrong passwords, and calls given up.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ldap3
import pytest

import motorish
from motorish.green.ssl import GreenSSLSocket
from motorish.integrations.servers import OpenLDAP
from motorish.testing import chaos
from tests.loops import on_every_loop, until

PEOPLE = 250


@pytest.fixture(autouse=True)
def _patched() -> Iterator[None]:
    with motorish.patch("ldap3", strict=True):
        yield


@pytest.fixture(scope="module")
def people(directory: OpenLDAP) -> str:
    """
    Return the name of a branch with people in it.
    """
    branch = f"ou=people,{directory.base_dn}"
    with connected(directory) as connection:
        connection.add(branch, "organizationalUnit")
        for number in range(PEOPLE):
            names = {"cn": f"Person {number}", "sn": str(number)}
            connection.add(f"uid=p{number},{branch}", "inetOrgPerson", names)
    return branch


def connect(directory: OpenLDAP, **options: Any) -> ldap3.Connection:
    """
    A connection of the administrator's.
    """
    server = ldap3.Server(directory.host, directory.port, get_info=ldap3.NONE)
    options = {"password": directory.admin_password, "auto_bind": True, **options}
    return ldap3.Connection(server, directory.admin_dn, **options)


@contextmanager
def connected(directory: OpenLDAP) -> Iterator[ldap3.Connection]:
    """
    The same for a while: ldap3's own ``with`` leaves a connection open that was bound before.
    """
    connection = connect(directory)
    try:
        yield connection
    finally:
        connection.unbind()


def names(connection: ldap3.Connection, branch: str, query: str) -> list[str]:
    """
    The common names that a search finds.
    """
    connection.search(branch, query, attributes=["cn"])
    return [entry["attributes"]["cn"][0] for entry in connection.response]


@on_every_loop
@pytest.mark.parametrize("count", [1, 100])
def test_searches_at_once(run: Any, directory: OpenLDAP, people: str, count: int) -> None:
    """
    Each call has its own connection and gets its own answer, on one thread.
    """
    threads = set()

    def find(number: int) -> list[str]:
        threads.add(threading.get_native_id())
        with connected(directory) as connection:
            return names(connection, people, f"(sn={number})")

    async def main() -> list[list[str]]:
        return await asyncio.gather(*(motorish.spawn(find, number) for number in range(count)))

    assert [[f"Person {number}"] for number in range(count)] == run(main)
    assert {threading.get_native_id()} == threads


def connect_over_tls(
    directory: OpenLDAP, *, starttls: bool, host: str = "localhost", port: int = 0
) -> ldap3.Connection:
    """
    A connection over TLS, to a server whose certificate is looked at.
    """
    assert directory.tls is not None
    port = port or (directory.port if starttls else directory.tls_port)
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(directory.tls[2]))
    server = ldap3.Server(host, port, use_ssl=not starttls, tls=tls, get_info=ldap3.NONE)
    bind = ldap3.AUTO_BIND_TLS_BEFORE_BIND if starttls else ldap3.AUTO_BIND_NO_TLS
    return ldap3.Connection(server, directory.admin_dn, directory.admin_password, auto_bind=bind)


both_ways = pytest.mark.parametrize("starttls", [False, True], ids=["ldaps", "starttls"])
older_than_ssl = pytest.mark.filterwarnings("ignore:ssl.match_hostname:DeprecationWarning")  # what ldap3 uses


@on_every_loop
@both_ways
@older_than_ssl
def test_searches_over_tls(run: Any, directory: OpenLDAP, people: str, starttls: bool) -> None:
    """
    Ten connections at once over TLS, on one thread, and the server's certificate is checked.
    """
    threads = threading.active_count()

    def find(number: int) -> list[str]:
        connection = connect_over_tls(directory, starttls=starttls)
        sock = connection.socket
        assert isinstance(sock, GreenSSLSocket)
        try:
            return names(connection, people, f"(sn={number})")
        finally:
            connection.unbind()
            assert -1 == sock.fileno()

    async def main() -> list[list[str]]:
        return await asyncio.gather(*(motorish.spawn(find, number) for number in range(10)))

    assert [[f"Person {number}"] for number in range(10)] == run(main)
    assert threads == threading.active_count()


@both_ways
@older_than_ssl
def test_a_handshake_is_given_up(directory: OpenLDAP, starttls: bool) -> None:
    """
    A connection that is cancelled while the server's part of the handshake is late leaves nothing open.
    """

    async def main() -> None:
        with chaos.Proxy(directory.host, directory.port if starttls else directory.tls_port) as proxy:
            proxy.hold()
            call = motorish.spawn(
                connect_over_tls, directory, starttls=starttls, host=proxy.host, port=proxy.port
            )
            await until(lambda: proxy.kept)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await until(lambda: not proxy.connections)

    asyncio.run(main())


def test_a_thread_safe_connection_is_shared(directory: OpenLDAP, people: str) -> None:
    """
    With the strategy SAFE_SYNC many calls take turns on one connection, children and threads.
    """

    def find(connection: ldap3.Connection, number: int) -> str:
        _, _, entries, _ = connection.search(people, f"(sn={number})", attributes=["cn"])
        return str(entries[0]["attributes"]["cn"][0])

    async def main() -> list[str]:
        connection = await motorish.spawn(connect, directory, client_strategy=ldap3.SAFE_SYNC)
        calls = [motorish.spawn(find, connection, number) for number in range(20)]
        in_threads = [asyncio.to_thread(find, connection, number) for number in range(20, 25)]
        said = await asyncio.gather(*calls, *in_threads)
        await motorish.spawn(connection.unbind)
        return said

    assert [f"Person {number}" for number in range(25)] == asyncio.run(main())


def test_the_strategy_with_a_thread(directory: OpenLDAP, people: str) -> None:
    """
    ASYNC reads in a thread of its own; a child that waits for its results parks.
    """

    def find() -> str:
        connection = connect(directory, client_strategy=ldap3.ASYNC)
        entries, _ = connection.get_response(connection.search(people, "(sn=7)", attributes=["cn"]))
        connection.unbind()
        return str(entries[0]["attributes"]["cn"][0])

    async def main() -> list[str]:
        return await asyncio.gather(*(motorish.spawn(find) for _ in range(3)))

    assert ["Person 7"] * 3 == asyncio.run(main())


def test_wrap_reads_pages(directory: OpenLDAP, people: str) -> None:
    """
    ``async for`` over a search in pages; a wrong password is ldap3's own exception.
    """
    ldap = motorish.wrap(ldap3)

    async def main() -> int:
        server = ldap.Server(directory.host, directory.port, get_info=ldap3.NONE)
        with pytest.raises(ldap3.core.exceptions.LDAPBindError):
            await ldap.Connection(server, directory.admin_dn, "wrong", auto_bind=True)
        connection = await ldap.Connection(
            server, directory.admin_dn, directory.admin_password, auto_bind=True
        )
        pages = connection.extend.standard.paged_search(
            people, "(objectClass=inetOrgPerson)", attributes=["cn"], paged_size=50, generator=True
        )
        found = [entry async for entry in pages]
        await connection.unbind()
        return len(found)

    assert PEOPLE == asyncio.run(main())


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_a_search_is_given_up(directory: OpenLDAP, people: str, how: str) -> None:
    """
    The aborted call ends, its connection is closed and can be opened again.
    """

    async def main() -> list[str]:
        with chaos.Proxy(directory.host, directory.port) as proxy:
            server = ldap3.Server(proxy.host, proxy.port, get_info=ldap3.NONE)
            credentials = directory.admin_dn, directory.admin_password
            connection = await motorish.spawn(ldap3.Connection, server, *credentials, auto_bind=True)
            proxy.hold()
            with motorish.timeout(0.1 if how == "deadline" else None):
                call = motorish.spawn(names, connection, people, "(sn=1)")
            await until(lambda: proxy.kept)
            if how == "cancel":
                call.cancel()
            with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
                await call
            proxy.release()
            await motorish.spawn(connection.rebind, *credentials)
            found = await motorish.spawn(names, connection, people, "(sn=2)")
            await motorish.spawn(connection.unbind)
            return found

    assert ["Person 2"] == asyncio.run(main())

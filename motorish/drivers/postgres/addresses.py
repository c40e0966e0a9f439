"""
Looks up the host names of a connection string, so that libpq need not: it would block.
"""

from __future__ import annotations

import os
import random
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

from motorish.green import dns
from motorish.hub import current_child


def with_addresses(dsn: Any) -> Any:
    """
    A connection string for psycopg2 with ``hostaddr`` for each host name; unchanged outside a child.

    A name with several addresses becomes as many hosts, which libpq tries in turn.  Names from a service
    file are left to libpq.

    Raises:
        psycopg2.OperationalError: none of the hosts has an address.
    """
    if current_child() is None:
        return dsn
    try:
        given = parse_dsn(dsn)
    except (psycopg2.ProgrammingError, TypeError):
        return dsn  # psycopg2 will complain
    hosts = (given.get("host") or os.environ.get("PGHOST", "")).split(",")
    if (
        "service" in given
        or given.get("hostaddr")
        or os.environ.get("PGHOSTADDR")
        or all(is_no_name(host) for host in hosts)
    ):
        return dsn
    ports = (given.get("port") or os.environ.get("PGPORT", "")).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    found: list[tuple[str, str, str]] = []
    failures = []
    for host, port in zip(hosts, ports, strict=False):
        try:
            found += [(host, address, port) for address in look_up(host)]
        except OSError as error:
            failures.append(f'could not translate host name "{host}" to address: {error.strerror}\n')
    if not found:
        raise psycopg2.OperationalError("".join(failures))
    host, address, port = (",".join(column) for column in zip(*found, strict=True))
    return make_dsn(dsn, host=host, hostaddr=address, port=port)


def attempts(dsn: Any) -> list[Any]:
    """
    The connection strings to try in turn: one for each host, so that each has its ``connect_timeout``.

    Without a timeout, libpq goes from host to host itself; so it does with ``prefer-standby``, for which it
    asks them all.
    """
    try:
        given = parse_dsn(dsn)
    except (psycopg2.ProgrammingError, TypeError):
        return [dsn]
    hosts = (given.get("host") or os.environ.get("PGHOST", "")).split(",")
    if (
        len(hosts) == 1
        or connect_timeout(dsn) is None
        or given.get("target_session_attrs") == "prefer-standby"
    ):
        return [dsn]
    columns = {"host": hosts}
    for name, variable in (("hostaddr", "PGHOSTADDR"), ("port", "PGPORT")):
        values = (given.get(name) or os.environ.get(variable, "")).split(",")
        columns[name] = values if len(values) > 1 else values * len(hosts)
    if any(len(values) != len(hosts) for values in columns.values()):
        return [dsn]  # libpq will complain
    found = [
        make_dsn(dsn, **dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
    ]
    if given.get("load_balance_hosts") == "random":
        random.shuffle(found)
    return found


def connect_timeout(dsn: Any) -> float | None:
    """
    The ``connect_timeout`` in seconds that a connection string or the environment asks for, or None.
    """
    given = parse_dsn(dsn).get("connect_timeout") or os.environ.get("PGCONNECT_TIMEOUT")
    try:
        seconds = float(given or 0)
    except ValueError:
        return None  # libpq will complain
    return seconds if seconds > 0 else None


def is_no_name(host: str) -> bool:
    """
    Whether libpq can connect to *host* without asking a server: an address, or a Unix socket's directory.
    """
    return host[:1] in ("/", "@") or dns.is_literal(host)


def look_up(host: str) -> list[str]:
    """
    The addresses of a host, or one empty text where libpq needs none.
    """
    if is_no_name(host):
        return [""]
    found = dns.getaddrinfo(host, None, type=1)  # SOCK_STREAM
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))

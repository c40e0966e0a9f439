"""
The private servers of the drivers other than PyMongo: each answers, crashes, comes back, and is gone.
"""

import subprocess
from pathlib import Path

import psycopg2
import pytest

from motorish.integrations.servers import (
    Dovecot,
    Memcached,
    Nginx,
    OpenLDAP,
    PostgreSQL,
    RabbitMQ,
    Redis,
    RedisSentinel,
    Server,
    ServerMissingError,
)
from motorish.integrations.servers.base import poll_until


@pytest.mark.parametrize("kind", [Dovecot, Memcached, Nginx, OpenLDAP, PostgreSQL, RabbitMQ, Redis])
def test_a_program_that_is_not_there_is_named_with_its_package(
    kind: type[Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Without its program a server cannot be started, and the error says what to install.
    """
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    monkeypatch.setattr("motorish.integrations.servers.rabbitmq._DEBIAN", tmp_path / "nothing")

    with pytest.raises(ServerMissingError, match="apt-get install"):
        kind(tmp_path / "data").start()


@pytest.mark.parametrize("fixture", ["dovecot", "memcached", "nginx", "openldap", "postgres", "redis_server"])
def test_a_server_that_crashed_comes_back_on_its_port(fixture: str, request: pytest.FixtureRequest) -> None:
    """
    kill() is a crash; start() brings the server back where its clients look for it.
    """
    server: Server = request.getfixturevalue(fixture)
    port = server.port

    server.kill()
    assert not server.running

    server.start()
    assert port == server.port
    assert server.running


def test_postgres_keeps_its_data_and_does_not_wait_for_clients(postgres: PostgreSQL) -> None:
    """
    A stop ends open connections at once; what was committed is there at the next start.
    """
    connection = psycopg2.connect(postgres.dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("create table kept (n int); insert into kept values (7)")

    postgres.stop()
    postgres.start()

    with psycopg2.connect(postgres.dsn) as again, again.cursor() as cursor:
        cursor.execute("select n from kept")
        assert [(7,)] == cursor.fetchall()
        cursor.execute("drop table kept")
        cursor.execute("select ssl from pg_stat_ssl where pid = pg_backend_pid()")
        assert [(True,)] == cursor.fetchall()
    connection.close()
    again.close()


def test_a_sentinel_knows_its_master(redis_server: Redis, tmp_path: Path) -> None:
    """
    A Sentinel answers with the address of the server that it was told to watch.
    """
    from redis.sentinel import Sentinel

    with RedisSentinel(tmp_path, redis_server, "motorish") as sentinel:
        client = Sentinel([(sentinel.host, sentinel.port)])

        assert (redis_server.host, redis_server.port) == client.discover_master("motorish")


def test_rabbitmq_leaves_nothing_behind(rabbitmq: RabbitMQ, tmp_path: Path) -> None:
    """
    Erlang's port mapper ends with the server that it was started for.
    """
    with RabbitMQ(tmp_path) as server:
        names = server._names.port

    assert rabbitmq.running

    def is_gone() -> bool:
        listening = subprocess.run(["ss", "-ltn"], capture_output=True, text=True, check=True).stdout
        return f":{names} " not in listening

    assert poll_until(is_gone, 5)

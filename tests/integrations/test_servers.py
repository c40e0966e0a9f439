"""
The private servers: found, started, restarted, and never left behind.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pymongo
import pymysql
import pytest

from motorish.integrations.servers import (
    MariaDB,
    Mongod,
    ReplicaSet,
    ServerError,
    ServerMissingError,
    find_mongod,
)
from motorish.integrations.servers import mongod as mongod_module
from motorish.integrations.servers.base import free_port, poll_until

HOST = "127.0.0.1"

# A program that starts a server, stores a document, reports, and waits to be ended.
STARTER = """
import sys
import pymongo
from motorish.integrations.servers import ReplicaSet

mongo = ReplicaSet(1, sys.argv[1]).start()
with pymongo.MongoClient(mongo.uri) as client:
    client.test.things.insert_one({"_id": "stored"})
print(mongo.nodes[0].pid, mongo.nodes[0]._guard.pid, flush=True)
sys.stdin.read()
"""


def is_alive(pid: int) -> bool:
    """
    Say whether a process runs (one that ended and waits to be collected does not).
    """
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state) and not state.startswith("Z")


def ends(pid: int) -> bool:
    """
    Wait until a process has ended; say whether it did.
    """
    return poll_until(lambda: not is_alive(pid), 20)


@pytest.fixture
def starter(mongod_program: Path, tmp_path: Path) -> Callable[[], tuple[subprocess.Popen, int, int]]:
    """
    Return a function that runs STARTER; it returns the process and its mongod's and guard's pids.
    """

    def start() -> tuple[subprocess.Popen, int, int]:
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process.stdout:
            mongod, guard = process.stdout.readline().split()
        return process, int(mongod), int(guard)

    return start


def test_mongod_on_path_comes_first(tmp_path, monkeypatch):
    """
    The mongod that the user installed is preferred to the wheel's.
    """
    program = tmp_path / "mongod"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert program == find_mongod()


def test_a_missing_mongod_names_three_ways_out(tmp_path, monkeypatch):
    """
    Where there is no mongod the error says how to get one.
    """
    monkeypatch.setattr(mongod_module, "find_mongod", lambda: None)

    with pytest.raises(ServerMissingError) as caught:
        Mongod(tmp_path).start()

    assert isinstance(caught.value, RuntimeError)
    for way_out in ("on PATH", "pip install 'motorish[mongod]'", "MONGODB_URI"):
        assert way_out in str(caught.value)


def test_a_standalone_mongod_answers_and_stops(mongod_program, tmp_path):
    """
    A context manager's mongod serves inside the block and is gone after it.
    """
    with Mongod(tmp_path) as mongod:
        pid = mongod.pid
        with pymongo.MongoClient(mongod.uri) as client:
            reply = client.admin.command("ping")

    assert 1 == reply["ok"]
    assert not is_alive(pid)
    assert (None, False) == (mongod.pid, mongod.running)


def test_a_server_that_ends_at_once_shows_its_log(mongod_program, tmp_path):
    """
    The error has what the server printed.
    """
    with pytest.raises(ServerError, match="unrecognised option '--nonsense'"):
        Mongod(tmp_path, extra_args=["--nonsense"]).start()


def test_a_crashed_server_can_be_started_again(mongod_program, tmp_path):
    """
    After SIGKILL the lock file that stays behind is no obstacle.
    """
    with Mongod(tmp_path) as mongod:
        first = mongod.pid
        mongod.kill()
        was_running = mongod.running
        mongod.start()

        assert not was_running
        assert mongod.pid not in (None, first)
        assert 1 == mongod.command({"ping": 1})["ok"]


def test_a_server_that_ended_a_moment_ago_can_be_killed(mongod_program, tmp_path):
    """
    Its process is gone, its guard is about to go: no error, and it can be started again.
    """
    with subprocess.Popen(["true"]) as gone:
        pass
    with Mongod(tmp_path / "mongo") as mongod:
        mongod._pid = gone.pid
        mongod.kill()

        assert mongod.start().running


def test_a_data_directory_in_use_is_refused(mongod_program, tmp_path, monkeypatch):
    """
    A second mongod on the same files is an error that names the first one's process.
    """
    monkeypatch.setattr(mongod_module, "_LOCK_WAIT_S", 0.1)
    with Mongod(tmp_path) as mongod:
        with pytest.raises(ServerError, match=rf"process {mongod.pid}\) is using .* choose another"):
            Mongod(tmp_path).start()

        assert mongod.running


def test_a_server_outlives_the_thread_that_started_it(mongod_program, tmp_path):
    """
    The end of the starting thread is not the end of the starting process.
    """
    mongod = Mongod(tmp_path)
    thread = threading.Thread(target=mongod.start)
    thread.start()
    thread.join()
    with mongod:
        assert 1 == mongod.command({"ping": 1})["ok"]


def test_a_replica_set_keeps_data_and_port(mongod_program, tmp_path):
    """
    A restart on the same directory finds the documents under the same URI.
    """
    with ReplicaSet(1, tmp_path) as first, pymongo.MongoClient(first.uri) as client:
        client.test.things.insert_one({"_id": 1})
    with ReplicaSet(1, tmp_path) as second, pymongo.MongoClient(second.uri) as client:
        documents = list(client.test.things.find())

    assert [{"_id": 1}] == documents
    assert first.uri == second.uri


def test_a_replica_set_moves_when_its_port_is_taken(mongod_program, tmp_path):
    """
    Where another program has the old port, the set is reconfigured to a new one.
    """
    with ReplicaSet(1, tmp_path) as first, pymongo.MongoClient(first.uri) as client:
        client.test.things.insert_one({"_id": 1})
    with socket.socket() as other_program:
        other_program.bind((HOST, first.nodes[0].port))
        second = ReplicaSet(1, tmp_path).start()
    with second, pymongo.MongoClient(second.uri) as client:
        documents = list(client.test.things.find())

    assert [{"_id": 1}] == documents
    assert first.uri != second.uri


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_starter_takes_its_server_with_it_and_loses_nothing(starter, tmp_path, number):
    """
    After the starter was killed its mongod ends, and a restart at once finds what was stored.
    """
    process, mongod, _ = starter()
    process.send_signal(number)
    process.communicate()
    with ReplicaSet(1, tmp_path) as mongo, pymongo.MongoClient(mongo.uri) as client:
        documents = list(client.test.things.find())

    assert -number == process.returncode
    assert not is_alive(mongod)
    assert [{"_id": "stored"}] == documents


def test_a_starter_that_forgets_to_stop_leaves_nothing(starter):
    """
    A program that simply ends takes its server with it.
    """
    process, mongod, guard = starter()
    process.communicate("")

    assert 0 == process.returncode
    assert ends(mongod)
    assert ends(guard)


def test_a_server_that_was_frozen_is_stopped(mongod_program, tmp_path):
    """
    SIGSTOP and SIGCONT are no end of it for the guard, which still ends it when it is told to.
    """
    with Mongod(tmp_path / "mongo") as server:
        pid = server.pid
        for number in (signal.SIGSTOP, signal.SIGCONT):
            os.kill(pid, number)
            time.sleep(0.1)
        assert server.running
        server._guard.stdin.close()

        assert ends(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="needs prctl")
def test_a_killed_guard_takes_the_server_with_it(starter):
    """
    Not even the end of the guard leaves a server behind.
    """
    process, mongod, guard = starter()
    os.kill(guard, signal.SIGKILL)
    server_ended = ends(mongod)
    process.communicate("")

    assert server_ended


def test_three_members_are_ready(replica_set, replica_set_uri):
    """
    A started set has one primary and two secondaries.
    """
    with pymongo.MongoClient(replica_set_uri) as client:
        members = client.admin.command("replSetGetStatus")["members"]

    assert ["PRIMARY", "SECONDARY", "SECONDARY"] == sorted(each["stateStr"] for each in members)
    assert replica_set.primary in replica_set.nodes


def test_the_shared_mongod_has_change_streams_and_fail_points(mongod_uri):
    """
    What most tests use is a replica set with test commands.
    """
    with pymongo.MongoClient(mongod_uri) as client:
        with client.test.servers.watch() as stream:
            client.test.servers.insert_one({"_id": 1})
            change = stream.next()
        client.test.servers.drop()
        reply = client.admin.command("configureFailPoint", "failCommand", mode="off")

    assert "insert" == change["operationType"]
    assert 1 == reply["ok"]


def test_mariadb_offers_tls(mariadb):
    """
    PyMySQL logs in over TLS that it can verify, and sees the user's own database.
    """
    connection = pymysql.connect(
        host=mariadb.host,
        port=mariadb.port,
        user=mariadb.user,
        password=mariadb.password,
        database=mariadb.database,
        ssl_ca=str(mariadb.tls[2]),
        ssl_verify_identity=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Ssl_version'")
        tls = cursor.fetchone()
        cursor.execute("SELECT database()")
        database = cursor.fetchone()

    assert ("Ssl_version", "TLSv1.3") == tls
    assert (mariadb.database,) == database


def test_mariadb_keeps_its_data(mariadb, tmp_path):
    """
    A restart on the same directory finds the tables and the user.
    """

    def query(server: MariaDB, *statements: str) -> tuple:
        login = {"user": server.user, "password": server.password, "database": server.database}
        connection = pymysql.connect(host=HOST, port=server.port, autocommit=True, **login)
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()

    with MariaDB(tmp_path) as first:
        query(first, "CREATE TABLE things (id INT)", "INSERT INTO things VALUES (7)")
    with MariaDB(tmp_path) as second:
        rows = query(second, "SELECT id FROM things")

    assert ((7,),) == rows


def test_a_given_port_is_used(mongod_program, tmp_path):
    """
    Who names a port gets that port.
    """
    port = free_port()
    with Mongod(tmp_path, port) as mongod:
        reply = mongod.command({"getCmdLineOpts": 1})

    assert port == mongod.port
    assert port == reply["parsed"]["net"]["port"]

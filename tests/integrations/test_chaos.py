"""
The chaos proxy: each of its faults, seen from the client and from the server.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest

from motorish.testing import chaos

PATIENCE_S = 10.0


class Server:
    """
    Accepts connections; what it hears and says is up to the test.
    """

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        listening.settimeout(PATIENCE_S)
        self.accepted: list[socket.socket] = []

    def accept(self) -> socket.socket:
        """
        Return the server's end of the next connection.
        """
        sock, _ = self.listening.accept()
        sock.settimeout(PATIENCE_S)
        self.accepted.append(sock)
        return sock


@pytest.fixture
def server() -> Iterator[Server]:
    """
    Return a server on a port of its own.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = Server(listening)
        yield running
        for sock in running.accepted:
            sock.close()


@pytest.fixture
def proxy(server: Server) -> Iterator[chaos.Proxy]:
    """
    Return a proxy before the server.
    """
    with chaos.Proxy(*server.listening.getsockname()) as running:
        yield running


@pytest.fixture
def ends(proxy: chaos.Proxy, server: Server) -> Iterator[tuple[socket.socket, socket.socket]]:
    """
    Return both ends of a connection through the proxy: the client's, the server's.
    """
    with connect(proxy) as client:
        yield client, server.accept()


def connect(proxy: chaos.Proxy) -> socket.socket:
    """
    Return a new connection to the proxy.
    """
    return socket.create_connection((proxy.host, proxy.port), PATIENCE_S)


def receive(sock: socket.socket, size: int) -> bytes:
    """
    Return so many bytes, or what there was up to the end.
    """
    data = b""
    while len(data) < size and (more := sock.recv(size - len(data))):
        data += more
    return data


def is_silent(sock: socket.socket) -> bool:
    """
    Whether nothing arrives within a moment: real time has to pass to see that nothing happens.
    """
    sock.settimeout(0.1)
    try:
        return not sock.recv(1, socket.MSG_PEEK) and False
    except TimeoutError:
        return True
    finally:
        sock.settimeout(PATIENCE_S)


def until(condition: Any) -> None:
    """
    Wait until a condition holds.
    """
    end = monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < end
        threading.Event().wait(0.001)


def test_passes_bytes_on(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    Without faults bytes pass both ways, many too, and so does the end of either side alone.
    """
    client, server = ends
    much = Random(0).randbytes(5_000_000)

    client.sendall(b"question")
    assert b"question" == receive(server, 8)
    sending = threading.Thread(target=server.sendall, args=(much,))
    sending.start()
    assert much == receive(client, len(much))
    sending.join()
    client.shutdown(socket.SHUT_WR)
    assert b"" == server.recv(1)
    server.sendall(b"answer")
    assert b"answer" == receive(client, 6)
    server.close()
    assert b"" == client.recv(1)


def test_counts_connections(proxy: chaos.Proxy, server: Server) -> None:
    """
    `connections` is of those that clients have now, `accepted` of all.
    """
    with connect(proxy), connect(proxy):
        server.accept()
        server.accept()
        until(lambda: 2 == proxy.connections)
    until(lambda: 0 == proxy.connections)
    assert 2 == proxy.accepted


@pytest.mark.slow
def test_delay(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    What is delayed arrives late, in order, and not one after the other; the other direction is as ever.
    """
    client, server = ends
    proxy.down.delay_s = 0.2

    began = monotonic()
    client.sendall(b"at once")
    assert b"at once" == receive(server, 7)
    assert monotonic() - began < 0.2
    for number in range(5):
        server.sendall(b"%d" % number)
        until(lambda number=number: proxy.kept == number + 1)  # a chunk of its own
    assert b"01234" == receive(client, 5)
    assert 0.2 <= monotonic() - began < 1.0


def test_cut_after(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    After so many bytes both ends see the end of the connection, not an error.
    """
    client, server = ends
    proxy.down.cut_after = 3

    server.sendall(b"12345")

    assert b"123" == receive(client, 5)
    assert b"" == server.recv(1)
    until(lambda: 0 == proxy.connections)


def test_reset_after(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    After so many bytes both ends see a reset.
    """
    client, server = ends
    proxy.up.reset_after = 3

    client.sendall(b"12345")

    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionResetError):
        receive(server, 5)


def test_limit_counts_what_has_passed(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    A limit that a connection is over already ends it at once; one of 0 ends it when it is made.
    """
    client, server = ends
    client.sendall(b"12345")
    assert b"12345" == receive(server, 5)

    proxy.up.cut_after = 5
    assert b"" == client.recv(1)
    proxy.up.reset_after = 0
    with pytest.raises(ConnectionResetError), connect(proxy) as another:
        another.recv(1)


def test_freeze(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    What is frozen arrives after the thaw, in order, the end of the connection included.
    """
    client, server = ends
    proxy.hold()
    server.sendall(b"1")
    until(lambda: 1 == proxy.kept)
    server.sendall(b"2")
    until(lambda: 2 == proxy.kept)
    server.close()
    assert is_silent(client)

    proxy.release()

    assert b"12" == receive(client, 3)
    assert 0 == proxy.kept


def test_freeze_makes_the_sender_wait(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    A sender cannot send without end to a side that is frozen, and loses nothing.
    """
    client, server = ends
    proxy.up.frozen = True
    client.setblocking(False)
    sent = 0
    with suppress(BlockingIOError):
        end = monotonic() + PATIENCE_S
        while monotonic() < end:
            sent += client.send(b"x" * 65536)
            threading.Event().wait(0.001)
    assert sent < 50_000_000

    proxy.up.frozen = False
    assert b"x" * sent == receive(server, sent)


def test_drop(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    What is dropped never arrives, nor does the end: the connection is half open.
    """
    client, server = ends
    proxy.up.dropped = True
    client.sendall(b"lost")
    server.sendall(b"found")
    assert b"found" == receive(client, 5)
    client.close()
    until(lambda: 0 == proxy.connections)

    proxy.up.dropped = False

    assert is_silent(server)


def test_drop_after_the_client_has_gone(proxy: chaos.Proxy, server: Server) -> None:
    """
    The server can go on talking to a client whose end it was not told of.
    """
    proxy.up.dropped = True
    connect(proxy).close()
    sock = server.accept()
    until(lambda: 1 == proxy.accepted and 0 == proxy.connections)

    for _ in range(3):
        sock.sendall(b"hello?")

    assert is_silent(sock)


@pytest.mark.slow
def test_trickle(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    Bytes come a few at a time, and so long apart.
    """
    client, server = ends
    proxy.down.trickle = (2, 0.05)
    began = monotonic()

    server.sendall(b"12345678")

    assert [b"12", b"34", b"56", b"78"] == [client.recv(100) for _ in range(4)]
    assert 0.15 <= monotonic() - began < 1.0


def test_mutate_is_seeded(server: Server) -> None:
    """
    A mutation gets a connection's own random numbers: the same for the same seed and connection.
    """

    def garble(data: bytes, rng: Random) -> bytes:
        return bytes(byte ^ rng.randrange(256) for byte in data)

    heard = []
    for seed in (1, 1, 2):
        with chaos.Proxy(*server.listening.getsockname(), seed=seed) as proxy:
            proxy.up.mutate = garble
            for _ in range(2):
                with connect(proxy) as client:
                    client.sendall(b"question")
                    heard.append(receive(server.accept(), 8))

    assert heard[:2] == heard[2:4]
    assert 4 == len({b"question", *heard[:2], heard[4]})


def test_mutation_that_fails(server: Server) -> None:
    """
    An error in a mutation is raised at the end of the block.
    """

    def fail(data: bytes, rng: Random) -> bytes:
        raise ZeroDivisionError("not mine")

    with (
        pytest.raises(ZeroDivisionError, match="not mine"),
        chaos.Proxy(*server.listening.getsockname()) as proxy,
        connect(proxy) as client,
    ):
        proxy.up.mutate = fail
        client.sendall(b"question")
        with suppress(ConnectionResetError):
            client.recv(1)


def test_mutation_may_give_orders(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy) -> None:
    """
    A mutation can break the connection when it sees what it waits for.
    """
    client, server = ends

    def look(data: bytes, rng: Random) -> bytes:
        if b"COMMIT" in data:
            proxy.reset()
        return data

    proxy.up.mutate = look
    client.sendall(b"COMMIT")

    with pytest.raises(ConnectionResetError):
        client.recv(1)
    with pytest.raises(ConnectionResetError):
        server.recv(1)


def test_reset(ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy, server: Server) -> None:
    """
    All connections are reset, and new ones work.
    """
    proxy.reset()

    for end in ends:
        with pytest.raises(ConnectionResetError):
            end.recv(1)
    with connect(proxy) as client:
        client.sendall(b"again")
        assert b"again" == receive(server.accept(), 5)


def test_crash_and_restart(
    ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy, server: Server
) -> None:
    """
    After a crash connections are refused, after a restart there is the same port again; a hold is over.
    """
    proxy.hold()
    proxy.crash()
    with pytest.raises(ConnectionResetError):
        ends[0].recv(1)
    with pytest.raises(ConnectionRefusedError):
        connect(proxy)

    proxy.restart()

    with connect(proxy) as client:
        server.accept().sendall(b"again")
        assert b"again" == receive(client, 5)


def test_reset_by_a_client_reaches_the_server(
    ends: tuple[socket.socket, socket.socket], proxy: chaos.Proxy
) -> None:
    """
    What one side does to its connection the other side sees.
    """
    client, server = ends
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()

    with pytest.raises(ConnectionResetError):
        server.recv(1)


def test_server_that_refuses() -> None:
    """
    A client of a server that does not listen is reset.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        nobody = listening.getsockname()
    with chaos.Proxy(*nobody) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as client:
        client.recv(1)


def test_script(proxy: chaos.Proxy, server: Server) -> None:
    """
    The next connections get what the script has for them, those after it what all get.
    """
    proxy.script([(None, chaos.Faults(cut_after=1)), None, (None, chaos.Faults(cut_after=2))])
    proxy.down.cut_after = 3
    heard = []
    for _ in range(4):
        with connect(proxy) as client:
            sock = server.accept()
            sock.sendall(b"12345")
            sock.close()
            heard.append(receive(client, 5))

    assert [b"1", b"12345", b"12", b"123"] == heard


def test_script_can_change_its_mind(proxy: chaos.Proxy, server: Server) -> None:
    """
    The faults of a script can be changed while their connection is open.
    """
    down = chaos.Faults(frozen=True)
    proxy.script([(None, down)])
    with connect(proxy) as client:
        server.accept().sendall(b"answer")
        until(lambda: proxy.kept)
        down.frozen = False
        assert b"answer" == receive(client, 6)


def test_unix_socket(tmp_path: Path) -> None:
    """
    Before a server on a Unix socket the proxy listens on one, too, of the same name.
    """
    path = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with chaos.Proxy(unix=path) as proxy, socket.socket(socket.AF_UNIX) as client:
            assert path.name == Path(proxy.unix).name
            client.connect(proxy.unix)
            server, _ = listening.accept()
            with server:
                client.sendall(b"question")
                assert b"question" == receive(server, 8)
                proxy.down.cut_after = 3
                server.sendall(b"answer")
                assert b"ans" == receive(client, 6)
            proxy.crash()
            with pytest.raises(ConnectionRefusedError), socket.socket(socket.AF_UNIX) as another:
                another.connect(proxy.unix)
            proxy.restart()
            with socket.socket(socket.AF_UNIX) as another:
                another.connect(proxy.unix)


def test_unknown_fault(proxy: chaos.Proxy) -> None:
    """
    A fault that there is not is an error, and names those that there are.
    """
    with pytest.raises(AttributeError, match="no fault 'delay': there are delay_s, cut_after"):
        proxy.up.delay = 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        proxy.up = chaos.Faults()  # type: ignore[misc]  # open connections would go on with the old ones

"""
A synchronous driver that nobody has heard of: lines of text over a socket.

It knows nothing of motorish.  Its server is `echoserver`.
"""

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

current_block: ContextVar[str] = ContextVar("current_block", default="none")

apilevel = "2.0"
LIMIT = 100


class Error(Exception):
    """
    What the driver raises.
    """


class Pair(tuple[int, int]):
    """
    Data of a class of the driver's.
    """


class Message:
    """
    An object that does no I/O.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __len__(self) -> int:
        return len(self.text)


class AsyncConnection:
    """
    The driver's own asynchronous class.
    """

    async def __aenter__(self) -> None: ...

    async def __aexit__(self, *exc_info: object) -> None: ...


class AsyncPool:
    """
    Another one, which is to be closed.
    """

    async def close(self) -> None: ...


class Row:
    """
    A row, of a class that looks like no data of Python's.
    """

    def __init__(self, number: int) -> None:
        self.number = number

    def __iter__(self) -> Iterator[int]:
        yield self.number

    def __eq__(self, other: object) -> bool:
        return (self.number,) == (tuple(other) if isinstance(other, Row) else other)

    __hash__ = None  # type: ignore[assignment]


class Block:
    """
    Sets a ContextVar from enter to exit.
    """

    def __init__(self) -> None:
        self.tokens: dict[str, Any] = {}

    def __enter__(self) -> None:
        name = f"block {len(self.tokens)}"
        self.tokens[name] = current_block.set(name)

    def __exit__(self, *exc_info: object) -> None:
        current_block.reset(self.tokens[current_block.get()])


class Connection:
    """
    A connection to the echo server.
    """

    kind = "tcp"

    def __init__(self, port: int, name: str = "") -> None:
        self.name = name
        self.notes: list[str] = []
        self.here = threading.local()
        self._lock = threading.RLock()
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._file = self._socket.makefile("rb")

    def __repr__(self) -> str:
        return f"<Connection {self.name!r}>"

    def __enter__(self) -> "Connection":
        self._lock.acquire()
        self.here.block = self.name
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> bool:
        self.notes.append(f"{getattr(self.here, 'block', None)} left with {kind.__name__ if kind else None}")
        self._lock.release()
        return kind is Error

    @property
    def version(self) -> str:
        """
        Asks the server.
        """
        return self.call("echo 1.0")

    def call(self, text: str) -> str:
        """
        Send a line and wait for one.
        """
        with self._lock:
            self.send(text)
            return self.receive()

    def send(self, text: str) -> None:
        """
        Send a line.
        """
        self._socket.sendall(f"{text}\n".encode())

    def receive(self) -> str:
        """
        Wait for a line.
        """
        line = self._file.readline().decode().rstrip("\n")
        if line.startswith("error "):
            raise Error(line)
        return line

    def block(self) -> Any:
        """
        What the threading.local holds.
        """
        return getattr(self.here, "block", None)

    def each(self, callback: Callable[[str], object], count: int) -> int:
        """
        Call *callback* for *count* lines: a parameter of the driver's own.
        """
        for line in self.lines(count):
            callback(line)
        return count

    def lines(self, count: int) -> Iterator[str]:
        """
        Give lines one by one.
        """
        self.here.lines = self.name
        token = current_block.set("lines")
        try:
            self.send(f"count {count}")
            for _ in range(count):
                got = yield self.receive()
                if got:
                    self.notes.append(got)
                self.notes.append(f"{self.here.lines} {current_block.get()}")
        finally:
            current_block.reset(token)
            self.notes.append("closed")

    @contextmanager
    def named(self, name: str) -> Iterator[str]:
        """
        A context manager that sets a ContextVar while the server is asked.
        """
        token = current_block.set(name)
        try:
            yield self.call(f"echo {name}")
        finally:
            self.call("echo end")
            current_block.reset(token)

    def current(self) -> str:
        """
        The ContextVar, as this call sees it.
        """
        self.call("echo")
        return current_block.get()

    def stop(self) -> None:
        """
        Raise StopIteration, as some drivers do.
        """
        raise StopIteration("no more")

    def message(self, text: str) -> Message:
        """
        An object.
        """
        return Message(self.call(f"echo {text}"))

    def length(self, message: Message) -> int:
        """
        Takes an object.
        """
        assert type(message) is Message
        return int(self.call(f"echo {len(message)}"))

    def pair(self) -> Pair:
        """
        Data.
        """
        return Pair((1, 2))

    def cursor(self) -> "Cursor":
        """
        A cursor as of PEP 249.
        """
        return Cursor(self)

    def close(self) -> None:
        """
        Close the connection.
        """
        self._file.close()
        self._socket.close()


class Cursor:
    """
    A cursor on the numbers of the server; it is no context manager.
    """

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.closed = False
        self.fetches = 0
        self._left = 0

    def execute(self, count: int) -> None:
        """
        Ask for *count* rows.
        """
        self.connection.send(f"count {count}")
        self._left = count

    def fetchone(self) -> "Row | None":
        """
        One row.
        """
        rows = self.fetchmany(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> "list[Row]":
        """
        Some rows.
        """
        self.fetches += 1
        size = min(self.arraysize if size is None else size, self._left)
        self._left -= size
        return [Row(int(self.connection.receive())) for _ in range(size)]

    def fetchall(self) -> "list[Row]":
        """
        The other rows.
        """
        return self.fetchmany(self._left)

    def close(self) -> None:
        """
        Close the cursor.
        """
        self.closed = True


class ConnectionPool:
    """
    Keeps one connection; whoever comes second waits.
    """

    def __init__(self, port: int) -> None:
        self._free: queue.Queue[Connection] = queue.Queue()
        self._free.put(Connection(port))

    def take(self) -> Connection:
        """
        Wait for the connection.
        """
        return self._free.get()

    def give_back(self, connection: Connection) -> None:
        """
        The next one may have it.
        """
        self._free.put(connection)


def connect(port: int, name: str = "") -> Connection:
    """
    Make a connection, and talk to the server.
    """
    connection = Connection(port, name)
    connection.call("echo hello")
    return connection


def ask(connection: Connection, text: str) -> str:
    """
    A function that is given a connection.
    """
    return connection.call(text)


def ident() -> int:
    """
    The identity of the call.
    """
    return threading.get_ident()

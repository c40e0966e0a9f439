"""
COPY on a guarded connection, to and from files: psycopg2's own refuses while a wait callback is set.

psycopg2 sends the statement and finds that it has no file for it, which leaves the connection ready to
copy; from there on it is libpq's functions, called in their non-blocking manner.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2 import DatabaseError, OperationalError, ProgrammingError, errors
from psycopg2.extensions import QuotedString, encodings, quote_ident
from psycopg2.extensions import cursor as stock

from motorish.drivers.postgres import libpq
from motorish.drivers.postgres.readiness import READ, WRITE, is_aborted, wait_ready
from motorish.drivers.postgres.waiting import give_up
from motorish.hub import current_child

SIZE_BYTES = 8192
"""Read from a file at once, by default."""

_SEVERITIES = ("ERROR:  ", "FATAL:  ", "PANIC:  ")


def copy_expert(cursor: Any, sql: Any, file: Any, size: int) -> None:
    """
    As ``cursor.copy_expert``.
    """
    if not hasattr(file, "read") and not hasattr(file, "write"):
        raise TypeError(
            "file must be a readable file-like object for COPY FROM; a writable file-like object for COPY TO."
        )
    with cursor.connection._guard:
        _run(cursor, sql, file, size)


def copy_from(cursor: Any, file: Any, table: str, sep: str, null: str, size: int, columns: Any) -> None:
    """
    As ``cursor.copy_from``.
    """
    if not hasattr(file, "read"):
        raise TypeError("argument 1 must have a .read() method")
    with cursor.connection._guard:
        _run(cursor, _statement(cursor, table, "FROM stdin", sep, null, columns), file, size)


def copy_to(cursor: Any, file: Any, table: str, sep: str, null: str, columns: Any) -> None:
    """
    As ``cursor.copy_to``.
    """
    if not hasattr(file, "write"):
        raise TypeError("argument 1 must have a .write() method")
    with cursor.connection._guard:
        _run(cursor, _statement(cursor, table, "TO stdout", sep, null, columns), file, SIZE_BYTES)


def _statement(cursor: Any, table: str, direction: str, sep: str, null: str, columns: Any) -> str:
    def literal(text: str) -> str:
        quoted = QuotedString(text)
        quoted.prepare(cursor.connection)
        return str(quoted.getquoted().decode(codec_of(cursor.connection)))

    names = ",".join(quote_ident(column, cursor) for column in columns or ())
    target = quote_ident(table, cursor) + (f"({names})" if columns is not None else "")
    return f"COPY {target} {direction} WITH DELIMITER AS {literal(sep)} NULL AS {literal(null)}"


def codec_of(connection: Any) -> str:
    """
    Python's name of a psycopg2 connection's client encoding.
    """
    return str(encodings[connection.encoding])


def _run(cursor: Any, sql: Any, file: Any, size: int) -> None:
    connection = cursor.connection
    plain = cursor if cursor.name is None else stock(connection)
    cursor._copied = None
    try:
        stock.execute(plain, sql)  # not what a subclass makes of execute()
    except ProgrammingError:
        status = _copy_status(connection)
        if status is None:
            raise
    else:
        return  # it was another statement, or a COPY between the server and its own files
    copy = _Copy(connection)
    with copy.closing_on_abort():
        if status == libpq.COPY_IN:
            copy.read_from(file, size)
        else:
            copy.write_to(file)
        cursor._copied = copy.finish()
    connection.poll()  # lets psycopg2 see to notices and notifications


def _copy_status(connection: Any) -> int | None:
    if connection.closed:
        return None
    lib = libpq.library()
    result = lib.PQgetResult(connection.pgconn_ptr)  # made up by libpq as often as asked
    if not result:
        return None
    status: int = lib.PQresultStatus(result)
    lib.PQclear(result)
    return status if status in (libpq.COPY_IN, libpq.COPY_OUT) else None


class _Copy:
    """
    One COPY on a connection that has been told to, by its direction and then to its end.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._lib = libpq.library()
        self._pgconn: int = connection.pgconn_ptr
        self._codec = codec_of(connection)

    @contextmanager
    def closing_on_abort(self) -> Iterator[None]:
        """
        What ends the call while data is under way leaves a connection on which nobody knows what comes next.
        """
        try:
            yield
        except BaseException as error:
            child = current_child()
            if not isinstance(error, Exception) or is_aborted(child):
                give_up(self._connection, child, self._connection.fileno())
                self._connection.close()
            raise

    def read_from(self, file: Any, size: int) -> None:
        """
        Send all of *file*.  What its read() raises becomes the server's error, as in psycopg2.
        """
        lib, pgconn = self._lib, self._pgconn
        failure = None
        try:
            while data := file.read(size):
                if isinstance(data, str):
                    data = data.encode(self._codec)
                if not isinstance(data, bytes):
                    failure = "error in .read() call"
                    break
                if lib.PQputCopyData(pgconn, data, len(data)) < 0:
                    failure = "error in PQputCopyData() call"
                    break
                self._flush()
        except Exception as error:
            if is_aborted(current_child()) or self._is_broken():
                raise
            failure = f"error in .read() call: {type(error).__name__} {error}"
        reason = None if failure is None else failure.encode(self._codec, "replace")
        if lib.PQputCopyEnd(pgconn, reason) < 0:
            raise self._connection_error()
        self._flush()

    def write_to(self, file: Any) -> None:
        """
        Write all that comes to *file*; if that fails, the rest is thrown away.
        """
        is_text = isinstance(file, io.TextIOBase)
        failure: Exception | None = None
        while (found := libpq.copy_data(self._pgconn))[0] >= 0:
            length, data = found
            if length == 0:
                self._wait(READ)
            elif failure is None:
                try:
                    file.write(data.decode(self._codec) if is_text else data)
                except Exception as error:
                    if is_aborted(current_child()):
                        raise
                    failure = error
        if found[0] == -2 and failure is None:
            raise self._connection_error()
        if failure is not None:
            self.finish()
            raise failure

    def finish(self) -> int:
        """
        Wait for the server's last word; return how many rows were copied.

        Raises:
            psycopg2.Error: the server's error.
        """
        lib, pgconn = self._lib, self._pgconn
        rows, failure = -1, None
        while True:
            while lib.PQisBusy(pgconn):
                self._wait(READ)
            result = lib.PQgetResult(pgconn)
            if not result:
                break
            if lib.PQresultStatus(result) == libpq.FATAL_ERROR:
                failure = failure or self._result_error(result)
            else:
                rows = int(lib.PQcmdTuples(result) or -1)
            lib.PQclear(result)
        if failure is not None:
            raise failure
        return rows

    def _flush(self) -> None:
        while (state := self._lib.PQflush(self._pgconn)) > 0:
            self._wait(READ | WRITE)
        if state < 0:
            raise self._connection_error()

    def _wait(self, mask: int) -> None:
        wait_ready(self._connection.fileno(), mask)
        if mask & READ and not self._lib.PQconsumeInput(self._pgconn):
            raise self._connection_error()

    def _is_broken(self) -> bool:
        return bool(self._lib.PQstatus(self._pgconn) == libpq.CONNECTION_BAD)

    def _connection_error(self) -> Exception:
        message = self._lib.PQerrorMessage(self._pgconn).decode(self._codec, "replace")
        if self._is_broken():
            self._connection.close()
        return OperationalError(message)  # type: ignore[no-any-return]

    def _result_error(self, result: int) -> Exception:
        fields = libpq.fields_of(result, self._codec)
        text = self._lib.PQresultErrorMessage(result).decode(self._codec, "replace")
        code = fields["sqlstate"]
        try:
            kind = errors.lookup(code)
        except KeyError:
            kind = DatabaseError
        message = next((text[len(word) :] for word in _SEVERITIES if text.startswith(word)), text)
        error: Any = _with_fields(kind)(message)
        error.__setstate__({"pgerror": text, "pgcode": code})
        error._fields = fields
        return error  # type: ignore[no-any-return]


class _Diagnostics:
    """
    What ``error.diag`` is, of an error that psycopg2 has not made itself.
    """

    def __init__(self, fields: dict[str, str | None]) -> None:
        vars(self).update(dict.fromkeys(libpq.FIELDS) | fields)


def _with_fields(kind: type[Exception]) -> type[Exception]:
    # psycopg2 fills in ``diag`` from a result that only it can attach: of this class it comes from us.
    def reduce(self: Any) -> Any:
        return kind, self.args, {"pgerror": self.pgerror, "pgcode": self.pgcode}

    names = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__reduce__": reduce,
        "diag": property(lambda self: _Diagnostics(self._fields)),
    }
    return type(kind.__name__, (kind,), names)

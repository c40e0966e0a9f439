"""
Docstrings of what MotorGridIn, MotorGridOut and the cursor over such files declare.
"""

from __future__ import annotations

from motorish.drivers.mongo.texts.cursor import CURSOR

_FILE = {
    "_id": """
        The file's ``_id``.
        """,
    "chunk_size": """
        Size of the file's chunks, in bytes.
        """,
    "closed": """
        Whether the file was closed.
        """,
    "content_type": """
        The field ``contentType`` of the file's document, from GridFS as it was before buckets; deprecated.
        """,
    "filename": """
        The file's name.
        """,
    "length": """
        The file's size, in bytes.
        """,
    "md5": """
        The field ``md5`` of the file's document, None in new files; deprecated.
        """,
    "name": """
        As `filename`.
        """,
    "upload_date": """
        When the file was closed by the one who uploaded it: a datetime, in UTC.
        """,
}

_UNSUPPORTED = """
        Not here, as the file is open for {}.

        Raises:
            io.UnsupportedOperation: always.
        """

GRID_IN = {
    **_FILE,
    "abort": """
        Give the file up: remove what was written, and close it.

        Example::

            stream = bucket.open_upload_stream("report.pdf")
            await stream.write(b"...")
            await stream.abort()

        As PyMongo's ``GridIn.abort``.
        """,
    "close": """
        Write what is left, and then the document that makes the file visible.

        Closing it again does nothing.

        Raises:
            gridfs.errors.FileExists: another file has this ``_id``.
            pymongo.errors.OperationFailure: the server refuses a write.

        As PyMongo's ``GridIn.close``.
        """,
    "read": _UNSUPPORTED.format("writing"),
    "readable": """
        Whether it can be read from: False.
        """,
    "seekable": """
        Whether it has a position that can be set: False.
        """,
    "set": """
        Set a field of the file's document, on the server if the file is closed.

        Args:
            name: the field's.
            value: its new value.

        Raises:
            AttributeError: the field cannot be set.
        """,
    "upload_date": """
        When the file was closed: a datetime, in UTC.

        Raises:
            AttributeError: it was not yet.
        """,
    "write": """
        Append to the file; what fills no batch remains in memory until more comes or it is closed.

        Args:
            data: bytes; str, if the file has an ``encoding``; or what has a ``read(size)``, plain or
                asynchronous (PyMongo's takes plain ones only), which is read to its end.

        Raises:
            TypeError: it is none of these.
            ValueError: the file was closed.
            gridfs.errors.FileExists: another file has this ``_id``.

        Example::

            async with bucket.open_upload_stream("hello.txt") as stream:
                await stream.write(b"hello ")
                await stream.write(io.BytesIO(b"world"))

        As PyMongo's ``GridIn.write``.
        """,
    "writeable": """
        Whether it can be written to: True.
        """,
    "writelines": """
        Append each of several pieces, with nothing between them.

        Args:
            sequence: iterable of what `write` takes.

        Raises:
            TypeError, ValueError: as for `write`.

        As PyMongo's ``GridIn.writelines``.
        """,
}

GRID_OUT = {
    **_FILE,
    "aliases": """
        The field ``aliases`` of the file's document, from GridFS as it was before buckets; deprecated.
        """,
    "close": """
        Close the file, and the server's cursor over its chunks.
        """,
    "fileno": _UNSUPPORTED.format("reading and no file of this machine"),
    "flush": """
        Does nothing; for those who take this for a file of Python's.
        """,
    "isatty": """
        Whether this is a terminal: False.
        """,
    "metadata": """
        The field ``metadata`` of the file's document, or None.
        """,
    "read": """
        Read bytes; fewer than asked for only at the end of the file.

        Args:
            size: how many; negative, the default, for all that are left.

        Returns:
            bytes: empty at the end of the file.

        Raises:
            gridfs.errors.NoFile: there is no such file.
            gridfs.errors.CorruptGridFile: a chunk of it is missing or has the wrong size.

        Example::

            file = await bucket.open_download_stream(file_id)
            while piece := await file.read(65536):
                print(len(piece))

        As PyMongo's ``GridOut.read``.
        """,
    "readable": """
        Whether it can be read from: True.
        """,
    "readchunk": """
        Read what is left of the present chunk: the cheapest way through a file.

        Returns:
            bytes: empty at the end of the file.

        Raises:
            gridfs.errors.CorruptGridFile: a chunk of it is missing or has the wrong size.

        Example::

            file = await bucket.open_download_stream(file_id)
            while chunk := await file.readchunk():
                print(len(chunk))

        As PyMongo's ``GridOut.readchunk``.
        """,
    "readline": """
        Read a line with its newline.

        Args:
            size: at most so many bytes; negative, the default, for no limit.

        Returns:
            bytes: empty at the end of the file.

        As PyMongo's ``GridOut.readline``.
        """,
    "readlines": """
        Read the lines that are left.

        Args:
            size: stop after the line with which so many bytes are reached; negative, the default, for no
                limit.

        Returns:
            list of bytes, each a line with its newline.
        """,
    "seekable": """
        Whether it has a position that can be set: True.
        """,
    "tell": """
        The position from which the next read goes on, in bytes.
        """,
    "to_list": """
        Read the lines that are left.

        Returns:
            list of bytes, each a line with its newline.

        As PyMongo's ``AsyncGridOut.to_list``.
        """,
    "truncate": _UNSUPPORTED.format("reading"),
    "writable": """
        Whether it can be written to: False.
        """,
    "write": _UNSUPPORTED.format("reading"),
    "writelines": _UNSUPPORTED.format("reading"),
}

_NO_FLAGS = """
        Not here: a query for files has no flags.

        Raises:
            NotImplementedError: always.
        """

GRID_OUT_CURSOR = {**CURSOR, "add_option": _NO_FLAGS, "remove_option": _NO_FLAGS}

"""
Docstrings of what MotorGridFS declares.
"""

LEGACY = {
    "delete": """
        Delete a file; nothing happens where there is none.

        Args:
            file_id: the file's ``_id``.

        As PyMongo's ``GridFS.delete``.
        """,
    "exists": """
        Whether there is a file that matches.

        Args:
            document_or_id: a filter, or an ``_id``.
            kwargs: instead, fields of the file's document and their values.

        Returns:
            bool

        As PyMongo's ``GridFS.exists``.
        """,
    "find_one": """
        A file that matches, or None.

        Args:
            filter: a mapping; anything else is taken for the ``_id`` to look for; None matches all.
            args, kwargs: those of `find`.

        Returns:
            `MotorGridOut`; from an AsyncGridFS, `AsyncGridOut`; or None.

        As PyMongo's ``GridFS.find_one``.
        """,
    "get": """
        A file to read from.

        Args:
            file_id: the file's ``_id``.

        Returns:
            `MotorGridOut`, open; from an AsyncGridFS, `AsyncGridOut`.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        As PyMongo's ``GridFS.get``.
        """,
    "get_last_version": """
        The newest of the files that match, to read from.

        Args:
            filename: the file's name; None for any.
            kwargs: other fields of the file's document and their values.

        Returns:
            `MotorGridOut`, open; from an AsyncGridFS, `AsyncGridOut`.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        As PyMongo's ``GridFS.get_last_version``.
        """,
    "get_version": """
        One of the files that match, in the order of their upload, to read from.

        Args:
            filename: the file's name; None for any.
            version: 0 is the first, 1 the second; -1, the default, the last, -2 the one before.
            kwargs: other fields of the file's document and their values.

        Returns:
            `MotorGridOut`, open; from an AsyncGridFS, `AsyncGridOut`.

        Raises:
            gridfs.errors.NoFile: there is no such file or version.

        As PyMongo's ``GridFS.get_version``.
        """,
    "list": """
        The names of all files, each once.

        Returns:
            list of str

        As PyMongo's ``GridFS.list``.
        """,
    "new_file": """
        A file to write to; nothing is sent before it is written to.

        Args:
            kwargs: fields of its document, such as ``filename`` and ``metadata``; ``_id``; ``chunk_size``
                in bytes; ``encoding`` of the text that is written.

        Returns:
            `MotorGridIn`; from an AsyncGridFS, `AsyncGridIn`.

        As PyMongo's ``GridFS.new_file``.
        """,
    "put": """
        Store a whole file.

        Args:
            data: bytes; str, with ``encoding``; or what has a ``read(size)``, plain or asynchronous.
            kwargs: as for `new_file`.

        Returns:
            The file's ``_id``.

        Raises:
            gridfs.errors.FileExists: another file has the ``_id`` that was given.

        As PyMongo's ``GridFS.put``.
        """,
}

"""
Docstrings of what MotorGridFSBucket declares.
"""

BUCKET = {
    "delete": """
        Delete a file.

        Args:
            file_id: the file's ``_id``.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        Example::

            await bucket.delete(file_id)

        As PyMongo's ``GridFSBucket.delete``.
        """,
    "delete_by_name": """
        Delete all revisions of a file.

        Args:
            filename: the file's name.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        As PyMongo's ``GridFSBucket.delete_by_name``.
        """,
    "download_to_stream": """
        Write a whole file to something.

        Args:
            file_id: the file's ``_id``.
            destination: has a ``write(bytes)``, plain or asynchronous (PyMongo's takes plain ones only); it
                is called for each chunk, and not closed at the end.

        Raises:
            gridfs.errors.NoFile: there is no such file.
            gridfs.errors.CorruptGridFile: a chunk of it is missing or has the wrong size.

        Example::

            destination = io.BytesIO()
            await bucket.download_to_stream(file_id, destination)

        As PyMongo's ``GridFSBucket.download_to_stream``.
        """,
    "download_to_stream_by_name": """
        Write a revision of a file to something.

        Args:
            filename: the file's name.
            destination: as for `download_to_stream`.
            revision: 0 is the first, 1 the second; -1, the default, the last, -2 the one before.

        Raises:
            gridfs.errors.NoFile: there is no such file or revision.
            gridfs.errors.CorruptGridFile: a chunk of it is missing or has the wrong size.

        As PyMongo's ``GridFSBucket.download_to_stream_by_name``.
        """,
    "open_download_stream": """
        A file to read from.

        Args:
            file_id: the file's ``_id``.

        Returns:
            `MotorGridOut`, open; from an AsyncGridFSBucket, `AsyncGridOut`.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        Example::

            file = await bucket.open_download_stream(file_id)
            print(file.filename, file.length)
            head = await file.read(1024)

        As PyMongo's ``GridFSBucket.open_download_stream``.
        """,
    "open_download_stream_by_name": """
        A revision of a file to read from.

        Args:
            filename: the file's name.
            revision: 0 is the first, 1 the second; -1, the default, the last, -2 the one before.

        Returns:
            `MotorGridOut`, open; from an AsyncGridFSBucket, `AsyncGridOut`.

        Raises:
            gridfs.errors.NoFile: there is no such file or revision.

        As PyMongo's ``GridFSBucket.open_download_stream_by_name``.
        """,
    "open_upload_stream": """
        A file to write to, with a new ``_id``; nothing is sent before it is written to.

        Args:
            filename: the file's name; others of this name become its older revisions.
            chunk_size_bytes: instead of the bucket's.
            metadata: a mapping, for the field ``metadata`` of the file's document.

        Returns:
            `MotorGridIn`; from an AsyncGridFSBucket, `AsyncGridIn`.

        Example::

            async with bucket.open_upload_stream("report.pdf", metadata={"year": 2026}) as stream:
                await stream.write(pdf)

        As PyMongo's ``GridFSBucket.open_upload_stream``.
        """,
    "open_upload_stream_with_id": """
        As `open_upload_stream`, with an ``_id`` of your own.

        Args:
            file_id: not that of another file, or closing the stream raises `gridfs.errors.FileExists`.
            filename, chunk_size_bytes, metadata: as for `open_upload_stream`.

        Returns:
            `MotorGridIn`; from an AsyncGridFSBucket, `AsyncGridIn`.

        As PyMongo's ``GridFSBucket.open_upload_stream_with_id``.
        """,
    "rename": """
        Give a file another name.

        Args:
            file_id: the file's ``_id``.
            new_filename: may be that of other files; they are its revisions then.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        As PyMongo's ``GridFSBucket.rename``.
        """,
    "rename_by_name": """
        Give all revisions of a file another name.

        Args:
            filename: the present name.
            new_filename: the new one.

        Raises:
            gridfs.errors.NoFile: there is no such file.

        As PyMongo's ``GridFSBucket.rename_by_name``.
        """,
    "upload_from_stream": """
        Store a whole file.

        Args:
            filename: the file's name; others of this name become its older revisions.
            source: bytes, or what has a ``read(size)``, plain or asynchronous (PyMongo's takes plain ones
                only).
            chunk_size_bytes: instead of the bucket's.
            metadata: a mapping, for the field ``metadata`` of the file's document.

        Returns:
            `bson.ObjectId`: the file's ``_id``.

        Raises:
            TypeError: *source* is neither.
            pymongo.errors.OperationFailure: the server refuses a write; nothing of the file remains.

        Example::

            file_id = await bucket.upload_from_stream("report.pdf", pdf, metadata={"year": 2026})

        As PyMongo's ``GridFSBucket.upload_from_stream``.
        """,
    "upload_from_stream_with_id": """
        As `upload_from_stream`, with an ``_id`` of your own.

        Args:
            file_id: not that of another file.
            filename, source, chunk_size_bytes, metadata: as for `upload_from_stream`.

        Raises:
            gridfs.errors.FileExists: another file has this ``_id``.

        As PyMongo's ``GridFSBucket.upload_from_stream_with_id``.
        """,
}

"""
Docstrings of what MotorClient declares.
"""

from __future__ import annotations

from motorish.drivers.mongo.texts.options import NOT_AN_ITERATOR, OPTIONS

CLIENT = {
    **OPTIONS,
    "HOST": """
        The host that is connected to when none is given: ``"localhost"``.
        """,
    "PORT": """
        The port that is connected to when none is given: 27017.
        """,
    "append_metadata": """
        Add the name of a library to what the servers are told about this client.

        For libraries that build upon this one; connections that are open already do not tell it.

        Args:
            driver_info: a `pymongo.driver_info.DriverInfo`.

        As PyMongo's ``MongoClient.append_metadata``.
        """,
    "bulk_write": """
        Send many writes to any collections of any databases together (MongoDB 8.0 or newer).

        Args:
            models: list of `pymongo.InsertOne`, ``UpdateOne``, ``UpdateMany``, ``ReplaceOne``,
                ``DeleteOne`` and ``DeleteMany``, each with ``namespace="database.collection"``.
            ordered: one after the other, up to the first error; False for any order, all of them tried.
            verbose_results: say of each write what it did, not only how many did what.
            bypass_document_validation: write what a collection's validator refuses, too.
            let: variables for ``$expr``: name to value.
            write_concern: instead of the client's.

        Returns:
            `pymongo.results.ClientBulkWriteResult`

        Raises:
            pymongo.errors.ClientBulkWriteException: some of them failed; its ``partial_result`` says what
                was done.
            pymongo.errors.InvalidOperation: there are none, or the server is too old.

        As PyMongo's ``MongoClient.bulk_write``.
        """,
    "drop_database": """
        Drop a database with all its collections; nothing happens where there is none.

        Args:
            name_or_database: its name, or the `MotorDatabase`.

        Raises:
            TypeError: it is neither.
            pymongo.errors.OperationFailure: the server refuses it.

        Example::

            await client.drop_database("shop")

        As PyMongo's ``MongoClient.drop_database``.
        """,
    "eq_props": """
        What two clients are compared by.

        Returns:
            tuple: the servers that were named, the replica set's name, and those of ``mongodb+srv``.
        """,
    "get_database": """
        A database, with options of its own.

        Args:
            name: the database's; None for the one that the URI names.
            codec_options, read_preference, write_concern, read_concern: for its operations; None for the
                client's.

        Returns:
            `MotorDatabase`; from an AsyncMongoClient, `AsyncDatabase`.  Nothing is sent.

        Raises:
            pymongo.errors.ConfigurationError: *name* is None and the URI names none.
            pymongo.errors.InvalidName: no database can have this name.

        Example::

            shop = client.get_database("shop", write_concern=WriteConcern("majority"))

        As PyMongo's ``MongoClient.get_database``.
        """,
    "get_default_database": """
        The database that the URI names.

        Args:
            default: name of the one to take where the URI names none.
            codec_options, read_preference, write_concern, read_concern: for its operations; None for the
                client's.

        Returns:
            `MotorDatabase`; from an AsyncMongoClient, `AsyncDatabase`.  Nothing is sent.

        Raises:
            pymongo.errors.ConfigurationError: the URI names none, and there is no *default*.

        Example::

            db = motorish.MotorClient("mongodb://localhost/shop").get_default_database()

        As PyMongo's ``MongoClient.get_default_database``.
        """,
    "list_database_names": """
        The names of the server's databases.

        Returns:
            list of str

        Raises:
            pymongo.errors.OperationFailure: the user must not see any.

        Example::

            print(await client.list_database_names())

        As PyMongo's ``MongoClient.list_database_names``.
        """,
    "list_databases": """
        The server's databases, as documents with name and size.

        Args:
            kwargs: more options of the command, such as ``filter`` or ``maxTimeMS`` (milliseconds).

        Returns:
            `MotorCommandCursor`; from an AsyncMongoClient, `AsyncCommandCursor`.

        Example::

            async for database in await client.list_databases():
                print(database["name"], database["sizeOnDisk"])  # bytes

        As PyMongo's ``MongoClient.list_databases``.
        """,
    "next": NOT_AN_ITERATOR,
    "options": """
        What the client was made with: `pymongo.client_options.ClientOptions`.
        """,
    "server_info": """
        What the server says of itself: its version, how it was built.

        Returns:
            dict: the reply to its command buildInfo.

        Raises:
            pymongo.errors.ServerSelectionTimeoutError: no server was found in ``serverSelectionTimeoutMS``.

        Example::

            print((await client.server_info())["version"])

        As PyMongo's ``MongoClient.server_info``.
        """,
}

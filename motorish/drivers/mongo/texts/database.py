"""
Docstrings of what MotorDatabase declares.
"""

from __future__ import annotations

from motorish.drivers.mongo.texts.options import NOT_AN_ITERATOR, OPTIONS

DATABASE = {
    **OPTIONS,
    "command": """
        Send a command to this database, and get the server's reply.

        Args:
            command: a mapping, whose first key is the command's name; or the name alone.
            value: what the name stands for, where *command* is a name.
            check: raise an error for a reply that tells of one.
            allowable_errors: list of messages and codes that are none, with *check*.
            read_preference: where to send it; the database's own is not used, the default is the primary.
            codec_options: to decode the reply with; the database's own are not used.
            kwargs: the command's other fields, where *command* is a name.

        Returns:
            dict: the reply, unless *codec_options* say another class.

        Raises:
            pymongo.errors.OperationFailure: the server refuses the command; its ``code`` says why.

        Example::

            await db.command("ping")
            stats = await db.command("collStats", "orders", scale=1024)
            await db.command({"collMod": "orders", "validationLevel": "moderate"})

        As PyMongo's ``Database.command``.
        """,
    "create_collection": """
        Create a collection with options; without any, the first insert into one creates it.

        Args:
            name: the collection's.
            check_exists: ask the server first; False leaves it to the command to fail.
            codec_options, read_preference, write_concern, read_concern: of what is returned; None for the
                database's.
            kwargs: ``capped``, ``size`` (bytes), ``max`` (documents), ``timeseries``,
                ``expireAfterSeconds`` (seconds), ``validator``, ``collation``, ``viewOn`` and ``pipeline``,
                ``clusteredIndex``, ``encryptedFields`` and so on.

        Returns:
            `MotorCollection`; from an AsyncDatabase, `AsyncCollection`.

        Raises:
            pymongo.errors.CollectionInvalid: there is one of this name.
            pymongo.errors.OperationFailure: the server refuses the options.

        Example::

            log = await db.create_collection("log", capped=True, size=1024 * 1024)

        As PyMongo's ``Database.create_collection``.
        """,
    "cursor_command": """
        Send a command whose reply is a cursor.

        Args:
            command, value, read_preference, codec_options, kwargs: as for `command`.
            max_await_time_ms: how long the server waits for more, for each further batch, in milliseconds.

        Returns:
            `MotorCommandCursor`; from an AsyncDatabase, `AsyncCommandCursor`.

        Raises:
            pymongo.errors.InvalidOperation: the reply has no cursor.
            pymongo.errors.OperationFailure: the server refuses the command.

        Example::

            cursor = await db.cursor_command("find", "orders", filter={"paid": False})
            print(await cursor.to_list())

        As PyMongo's ``Database.cursor_command``.
        """,
    "dereference": """
        The document that a reference leads to, or None.

        Args:
            dbref: a `bson.dbref.DBRef` without a database, or with this one.
            kwargs: as for `MotorCollection.find`.

        Raises:
            TypeError: *dbref* is not a DBRef.
            ValueError: it leads to another database.

        As PyMongo's ``Database.dereference``.
        """,
    "drop_collection": """
        Drop a collection with its documents and indexes; nothing happens where there is none.

        Args:
            name_or_collection: its name, or the `MotorCollection`.
            encrypted_fields: of a collection for Queryable Encryption: as for `create_collection`, so that
                what belongs to it is dropped too.

        Returns:
            dict: the server's reply.

        Raises:
            TypeError: it is neither.
            pymongo.errors.OperationFailure: the server refuses it.

        As PyMongo's ``Database.drop_collection``.
        """,
    "get_collection": """
        A collection of this database, with options of its own.

        Args:
            name: the collection's.
            codec_options, read_preference, write_concern, read_concern: for its operations; None for the
                database's.

        Returns:
            `MotorCollection`; from an AsyncDatabase, `AsyncCollection`.  Nothing is sent.

        Raises:
            pymongo.errors.InvalidName: no collection can have this name.

        Example::

            nearest = db.get_collection("orders", read_preference=pymongo.ReadPreference.NEAREST)

        As PyMongo's ``Database.get_collection``.
        """,
    "list_collection_names": """
        The names of the database's collections, in no order that is promised.

        Args:
            filter: only collections whose description matches, such as ``{"name": {"$regex": "^order"}}``.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds).

        Returns:
            list of str

        Example::

            if "orders" not in await db.list_collection_names():
                await db.create_collection("orders")

        As PyMongo's ``Database.list_collection_names``.
        """,
    "list_collections": """
        The database's collections, as documents with name, type and options.

        Args:
            filter: only collections whose description matches.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds).

        Returns:
            `MotorCommandCursor`; from an AsyncDatabase, `AsyncCommandCursor`.

        Example::

            async for described in await db.list_collections():
                print(described["name"], described["options"])

        As PyMongo's ``Database.list_collections``.
        """,
    "name": """
        The database's name.
        """,
    "next": NOT_AN_ITERATOR,
    "validate_collection": """
        Have the server check a collection's data and indexes.

        Args:
            name_or_collection: its name, or the `MotorCollection`.
            scandata: look further than at its structure.
            full: take every document and index entry, which may take long.
            background: let others use the collection meanwhile.

        Returns:
            dict: what was found.

        Raises:
            pymongo.errors.CollectionInvalid: the collection is damaged.
            pymongo.errors.OperationFailure: there is no such collection.
            TypeError: *name_or_collection* is neither.

        As PyMongo's ``Database.validate_collection``.
        """,
    "with_options": """
        The same database with other options; what is None remains as it is here.

        Returns:
            Another object of the same class.  Nothing is sent.

        Raises:
            TypeError: an option is not of its class.

        As PyMongo's ``Database.with_options``.
        """,
}

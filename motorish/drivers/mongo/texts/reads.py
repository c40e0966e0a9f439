"""
Docstrings of a collection's methods that read documents.
"""

READS = {
    "count_documents": """
        Count the documents that match.

        The server looks at each of them: for the size of a whole collection `estimated_document_count`
        is faster.  In *filter*, ``$where`` has to be an ``$expr`` and ``$near`` a ``$geoWithin``, since this
        is an aggregation.

        Args:
            filter: what to count; ``{}`` for all.
            kwargs: ``skip`` and ``limit`` (documents), ``maxTimeMS`` (milliseconds), ``hint`` (an index's
                name or keys), ``collation``.

        Returns:
            int: how many.

        Raises:
            pymongo.errors.OperationFailure: the server refuses the filter.
            pymongo.errors.ExecutionTimeout: ``maxTimeMS`` passed.

        Example::

            unpaid = await db.orders.count_documents({"paid": False}, limit=100)

        As PyMongo's ``Collection.count_documents``.
        """,
    "distinct": """
        The different values of a field.

        The elements of a list count as values of their own.  All of them have to fit into one reply of
        16 MiB; aggregate with ``$group`` where they may not.

        Args:
            key: name of the field; ``"customer.city"`` for one in a subdocument.
            filter: only of the documents that match; None for all.
            kwargs: ``maxTimeMS`` (milliseconds), ``collation``.

        Returns:
            list: the values, in no order that is promised.

        Raises:
            TypeError: *key* is not a string.
            pymongo.errors.OperationFailure: the server refuses the filter, or the reply is too large.

        Example::

            customers = await db.orders.distinct("customer", {"paid": False})

        As PyMongo's ``Collection.distinct``.
        """,
    "estimated_document_count": """
        How many documents the collection has, as its metadata say.

        Fast, whatever the size, but not exact after a crash of the server, nor on a sharded cluster while
        chunks move.  Takes no filter and no session.

        Args:
            kwargs: ``maxTimeMS`` (milliseconds).

        Returns:
            int: how many, about; 0 where there is no such collection.

        Raises:
            pymongo.errors.ConfigurationError: a session was given.

        Example::

            about = await db.orders.estimated_document_count()

        As PyMongo's ``Collection.estimated_document_count``.
        """,
    "find_one": """
        The first document that matches, or None.

        Args:
            filter: a mapping; anything else is taken for the ``_id`` to look for; None matches all.
            args, kwargs: those of `find`: ``projection``, ``sort`` (a field or list of pairs), ``skip``,
                ``max_time_ms`` (milliseconds), ``session`` and so on; ``limit`` is always 1.

        Returns:
            The document, of the type that the codec options say (dict if they say nothing), or None.

        Raises:
            pymongo.errors.OperationFailure: the server refuses the query.
            pymongo.errors.ServerSelectionTimeoutError: no server was found in time.

        Example::

            order = await db.orders.find_one({"paid": False}, sort=[("total", -1)])
            same = await db.orders.find_one(1)  # by its _id

        As PyMongo's ``Collection.find_one``.
        """,
    "find_one_and_delete": """
        Delete the first document that matches, and get it.

        Args:
            filter: what to delete.
            projection: the fields to return: a list of names or a mapping.
            sort: which is first: list of pairs of a field and 1 or -1.
            hint: the index to use: its name or keys.
            let: variables for ``$expr``: name to value.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds) or ``collation``.

        Returns:
            The document as it was, or None where none matched.

        Raises:
            pymongo.errors.OperationFailure: the server refuses it.

        Example::

            last = await db.orders.find_one_and_delete({}, sort=[("_id", -1)])

        As PyMongo's ``Collection.find_one_and_delete``.
        """,
    "find_one_and_replace": """
        Replace the first document that matches, and get it as it was or as it is.

        Args:
            filter: what to replace.
            replacement: the new document, without operators; the ``_id`` stays.
            projection: the fields to return: a list of names or a mapping.
            sort: which is first: list of pairs of a field and 1 or -1.
            upsert: insert *replacement* where nothing matches.
            return_document: `pymongo.ReturnDocument.BEFORE`, the default, or ``AFTER``.
            hint: the index to use: its name or keys.
            let: variables for ``$expr``: name to value.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds) or ``collation``.

        Returns:
            The document, or None where none matched (and with BEFORE, where it was inserted).

        Raises:
            ValueError: *replacement* has operators.
            pymongo.errors.DuplicateKeyError: the new values break a unique index.

        Example::

            was = await db.orders.find_one_and_replace({"_id": 1}, {"customer": "Ann", "paid": True})

        As PyMongo's ``Collection.find_one_and_replace``.
        """,
    "find_one_and_update": """
        Update the first document that matches, and get it as it was or as it is.

        One step on the server: of several that take from a queue, each gets another document.

        Args:
            filter: what to update.
            update: operators, such as ``{"$set": {...}}``, or a list of pipeline stages.
            projection: the fields to return: a list of names or a mapping.
            sort: which is first: list of pairs of a field and 1 or -1.
            upsert: insert a document where nothing matches.
            return_document: `pymongo.ReturnDocument.BEFORE`, the default, or ``AFTER``.
            array_filters: list of filters for ``$[name]`` in *update*.
            hint: the index to use: its name or keys.
            let: variables for ``$expr`` and pipeline stages: name to value.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds) or ``collation``.

        Returns:
            The document, or None where none matched (and with BEFORE, where it was inserted).

        Raises:
            ValueError: *update* has no operators.
            pymongo.errors.DuplicateKeyError: the new values break a unique index.

        Example::

            order = await db.orders.find_one_and_update(
                {"paid": False}, {"$set": {"paid": True}}, return_document=pymongo.ReturnDocument.AFTER
            )

        As PyMongo's ``Collection.find_one_and_update``.
        """,
}

"""
Docstrings of a collection's methods about indexes.
"""

INDEXES = {
    "create_index": """
        Create an index, unless it is there already.

        Args:
            keys: a field's name, or list of names and of pairs of a name and a direction:
                `pymongo.ASCENDING`, ``DESCENDING``, ``TEXT``, ``HASHED`` or ``GEOSPHERE``.
            kwargs: ``name`` (made from *keys* if missing), ``unique``, ``sparse``, ``hidden``,
                ``expireAfterSeconds`` (seconds), ``partialFilterExpression``, ``collation``, ``maxTimeMS``
                (milliseconds) and so on.

        Returns:
            str: the index's name.

        Raises:
            pymongo.errors.OperationFailure: there is one of this name or these keys with other options.
            pymongo.errors.DuplicateKeyError: it is to be unique and the documents are not.

        Example::

            await db.orders.create_index([("customer", 1), ("total", -1)])
            await db.orders.create_index("created", expireAfterSeconds=3600)

        As PyMongo's ``Collection.create_index``.
        """,
    "create_indexes": """
        Create several indexes with one command.

        Args:
            indexes: list of `pymongo.IndexModel`.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds).

        Returns:
            list of str: their names.

        Raises:
            pymongo.errors.OperationFailure: as for `create_index`; then none of them is created.
            TypeError: one is not an IndexModel.

        Example::

            models = [pymongo.IndexModel("customer"), pymongo.IndexModel([("total", -1)], name="dear")]
            await db.orders.create_indexes(models)

        As PyMongo's ``Collection.create_indexes``.
        """,
    "create_search_index": """
        Create a search index (MongoDB Atlas); it is built after the reply.

        Args:
            model: `pymongo.operations.SearchIndexModel`, or a mapping with ``definition`` and, if you like,
                ``name`` and ``type``.

        Returns:
            str: the index's name.

        Raises:
            pymongo.errors.OperationFailure: the server has no search, or refuses the definition.

        As PyMongo's ``Collection.create_search_index``.
        """,
    "create_search_indexes": """
        Create several search indexes (MongoDB Atlas) with one command.

        Args:
            models: list of `pymongo.operations.SearchIndexModel`.

        Returns:
            list of str: their names.

        Raises:
            pymongo.errors.OperationFailure: the server has no search, or refuses a definition.

        As PyMongo's ``Collection.create_search_indexes``.
        """,
    "drop_index": """
        Drop an index.

        Args:
            index_or_name: its name, or the list of pairs that it was created with.
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds).

        Raises:
            pymongo.errors.OperationFailure: the collection has no such index.  (Where there is no such
                collection, nothing is raised.)

        As PyMongo's ``Collection.drop_index``.
        """,
    "drop_indexes": """
        Drop all indexes but the one on ``_id``.

        Args:
            kwargs: more options of the command, such as ``maxTimeMS`` (milliseconds).

        As PyMongo's ``Collection.drop_indexes``.
        """,
    "drop_search_index": """
        Drop a search index (MongoDB Atlas).

        Args:
            name: the index's.

        Raises:
            pymongo.errors.OperationFailure: the server has no search.

        As PyMongo's ``Collection.drop_search_index``.
        """,
    "index_information": """
        The indexes, by name.

        Returns:
            dict: for each name a dict with ``"key"``, a list of pairs of a field and its direction, and the
            index's options.

        Example::

            for name, index in (await db.orders.index_information()).items():
                print(name, index["key"], index.get("unique", False))

        As PyMongo's ``Collection.index_information``.
        """,
    "update_search_index": """
        Give a search index (MongoDB Atlas) a new definition.

        Args:
            name: the index's.
            definition: the new one; it replaces the old one as a whole.

        Raises:
            pymongo.errors.OperationFailure: there is no such index, or the server refuses the definition.

        As PyMongo's ``Collection.update_search_index``.
        """,
}

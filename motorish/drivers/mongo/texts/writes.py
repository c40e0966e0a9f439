"""
Docstrings of a collection's methods that write documents.
"""

WRITES = {
    "bulk_write": """
        Send many writes of different kinds together.

        Args:
            requests: list of `pymongo.InsertOne`, ``UpdateOne``, ``UpdateMany``, ``ReplaceOne``,
                ``DeleteOne`` and ``DeleteMany``.
            ordered: one after the other, up to the first error; False for any order, all of them tried.
            bypass_document_validation: write what the collection's validator refuses, too.
            let: variables for ``$expr``: name to value.

        Returns:
            `pymongo.results.BulkWriteResult`

        Raises:
            pymongo.errors.BulkWriteError: some of them failed; its ``details`` say which, and what was done.
            pymongo.errors.InvalidOperation: there are none.
            TypeError: one of them is no such request.

        Example::

            done = await db.orders.bulk_write(
                [pymongo.InsertOne({"_id": 7}), pymongo.UpdateOne({"_id": 1}, {"$set": {"paid": True}})]
            )
            print(done.inserted_count, done.modified_count)

        As PyMongo's ``Collection.bulk_write``.
        """,
    "delete_many": """
        Delete all documents that match.

        Args:
            filter: what to delete; ``{}`` for all, where `drop` is faster.
            hint: the index to use: its name or keys.
            let: variables for ``$expr``: name to value.

        Returns:
            `pymongo.results.DeleteResult`; its ``deleted_count`` says how many.

        Raises:
            pymongo.errors.OperationFailure: the server refuses the filter.

        Example::

            print((await db.orders.delete_many({"paid": True})).deleted_count)

        As PyMongo's ``Collection.delete_many``.
        """,
    "delete_one": """
        Delete one document that matches.

        Args:
            filter: what to delete; of several that match the server takes the one it finds first.
            hint: the index to use: its name or keys.
            let: variables for ``$expr``: name to value.

        Returns:
            `pymongo.results.DeleteResult`; its ``deleted_count`` is 0 or 1.

        Raises:
            pymongo.errors.OperationFailure: the server refuses the filter.

        Example::

            await db.orders.delete_one({"_id": 1})

        As PyMongo's ``Collection.delete_one``.
        """,
    "insert_many": """
        Insert documents, in as few round trips as they take.

        Args:
            documents: list, or other iterable, of documents; one without ``_id`` gets an `bson.ObjectId`
                there, in your own object.
            ordered: one after the other, up to the first error; False for any order, all of them tried.
            bypass_document_validation: insert what the collection's validator refuses, too.

        Returns:
            `pymongo.results.InsertManyResult`; its ``inserted_ids`` are in the order of *documents*.

        Raises:
            pymongo.errors.BulkWriteError: some were not inserted, for a duplicate key for example; its
                ``details`` say which.
            TypeError: *documents* is empty or not iterable.

        Example::

            result = await db.orders.insert_many([{"customer": "Ann"}, {"customer": "Bob"}])
            print(result.inserted_ids)

        As PyMongo's ``Collection.insert_many``.
        """,
    "insert_one": """
        Insert a document.

        Args:
            document: a mutable mapping, or `bson.raw_bson.RawBSONDocument`; without ``_id`` it gets an
                `bson.ObjectId` there, in your own object.
            bypass_document_validation: insert it even if the collection's validator refuses it.

        Returns:
            `pymongo.results.InsertOneResult`, with the ``inserted_id``.

        Raises:
            pymongo.errors.DuplicateKeyError: another document has this ``_id``, or this value in a unique
                index.
            pymongo.errors.DocumentTooLarge: it takes more than 16 MiB.

        Example::

            result = await db.orders.insert_one({"customer": "Ann", "total": 12})
            print(result.inserted_id)

        As PyMongo's ``Collection.insert_one``.
        """,
    "replace_one": """
        Replace one document that matches.

        Args:
            filter: what to replace.
            replacement: the new document, without operators; the ``_id`` stays.
            upsert: insert *replacement* where nothing matches.
            bypass_document_validation: write it even if the collection's validator refuses it.
            hint: the index to use: its name or keys.
            let: variables for ``$expr``: name to value.
            sort: which to take of several: mapping of a field to 1 or -1 (MongoDB 8.0 or newer).

        Returns:
            `pymongo.results.UpdateResult`, with ``matched_count``, ``modified_count`` and ``upserted_id``.

        Raises:
            ValueError: *replacement* has operators.
            pymongo.errors.DuplicateKeyError: the new values break a unique index.

        Example::

            await db.orders.replace_one({"_id": 1}, {"customer": "Ann", "total": 15}, upsert=True)

        As PyMongo's ``Collection.replace_one``.
        """,
    "update_many": """
        Update all documents that match.

        Each is updated in one step, all of them are not: another client may see some updated and some not.

        Args:
            filter: what to update.
            update: operators, such as ``{"$set": {...}}``, or a list of pipeline stages.
            upsert: insert a document where nothing matches.
            array_filters: list of filters for ``$[name]`` in *update*.
            bypass_document_validation: write what the collection's validator refuses, too.
            hint: the index to use: its name or keys.
            let: variables for ``$expr`` and pipeline stages: name to value.

        Returns:
            `pymongo.results.UpdateResult`, with ``matched_count``, ``modified_count`` and ``upserted_id``.

        Raises:
            ValueError: *update* has no operators.
            pymongo.errors.OperationFailure: the server refuses it; what it updated before stays updated.

        Example::

            result = await db.orders.update_many({"paid": False}, {"$inc": {"reminders": 1}})
            print(result.modified_count)

        As PyMongo's ``Collection.update_many``.
        """,
    "update_one": """
        Update one document that matches.

        Args:
            filter: what to update.
            update: operators, such as ``{"$set": {...}}``, or a list of pipeline stages.
            upsert: insert a document where nothing matches.
            bypass_document_validation: write it even if the collection's validator refuses it.
            array_filters: list of filters for ``$[name]`` in *update*.
            hint: the index to use: its name or keys.
            let: variables for ``$expr`` and pipeline stages: name to value.
            sort: which to take of several: mapping of a field to 1 or -1 (MongoDB 8.0 or newer).

        Returns:
            `pymongo.results.UpdateResult`, with ``matched_count``, ``modified_count`` and ``upserted_id``.

        Raises:
            ValueError: *update* has no operators.
            pymongo.errors.DuplicateKeyError: the new values break a unique index.

        Example::

            result = await db.orders.update_one({"_id": 1}, {"$set": {"paid": True}})
            print(result.matched_count, result.modified_count)

        As PyMongo's ``Collection.update_one``.
        """,
}

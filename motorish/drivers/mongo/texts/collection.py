"""
Docstrings of what MotorCollection declares.
"""

from __future__ import annotations

from motorish.drivers.mongo.texts.indexes import INDEXES
from motorish.drivers.mongo.texts.options import NOT_AN_ITERATOR, OPTIONS
from motorish.drivers.mongo.texts.reads import READS
from motorish.drivers.mongo.texts.writes import WRITES

COLLECTION = {
    **READS,
    **WRITES,
    **INDEXES,
    **OPTIONS,
    "drop": """
        Drop the collection with its documents and indexes; nothing happens where there is none.

        Args:
            encrypted_fields: of a collection for Queryable Encryption: as for `create_collection`, so that
                what belongs to it is dropped too.

        Raises:
            pymongo.errors.OperationFailure: the server refuses it.

        As PyMongo's ``Collection.drop``.
        """,
    "full_name": """
        ``"database.collection"``: the name of both.
        """,
    "name": """
        The collection's name, without that of its database.
        """,
    "next": NOT_AN_ITERATOR,
    "options": """
        The options that the collection was created with.

        Returns:
            dict: such as ``{"capped": True, "size": 4096}`` (bytes); empty where it has none, or where there
            is no such collection.

        As PyMongo's ``Collection.options``.
        """,
    "rename": """
        Rename the collection on the server; this object keeps the old name.

        Args:
            new_name: without the database's, which stays.
            kwargs: more options of the command: ``dropTarget=True`` replaces a collection of the new name.

        Returns:
            dict: the server's reply.

        Raises:
            pymongo.errors.InvalidName: no collection can have this name.
            pymongo.errors.OperationFailure: there is no collection of the old name, or one of the new.

        Example::

            await db.orders.rename("old_orders", dropTarget=True)

        As PyMongo's ``Collection.rename``.
        """,
    "with_options": """
        The same collection with other options; what is None remains as it is here.

        Returns:
            Another object of the same class.  Nothing is sent.

        Raises:
            TypeError: an option is not of its class.

        Example::

            safe = db.orders.with_options(write_concern=WriteConcern("majority", wtimeout=5000))
            await safe.insert_one({"_id": 8})

        As PyMongo's ``Collection.with_options``.
        """,
}

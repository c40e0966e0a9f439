"""
Docstrings of what cursors declare: EVERY_CURSOR's are those of MotorCommandCursor too.
"""

EVERY_CURSOR = {
    "address": """
        Host and port of the server that has the cursor; None before the query was sent.
        """,
    "alive": """
        Whether there may be more documents; they may turn out to be none.
        """,
    "batch_size": """
        Let the server send so many documents at once.

        Args:
            batch_size: how many; 0 leaves it to the server.

        Raises:
            TypeError: it is no number.
            ValueError: it is negative.
            pymongo.errors.InvalidOperation: (of a find) the query was sent already.
        """,
    "cursor_id": """
        The server's number for the cursor; 0 when it is used up there, None before the query was sent.
        """,
}

CURSOR = {
    **EVERY_CURSOR,
    "add_option": """
        Set query flags.

        Args:
            mask: one, or several joined by ``|``, as in ``CursorType.EXHAUST``; each is a bit.

        Raises:
            TypeError: *mask* is no number.
            pymongo.errors.InvalidOperation: the query was sent already, or limit and exhaust exclude each
                other.
        """,
    "allow_disk_use": """
        Let the server sort on its disk what is too large for its memory.

        Raises:
            TypeError: it is no bool.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "collation": """
        Compare strings by the rules of a language.

        Args:
            collation: `pymongo.collation.Collation` or a mapping; None for none.

        Raises:
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "comment": """
        Mark the query in the server's log and profile.

        Raises:
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "hint": """
        Have the server use an index.

        Args:
            index: its name or keys; None to let the server choose.

        Raises:
            pymongo.errors.InvalidOperation: the query was sent already.
            pymongo.errors.OperationFailure: (when it is sent) there is no such index.
        """,
    "limit": """
        At most so many documents.

        Args:
            limit: how many; 0 for all.

        Raises:
            TypeError: it is no number.
            pymongo.errors.InvalidOperation: the query was sent already.

        Example::

            async for order in db.orders.find().sort("total", -1).limit(10):
                print(order)
        """,
    "max": """
        Stop before these values of an index, which has to be named by `hint`.

        Args:
            spec: list of pairs of a field and the value, in the order of the index.

        Raises:
            TypeError: *spec* is no list.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "max_await_time_ms": """
        How long the server waits for a new document before it answers; other cursors ignore it.

        Args:
            max_await_time_ms: in milliseconds, for `pymongo.CursorType.TAILABLE_AWAIT`; None for the server's
                choice, about a second.

        Raises:
            TypeError: it is no number.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "max_scan": """
        Deprecated by MongoDB, whose present servers refuse it: use `max_time_ms`.

        Raises:
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "max_time_ms": """
        How long the server may work on the query.

        Args:
            max_time_ms: in milliseconds; None for no limit.

        Raises:
            TypeError: it is no number.
            pymongo.errors.InvalidOperation: the query was sent already.
            pymongo.errors.ExecutionTimeout: (when it is sent) the time has passed.

        Example::

            late = await db.orders.find({"paid": False}).max_time_ms(500).to_list()
        """,
    "min": """
        Begin at these values of an index, which has to be named by `hint`.

        Args:
            spec: list of pairs of a field and the value, in the order of the index.

        Raises:
            TypeError: *spec* is no list.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "remove_option": """
        Clear query flags.

        Args:
            mask: one, or several joined by ``|``; each is a bit.

        Raises:
            TypeError: *mask* is no number.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "retrieved": """
        How many documents have come from the server, also those that you have not got yet.
        """,
    "skip": """
        Leave out so many documents at the beginning.

        Args:
            skip: how many.

        Raises:
            TypeError: it is no number.
            ValueError: it is negative.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
    "sort": """
        Set the order of the documents; a second call replaces the first.

        Args:
            key_or_list: a field's name, or list of names and of pairs of a name and a direction.
            direction: of a single field: 1, the default, or -1.

        Raises:
            TypeError: it is nothing of this kind.
            pymongo.errors.InvalidOperation: the query was sent already.

        Example::

            dearest = await db.orders.find().sort([("total", -1), ("_id", 1)]).to_list(10)
        """,
    "where": """
        Find only what a JavaScript function accepts; slow, and some servers do not allow it.

        Args:
            code: its source, as str or `bson.code.Code`; the document is ``this``.

        Raises:
            TypeError: it is neither.
            pymongo.errors.InvalidOperation: the query was sent already.
        """,
}

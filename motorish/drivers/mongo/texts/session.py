"""
Docstrings of what MotorClientSession declares.
"""

SESSION = {
    "advance_cluster_time": """
        Make this session know a cluster time that another one has seen.

        With `advance_operation_time`, what is read here includes what was written there.

        Args:
            cluster_time: the other session's `cluster_time`.

        Raises:
            TypeError: it is no such document.
        """,
    "advance_operation_time": """
        Have reads of this session wait for what another one has written.

        Args:
            operation_time: the other session's `operation_time`, a `bson.timestamp.Timestamp`.

        Raises:
            TypeError: it is no Timestamp.

        Example::

            async with client.start_session() as reader:
                reader.advance_cluster_time(session.cluster_time)
                reader.advance_operation_time(session.operation_time)
                await db.orders.find_one({"_id": 1}, session=reader)
        """,
    "cluster_time": """
        The latest cluster time that was seen in this session; None before the first reply.
        """,
    "has_ended": """
        Whether the session has ended.
        """,
    "in_transaction": """
        Whether a transaction was started and neither committed nor aborted yet.
        """,
    "operation_time": """
        The `bson.timestamp.Timestamp` of this session's last operation; None before it.
        """,
    "options": """
        What the session was started with: `pymongo.client_session.SessionOptions`.
        """,
    "session_id": """
        The document by which the server knows the session.

        Raises:
            pymongo.errors.InvalidOperation: the session has ended.
        """,
}

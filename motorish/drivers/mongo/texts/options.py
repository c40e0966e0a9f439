"""
Docstrings of the options that clients, databases and collections have, each for its own operations.
"""

OPTIONS = {
    "codec_options": """
        How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs.
        """,
    "read_concern": """
        Which reads are isolated how: a `pymongo.read_concern.ReadConcern`.
        """,
    "read_preference": """
        Which members of a replica set reads go to; one of `pymongo.ReadPreference`.
        """,
    "write_concern": """
        What writes wait for: a `pymongo.write_concern.WriteConcern`.
        """,
}

NOT_AN_ITERATOR = """
        Not here: this is not an iterator, and not a cursor.

        Raises:
            TypeError: always.
        """

"""
Docstrings of what MotorClientEncryption declares.
"""

ENCRYPTION = {
    "add_key_alt_name": """
        Give a data key one more name.

        Args:
            id: the key's ``_id``, a `bson.binary.Binary` of subtype 4.
            key_alt_name: the name; no other key may have it.

        Returns:
            The key's document as it was, or None where there is no such key.

        Raises:
            pymongo.errors.EncryptionError: it failed; its ``cause`` says why.

        As PyMongo's ``ClientEncryption.add_key_alt_name``.
        """,
    "close": """
        Wipe the keys from memory; the object cannot be used after that.
        """,
    "create_data_key": """
        Make a data key, and keep it in the key vault, itself encrypted.

        Args:
            kms_provider: what protects it: ``"local"``, ``"aws"``, ``"azure"``, ``"gcp"``, ``"kmip"``, or one
                of these with a name: ``"aws:second"``.
            master_key: the provider's own key: a mapping, whose fields depend on the provider; none for
                ``"local"``.
            key_alt_names: list of names by which `encrypt` can refer to it.
            key_material: 96 bytes to use instead of random ones.

        Returns:
            `bson.binary.Binary` of subtype 4: the key's ``_id``.

        Raises:
            pymongo.errors.EncryptionError: it failed; its ``cause`` says why.

        Example::

            key_id = await encryption.create_data_key("local", key_alt_names=["cards"])

        As PyMongo's ``ClientEncryption.create_data_key``.
        """,
    "decrypt": """
        Decrypt a value.

        Args:
            value: `bson.binary.Binary` of subtype 6, such as `encrypt` returns.

        Returns:
            What was encrypted.

        Raises:
            TypeError: it is no such Binary.
            pymongo.errors.EncryptionError: it failed, because the key is gone for example.

        Example::

            card = await encryption.decrypt(secret)

        As PyMongo's ``ClientEncryption.decrypt``.
        """,
    "delete_key": """
        Remove a data key from the key vault; what it has encrypted is lost.

        Args:
            id: the key's ``_id``, a `bson.binary.Binary` of subtype 4.

        Returns:
            `pymongo.results.DeleteResult`

        As PyMongo's ``ClientEncryption.delete_key``.
        """,
    "encrypt": """
        Encrypt a value.

        Args:
            value: anything that BSON has.
            algorithm: one of `pymongo.encryption.Algorithm`.
            key_id: the data key's ``_id``, a `bson.binary.Binary` of subtype 4 or `uuid.UUID`; or give
            key_alt_name: one of its names.
            query_type: one of `pymongo.encryption.QueryType`, where the result is to be searched for.
            contention_factor: int, for the algorithms that can be queried: the larger, the faster are
                inserts and the slower are queries.
            range_opts: `pymongo.encryption.RangeOpts`, for range queries.
            string_opts: `pymongo.encryption.StringOpts`, for queries of parts of strings.

        Returns:
            `bson.binary.Binary` of subtype 6.

        Raises:
            pymongo.errors.ConfigurationError: both of *key_id* and *key_alt_name* were given, or none.
            pymongo.errors.EncryptionError: it failed, because there is no such key for example.

        Example::

            secret = await encryption.encrypt("4711", Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random, key_id)

        As PyMongo's ``ClientEncryption.encrypt``.
        """,
    "encrypt_expression": """
        Encrypt the values in a range query.

        Args:
            expression: a match or aggregation expression, such as
                ``{"$and": [{"total": {"$gt": 10}}, {"total": {"$lt": 20}}]}``.
            algorithm, key_id, key_alt_name, query_type, contention_factor, range_opts: as for `encrypt`.

        Returns:
            `bson.raw_bson.RawBSONDocument`: the expression to query with.

        Raises:
            pymongo.errors.EncryptionError: it failed; its ``cause`` says why.

        As PyMongo's ``ClientEncryption.encrypt_expression``.
        """,
    "get_key": """
        The document of a data key, or None.

        Args:
            id: the key's ``_id``, a `bson.binary.Binary` of subtype 4.

        As PyMongo's ``ClientEncryption.get_key``.
        """,
    "get_key_by_alt_name": """
        The document of the data key that has this name, or None.

        As PyMongo's ``ClientEncryption.get_key_by_alt_name``.
        """,
    "remove_key_alt_name": """
        Take a name from a data key.

        Args:
            id: the key's ``_id``, a `bson.binary.Binary` of subtype 4.
            key_alt_name: the name.

        Returns:
            The key's document as it was, or None where there is no such key.

        As PyMongo's ``ClientEncryption.remove_key_alt_name``.
        """,
    "rewrap_many_data_key": """
        Encrypt data keys anew, with another master key; what they have encrypted remains as it is.

        Args:
            filter: which keys, a query on the key vault; ``{}`` for all.
            provider: the one to use from now on; None for that of each key.
            master_key: the provider's own key, as for `create_data_key`.

        Returns:
            `pymongo.encryption.RewrapManyDataKeyResult`

        Raises:
            pymongo.errors.ConfigurationError: *master_key* without a *provider*.
            pymongo.errors.EncryptionError: it failed; its ``cause`` says why.

        As PyMongo's ``ClientEncryption.rewrap_many_data_key``.
        """,
}

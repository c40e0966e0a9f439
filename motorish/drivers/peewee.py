"""
What the layers below know of peewee: its pools, and more, are in a package of their own.
"""

from motorish.adapter import Adapter, register

PEEWEE = register(Adapter(name="peewee", packages=("peewee", "playhouse")))

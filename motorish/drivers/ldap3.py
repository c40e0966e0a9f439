"""
What the layers below know of ldap3.
"""

from motorish.adapter import Adapter, register

LDAP3 = register(
    Adapter(
        name="ldap3",
        packages=("ldap3",),
        # Making one connects nothing, unless auto_bind is asked for.
        direct=frozenset({"AttrDef", "ObjectDef", "Server", "ServerPool", "Tls"}),
        plain=frozenset({"Attribute", "Entry", "Server", "ServerPool", "Tls"}),
    )
)

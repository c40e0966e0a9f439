"""
An OpenLDAP with an entry to put others below.
"""

import warnings

import pytest

from motorish.integrations.servers import OpenLDAP

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it uses old names of pyasn1's
    import ldap3


@pytest.fixture(scope="session")
def directory(openldap: OpenLDAP) -> OpenLDAP:
    """
    Return the server, with its base entry.
    """
    server = ldap3.Server(openldap.host, openldap.port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, openldap.admin_dn, openldap.admin_password, auto_bind=True)
    connection.add(openldap.base_dn, ["dcObject", "organization"], {"dc": "motorish", "o": "motorish"})
    connection.unbind()
    return openldap

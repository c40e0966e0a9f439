"""
ldap3 passes the contract.
"""

import gc
from collections.abc import Iterator
from typing import Any

import ldap3
import pytest

from motorish.integrations.servers import OpenLDAP
from motorish.testing import contract


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # ldap3 drops sockets that are refused
class TestLdap3(contract.DriverContract):
    """
    The contract of ldap3, with its usual synchronous strategy.
    """

    @pytest.fixture
    def driver(self, directory: OpenLDAP) -> Iterator[contract.Driver[Any]]:
        """
        Return ldap3, which adds an entry with the text and finds it again.
        """

        def connect(host: str, port: int) -> Any:
            server = ldap3.Server(host, port, get_info=ldap3.NONE)
            connection = ldap3.Connection(server, directory.admin_dn, directory.admin_password)
            try:
                connection.bind()
            except BaseException:
                connection.strategy.close()  # ldap3 leaves that to its user
                raise
            return connection

        def echo(connection: Any, text: str) -> str:
            entry = f"ou={text},{directory.base_dn}"
            connection.add(entry, "organizationalUnit")
            connection.search(entry, "(objectClass=*)", attributes=["ou"])
            return str(connection.response[0]["attributes"]["ou"][0])

        yield contract.Driver(
            packages=("ldap3",),
            host=directory.host,
            port=directory.port,
            connect=connect,
            echo=echo,
            close=lambda connection: connection.unbind(),
        )
        gc.collect()

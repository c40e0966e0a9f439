"""
Thrift passes the contract: with both protocols, in frames and without, and over TLS.
"""

from pathlib import Path
from typing import Any

import pytest

from motorish.testing import contract
from tests.drivers.thrift.clients import Connection


@pytest.mark.parametrize("kind", ["binary", "compact", "tls"])
class TestThrift(contract.DriverContract):
    """
    A client that the compiler made, on a transport of its own.
    """

    @pytest.fixture
    def driver(
        self, kind: str, talk: Any, thrift_ports: Any, tls_files: tuple[Path, Path, Path]
    ) -> contract.Driver[Connection]:
        """
        Return Thrift.
        """
        return contract.Driver(
            packages=("thrift",),
            host="127.0.0.1",
            port=getattr(thrift_ports, kind),
            connect=lambda host, port: Connection(talk, kind, host, port, tls_files[2]),
            echo=lambda connection, text: connection.client.echo(text),
            close=lambda connection: connection.close(),
            slow=lambda connection, seconds: connection.client.slow(seconds),
        )

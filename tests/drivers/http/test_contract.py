"""
requests and urllib3 pass the contract: over HTTP and over HTTPS.
"""

import logging
from pathlib import Path

import pytest
import requests
import urllib3

from motorish.integrations.servers import Nginx
from motorish.testing import contract


def slow_range(server: Nginx, seconds: float) -> dict[str, str]:
    """
    The headers with which ``/slow/sparse`` takes at least so long: it has a MiB per second, and one at once.
    """
    with (server.files / "sparse").open("ab") as file:  # "wb" would cut off what is being sent to others
        file.truncate(100 << 20)
    return {"Range": f"bytes=0-{int((1.2 + seconds) * (1 << 20))}"}


class TestRequests(contract.DriverContract):
    """
    A Session for each connection.
    """

    @pytest.fixture
    def driver(self, nginx: Nginx) -> contract.Driver[tuple[requests.Session, str]]:
        """
        Return requests over HTTP.
        """

        def connect(host: str, port: int) -> tuple[requests.Session, str]:
            session = requests.Session()
            session.trust_env = False  # no proxies
            return session, f"http://{host}:{port}"

        def slow(client: tuple[requests.Session, str], seconds: float) -> None:
            session, url = client
            assert session.get(f"{url}/slow/sparse", headers=slow_range(nginx, seconds)).ok

        return contract.Driver(
            packages=("requests",),
            host=nginx.host,
            port=nginx.port,
            connect=connect,
            echo=lambda client, text: client[0].get(f"{client[1]}/echo/{text}").text,
            close=lambda client: client[0].close(),
            slow=slow,
        )


class TestUrllib3OverTls(contract.DriverContract):
    """
    A pool of HTTPS connections for each connection.
    """

    @pytest.fixture
    def driver(
        self, nginx: Nginx, tls_files: tuple[Path, Path, Path], caplog: pytest.LogCaptureFixture
    ) -> contract.Driver[urllib3.HTTPSConnectionPool]:
        """
        Return urllib3 over HTTPS, with its own retries.
        """
        # It logs each with the exception, which the captured record would keep alive.
        caplog.set_level(logging.ERROR, logger="urllib3")

        def connect(host: str, port: int) -> urllib3.HTTPSConnectionPool:
            authority = str(tls_files[2])
            return urllib3.HTTPSConnectionPool(host, port, ca_certs=authority, assert_hostname=False)

        return contract.Driver(
            packages=("urllib3",),
            host=nginx.host,
            port=nginx.tls_port,
            connect=connect,
            echo=lambda pool, text: pool.request("GET", f"/echo/{text}").data.decode(),
            close=lambda pool: pool.close(),
            slow=lambda pool, seconds: (
                pool.request("GET", "/slow/sparse", headers=slow_range(nginx, seconds)).data
            ),
        )

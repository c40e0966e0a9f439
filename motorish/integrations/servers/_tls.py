"""
A private server that has a second port, for TLS.
"""

from pathlib import Path

from .base import Server


class TlsServer(Server):
    """
    A server with a port for TLS, if it is given a certificate.

    Args:
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them the server offers no TLS.

    Attributes:
        tls_port: where it speaks TLS from the start; 0 without *tls*.
    """

    def __init__(
        self,
        data_dir: str | Path,
        port: int | None = None,
        *,
        tls: tuple[Path, Path, Path] | None = None,
        start_timeout: float = 60.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout)
        self.tls = tls
        self.tls_port = 0

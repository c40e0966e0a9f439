"""
A private nginx that serves files over HTTP and HTTPS, and takes uploads.
"""

from pathlib import Path

from ._tls import TlsServer
from .base import HOST, ServerMissingError, find_program, free_port, greets

_CONFIGURATION = """\
daemon off;
master_process off;
pid {data}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    default_type text/plain;
    client_body_temp_path {data}/temp/body;
    proxy_temp_path {data}/temp/proxy;
    fastcgi_temp_path {data}/temp/fastcgi;
    uwsgi_temp_path {data}/temp/uwsgi;
    scgi_temp_path {data}/temp/scgi;
    client_max_body_size 0;
    keepalive_requests 100000;
    server {{
        listen {host}:{port};
        {tls}
        root {data}/files;
        location /echo/ {{ rewrite ^/echo/(.*)$ /said/$1 last; }}
        location ~ ^/said/(.*)$ {{ internal; return 200 $1; }}
        location = /connection {{ return 200 "$connection $connection_requests"; }}
        location = /moved {{ return 302 /echo/moved; }}
        location /slow/ {{ alias {data}/files/; limit_rate 1m; }}
        location /upload/ {{ alias {data}/files/; dav_methods PUT DELETE; }}
    }}
}}
"""


class Nginx(TlsServer):
    """
    One nginx on TCP, as a context manager.

    It serves the files in `files`, of which ``file`` has a million bytes; ``/slow/NAME`` is the same at a
    MiB per second, and ``PUT /upload/NAME`` makes one.  ``/echo/TEXT`` says the text, ``/connection`` the
    number of the client's connection and of the request on it, ``/moved`` redirects to ``/echo/moved``.

    Args:
        data_dir: directory of all its files.
        port: TCP port, or None for a free one.
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them there is no HTTPS.
        start_timeout: seconds from the start until it must answer.

    Attributes:
        tls_port: where HTTPS is; 0 without *tls*.
    """

    name = "nginx"

    @property
    def url(self) -> str:
        """
        What HTTP URLs begin with.
        """
        return f"http://{HOST}:{self.port}"

    @property
    def tls_url(self) -> str:
        """
        What HTTPS URLs begin with.
        """
        return f"https://{HOST}:{self.tls_port}"

    @property
    def files(self) -> Path:
        """
        The directory whose files it serves.
        """
        return self.data_dir / "files"

    def _prepare(self) -> list[str]:
        program = find_program(self.name)
        if program is None:
            raise ServerMissingError("no nginx was found (Debian and Ubuntu: apt-get install nginx-light).")
        self.files.mkdir(exist_ok=True)
        file = self.files / "file"
        if not file.exists():
            file.write_bytes(b"0123456789" * 100_000)
        (self.data_dir / "temp").mkdir(exist_ok=True)
        tls = ""
        if self.tls:
            chain, key, _ = self.tls
            self.tls_port = self.tls_port or free_port()
            tls = f"listen {HOST}:{self.tls_port} ssl; ssl_certificate {chain}; ssl_certificate_key {key};"
        configuration = self.data_dir / "nginx.conf"
        configuration.write_text(
            _CONFIGURATION.format(data=self.data_dir, host=HOST, port=self.port, tls=tls)
        )
        return [str(program), "-e", "stderr", "-p", str(self.data_dir), "-c", str(configuration)]

    def _answers(self) -> bool:
        return greets(self.port, b"HEAD / HTTP/1.0\r\n\r\n", b"HTTP/1.1")

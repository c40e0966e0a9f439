"""
A private OpenLDAP server with one empty directory, with TLS when it is given a certificate.
"""

import shutil
from pathlib import Path

from ._tls import TlsServer
from .base import HOST, ServerError, ServerMissingError, find_program, free_port, greets

SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
_BIND = b"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"  # an anonymous bind request


class OpenLDAP(TlsServer):
    """
    One slapd on TCP, as a context manager.

    Args:
        data_dir: directory of all its files.
        port: TCP port, or None for a free one.
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them the server offers no TLS.
        start_timeout: seconds from the start until it must answer.

    Attributes:
        tls_port: where LDAP over TLS is; 0 without *tls*.
        base_dn: what all its entries end with.
        admin_dn: who may write; the password is `admin_password`.
    """

    name = "slapd"
    base_dn = "dc=motorish,dc=test"
    admin_dn = "cn=admin,dc=motorish,dc=test"
    admin_password = "motorish"

    def _prepare(self) -> list[str]:
        program = find_program(self.name)
        if program is None:
            raise ServerMissingError("no slapd was found (Debian and Ubuntu: apt-get install slapd).")
        if not SCHEMAS.is_dir():
            raise ServerError(f"slapd's schemas are not in {SCHEMAS}")
        database = self.data_dir / "db"
        shutil.rmtree(database, ignore_errors=True)
        database.mkdir()
        includes = "".join(
            f"include {SCHEMAS}/{name}.schema\n" for name in ("core", "cosine", "inetorgperson")
        )
        addresses, tls = f"ldap://{HOST}:{self.port}", ""
        if self.tls:
            chain, key, authority = self.tls
            self.tls_port = self.tls_port or free_port()
            addresses += f" ldaps://{HOST}:{self.tls_port}"
            tls = (
                f"TLSCACertificateFile {authority}\nTLSCertificateFile {chain}\nTLSCertificateKeyFile {key}\n"
            )
        configuration = self.data_dir / "slapd.conf"
        configuration.write_text(
            f"{includes}{tls}modulepath {MODULES}\nmoduleload back_mdb\npidfile {self.data_dir}/slapd.pid\n"
            f'database mdb\nsuffix "{self.base_dn}"\nrootdn "{self.admin_dn}"\n'
            f"rootpw {self.admin_password}\ndirectory {database}\nmaxsize 16777216\n"
        )
        return [str(program), "-f", str(configuration), "-h", addresses, "-d", "0"]

    def _answers(self) -> bool:
        return greets(self.port, _BIND, b"\x30")

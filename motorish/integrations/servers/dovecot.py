"""
A private Dovecot: a mail store that is read over IMAP and POP3, with TLS when it is given a certificate.
"""

import getpass
import os
import shutil

from ._tls import TlsServer
from .base import HOST, ServerMissingError, find_program, free_port, greets

_CONFIGURATION = """\
base_dir = {data}/run
state_dir = {data}/state
log_path = /dev/stderr
protocols = {protocols}
listen = {host}
disable_plaintext_auth = no
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
mail_max_userip_connections = 1000
mail_location = maildir:{data}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={data}/mail/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{services}{tls}
"""

_SERVICE = """\
service {name}-login {{
  chroot =
  service_count = 0
  inet_listener {name} {{
    port = {port}
  }}
  inet_listener {name}s {{
    port = {tls_port}
  }}
}}
service {name} {{
  process_limit = 500
}}
"""
_PROGRAMS = ("/usr/lib/dovecot", "/usr/libexec/dovecot")  # those that it starts itself


class Dovecot(TlsServer):
    """
    One Dovecot on TCP, as a context manager: any user name, one password, an empty mailbox for each.

    Started as root it runs as the accounts ``dovecot``, ``dovenull`` and ``nobody``, as it insists.

    Args:
        data_dir: directory of all its files; what is in it is lost at the start.
        port: TCP port of IMAP, or None for a free one.
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them the server offers no TLS.
        start_timeout: seconds from the start until it must answer.

    Attributes:
        password: of all users.
        tls_port: where IMAP over TLS is; 0 without *tls*.
        pop3_port: where POP3 is; 0 where Dovecot's program for that is not installed.
        pop3_tls_port: where POP3 over TLS is; 0 without *tls*.
    """

    name = "dovecot"
    password = "motorish"
    pop3_port = 0
    pop3_tls_port = 0

    def _prepare(self) -> list[str]:
        program = find_program(self.name)
        if program is None:
            raise ServerMissingError(
                "no dovecot was found (Debian and Ubuntu: apt-get install dovecot-imapd dovecot-pop3d)."
            )
        for name in ("run", "state", "mail"):
            shutil.rmtree(self.data_dir / name, ignore_errors=True)
        mail = self.data_dir / "mail"
        mail.mkdir()
        tls = "ssl = no"
        if self.tls:
            chain, key, _ = self.tls
            self.tls_port = self.tls_port or free_port()
            tls = f"ssl = yes\nssl_cert = <{chain}\nssl_key = <{key}"
        services = {"imap": (self.port, self.tls_port)}
        if find_program("pop3-login", *_PROGRAMS):
            self.pop3_port = self.pop3_port or free_port()
            if self.tls:
                self.pop3_tls_port = self.pop3_tls_port or free_port()
            services["pop3"] = (self.pop3_port, self.pop3_tls_port)
        if os.geteuid() == 0:
            accounts = {"internal_user": "dovecot", "internal_group": "dovecot", "login_user": "dovenull"}
            accounts |= {"mail_user": "nobody", "mail_group": "nogroup"}
            self.data_dir.chmod(0o711)
            shutil.chown(mail, "nobody", "nogroup")
        else:
            accounts = dict.fromkeys(("internal_user", "login_user", "mail_user"), getpass.getuser())
            accounts |= dict.fromkeys(("internal_group", "mail_group"), str(os.getegid()))
        configuration = self.data_dir / "dovecot.conf"
        configuration.write_text(
            _CONFIGURATION.format(
                data=self.data_dir,
                host=HOST,
                password=self.password,
                protocols=" ".join(services),
                services="".join(
                    _SERVICE.format(name=name, port=port, tls_port=tls_port)
                    for name, (port, tls_port) in services.items()
                ),
                tls=tls,
                **accounts,
            )
        )
        return [str(program), "-F", "-c", str(configuration)]

    def _answers(self) -> bool:
        return greets(self.port, b"", b"* OK")

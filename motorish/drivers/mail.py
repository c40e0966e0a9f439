"""
What the layers below know of the stdlib's clients for mail and files: smtplib, imaplib, poplib, ftplib.

They are not patched: patched packages, and `motorish.wrap`, get green copies of them.
"""

from motorish.adapter import Adapter, register

MAIL = register(
    Adapter(
        name="mail",
        packages=("ftplib", "imaplib", "poplib", "smtplib"),
        direct=frozenset(
            {
                "set_debuglevel", "set_pasv", "has_extn", "print_log", "quoteaddr", "quotedata",
                "Int2AP", "Internaldate2tuple", "ParseFlags", "Time2Internaldate",
                "parse150", "parse227", "parse229", "parse257",
            }
        ),
    )
)  # fmt: skip

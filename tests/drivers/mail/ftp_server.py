"""
An FTP server for the tests: pyftpdlib in a process of its own.

    python ftp_server.py DIRECTORY

It prints its port and ends with its standard input.  The user is ``motorish``, and so is the password.
"""

import os
import sys
import threading

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

authorizer = DummyAuthorizer()
authorizer.add_user("motorish", "motorish", sys.argv[1], perm="elradfmwMT")
FTPHandler.authorizer = authorizer
server = FTPServer(("127.0.0.1", 0), FTPHandler)
server.max_cons_per_ip = 0


def end() -> None:
    """
    End the process with its standard input.
    """
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end, daemon=True).start()
print(server.address[1], flush=True)
server.serve_forever()

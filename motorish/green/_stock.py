"""
The stdlib that the stand-ins are made of must be the stock one: nobody has monkeypatched the process.
"""

from __future__ import annotations

import socket
import ssl

from motorish.errors import PatchError

for _kind in (socket.socket, ssl.SSLSocket):
    if _kind.__module__ not in ("socket", "ssl"):
        name = f"{_kind.__module__}.{_kind.__qualname__}"
        raise PatchError(
            f"{name} has taken the place of the stdlib's, so motorish cannot be imported: it needs the stock "
            "modules, and patches drivers alone. Leave out the monkeypatching of this process "
            "(gevent.monkey.patch_all(), eventlet.monkey_patch())."
        )

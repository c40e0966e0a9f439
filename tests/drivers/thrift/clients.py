"""
Thrift clients as an application makes them.
"""

from __future__ import annotations

import ssl
from typing import Any

from thrift.protocol.TBinaryProtocol import TBinaryProtocol, TBinaryProtocolAccelerated
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.transport.TSocket import TSocket
from thrift.transport.TSSLSocket import TSSLSocket
from thrift.transport.TTransport import TBufferedTransport, TFramedTransport


class Connection:
    """
    An open transport and the client that uses it.

    Args:
        talk: the generated package.
        kind: ``binary``, ``pure`` (the same without the C extension), ``compact`` or ``tls``.
    """

    def __init__(self, talk: Any, kind: str, host: str, port: int, authority: Any = None) -> None:
        if kind == "tls":
            context = ssl.create_default_context(cafile=authority)
            context.check_hostname = False
            socket = TSSLSocket(host, port, ssl_context=context, validate_callback=lambda *names: None)
        else:
            socket = TSocket(host, port)
        self.transport = TFramedTransport(socket) if kind == "compact" else TBufferedTransport(socket)
        protocols = {"compact": TCompactProtocol, "pure": TBinaryProtocol}
        self.client = talk.Talk.Client(protocols.get(kind, TBinaryProtocolAccelerated)(self.transport))
        self.transport.open()

    def close(self) -> None:
        """
        Close the transport.
        """
        self.transport.close()

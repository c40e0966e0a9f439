"""
Faults for tests, scripted and seeded: on the wire (`Proxy`) and inside green sockets (`transport`).

::

    from motorish.testing import chaos

    with chaos.Proxy("127.0.0.1", 27017) as proxy:
        client = motorish.MotorClient(proxy.host, proxy.port)
        ...
        proxy.down.delay_s = 0.1    # the server's answers are late
        proxy.up.dropped = True     # the network has gone, and nobody says so
        proxy.crash()               # the server has gone
"""

from .faults import Faults as Faults
from .proxy import Proxy as Proxy
from .transport import Transport as Transport
from .transport import transport as transport

__all__ = ["Faults", "Proxy", "Transport", "transport"]

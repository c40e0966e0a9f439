"""
Name look-ups that never block the loop: literals need none, everything else goes to the loop's resolver.
"""

from __future__ import annotations

import socket as _stdlib
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any, TypeVar

from motorish.calls import await_
from motorish.green import outside
from motorish.hub import current_child

T = TypeVar("T")


def is_literal(host: object) -> bool:
    """
    Whether resolving *host* asks no server: an address, a wildcard, or this machine's own name for itself.
    """
    if host is None or host in ("", "<broadcast>", "localhost"):
        return True
    text = host.decode("latin-1") if isinstance(host, (bytes, bytearray)) else host
    if not isinstance(text, str) or "\0" in text:
        return True  # the stdlib raises the TypeError
    for family in (_stdlib.AF_INET, _stdlib.AF_INET6):
        try:
            _stdlib.inet_pton(family, text.partition("%")[0])
        except (OSError, ValueError):
            continue
        return True
    return False


def getaddrinfo(
    host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
) -> list[Any]:
    """
    As `socket.getaddrinfo`.
    """
    child = current_child()
    if child is None and not is_literal(host) and not flags & _stdlib.AI_NUMERICHOST:
        _outside(host)
    if child is None or is_literal(host):
        return _stdlib.getaddrinfo(host, port, family, type, proto, flags)
    look_up = child.hub.loop.getaddrinfo(host, port, family=family, type=type, proto=proto, flags=flags)
    try:
        return await_(look_up)
    except CancelledError:
        if child.abort is not None:
            raise
        # Not the call but the look-up was cancelled: asyncio.run() does that at its end, to all tasks.
        raise _stdlib.gaierror(_stdlib.EAI_AGAIN, "the event loop has cancelled the look-up") from None


def getnameinfo(sockaddr: Any, flags: int, /) -> tuple[str, str]:
    """
    As `socket.getnameinfo`.
    """
    if not flags & _stdlib.NI_NUMERICHOST:
        _outside(sockaddr)
    return _in_executor(_stdlib.getnameinfo, sockaddr, flags)


def gethostbyname(hostname: str, /) -> str:
    """
    As `socket.gethostbyname`.
    """
    if is_literal(hostname):
        return _stdlib.gethostbyname(hostname)
    _outside(hostname)
    return _in_executor(_stdlib.gethostbyname, hostname)


def gethostbyname_ex(hostname: str, /) -> tuple[str, list[str], list[str]]:
    """
    As `socket.gethostbyname_ex`.
    """
    if not is_literal(hostname):
        _outside(hostname)
    return _in_executor(_stdlib.gethostbyname_ex, hostname)


def gethostbyaddr(ip_address: str, /) -> tuple[str, list[str], list[str]]:
    """
    As `socket.gethostbyaddr`.
    """
    _outside(ip_address)
    return _in_executor(_stdlib.gethostbyaddr, ip_address)


def resolve(family: int, address: Any) -> Any:
    """
    The address to connect or send to, with its host name looked up; outside a child the kernel call does it.

    Raises:
        BlockingCallError: the policy of the loop's thread forbids it.
        OSError: (`socket.gaierror`) the name is not known.
    """
    inet = (_stdlib.AF_INET, _stdlib.AF_INET6)
    if family not in inet or not isinstance(address, tuple) or len(address) < 2:
        return address
    if is_literal(address[0]):
        return address
    host = address[0]
    if current_child() is None:
        _outside(host)
        return address
    if isinstance(host, str) and host.isascii():
        host = host.encode()  # as connect() does: no IDNA, which would refuse long labels
    found = getaddrinfo(host, None, family, _stdlib.SOCK_STREAM)
    return (found[0][4][0], *address[1:])


def _outside(what: object) -> None:
    if current_child() is None:
        outside.before_io_wait(f"looking up {what!r}")


def _in_executor(function: Callable[..., T], *args: Any) -> T:
    child = current_child()
    if child is None:
        return function(*args)
    future = child.hub.loop.run_in_executor(None, function, *args)
    try:
        return await_(future)
    except BaseException:
        future.cancel()  # so that nobody complains of an outcome that nobody fetched
        raise

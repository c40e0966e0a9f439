"""
A private memcached.
"""

import os

from .base import HOST, Server, ServerMissingError, find_program, greets


class Memcached(Server):
    """
    One memcached on TCP, as a context manager.

    Args:
        data_dir: directory of its log.
        port: TCP port, or None for a free one.
        start_timeout: seconds from the start until it must answer.
    """

    name = "memcached"

    def _prepare(self) -> list[str]:
        program = find_program(self.name)
        if program is None:
            raise ServerMissingError(
                "no memcached was found on PATH (Debian and Ubuntu: apt-get install memcached)."
            )
        command = [str(program), "-l", HOST, "-p", str(self.port), "-U", "0", "-m", "16"]
        return [*command, "-u", "root"] if os.geteuid() == 0 else command

    def _answers(self) -> bool:
        return greets(self.port, b"version\r\n", b"VERSION")

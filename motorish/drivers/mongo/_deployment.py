"""
What a client knows of its deployment, without asking it.

PyMongo's properties wait for a server, or for a lock; these answer from what is known now.
"""

from __future__ import annotations

from typing import Any

from pymongo.server_description import ServerDescription
from pymongo.server_selectors import Selection, secondary_server_selector, writable_server_selector
from pymongo.synchronous.mongo_client import MongoClient
from pymongo.topology_description import TopologyDescription

from motorish.errors import UsageError
from motorish.proxy import NamespaceProxy


class Deployment(NamespaceProxy):
    """
    Base class of clients.
    """

    delegate: MongoClient[Any]

    @property
    def topology_description(self) -> TopologyDescription:
        """
        What is known of the deployment.
        """
        topology = self.delegate._topology
        if topology is None:  # mongodb+srv, not yet looked up
            return self.delegate.topology_description
        return topology._description

    @property
    def nodes(self) -> frozenset[tuple[str, int | None]]:
        """
        Addresses of the servers that are known; empty before the first operation.
        """
        return frozenset(server.address for server in self.topology_description.known_servers)

    @property
    def primary(self) -> tuple[str, int | None] | None:
        """
        Address of the replica set's primary, or None where none is known.
        """
        if self.topology_description.topology_type_name != "ReplicaSetWithPrimary":
            return None
        return next(iter(self._members(writable_server_selector)), None)

    @property
    def secondaries(self) -> set[tuple[str, int | None]]:
        """
        Addresses of the replica set's secondaries that are known.
        """
        return self._members(secondary_server_selector)

    @property
    def arbiters(self) -> set[tuple[str, int | None]]:
        """
        Addresses of the replica set's arbiters that are known.
        """
        return self._members(_arbiters)

    @property
    def address(self) -> tuple[str, int | None] | None:
        """
        Address of the server that takes writes.

        Raises:
            InvalidOperation: as PyMongo's, when there are several mongos.
            UsageError: none is known yet.
        """
        description = self.topology_description
        if description.topology_type_name == "Sharded" and len(description.server_descriptions()) > 1:
            return self.delegate.address  # its own error, no I/O
        return self._writable_server("address").address

    @property
    def is_primary(self) -> bool:
        """
        Whether the server that is used takes writes.

        Raises:
            UsageError: none is known yet.
        """
        return self._writable_server("is_primary").is_writable

    @property
    def is_mongos(self) -> bool:
        """
        Whether the server that is used is a mongos.

        Raises:
            UsageError: none is known yet.
        """
        return self._writable_server("is_mongos").server_type_name == "Mongos"

    def _members(self, selector: Any) -> set[tuple[str, int | None]]:
        description = self.topology_description
        if not description.topology_type_name.startswith("ReplicaSet"):
            return set()
        return {server.address for server in selector(Selection.from_topology_description(description))}

    def _writable_server(self, asked: str) -> ServerDescription:
        for server in self.topology_description.apply_selector(writable_server_selector):
            return server
        raise UsageError(
            f"{type(self).__name__}.{asked} is not known: no server that takes writes has been found "
            "yet, and a property cannot wait for one: await client.aconnect() first."
        )


def _arbiters(selection: Selection) -> Selection:
    servers = selection.server_descriptions
    return selection.with_server_descriptions(
        [server for server in servers if server.server_type_name == "RSArbiter"]
    )

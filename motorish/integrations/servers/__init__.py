"""
Private real servers, for tests, examples and the chat demo.

Each server is one child process (behind a small guard process) that listens on this machine only,
keeps all its files in the directory that it is given, and cannot outlive the program that started
it, however that program ends::

    from motorish.integrations.servers import ReplicaSet

    with ReplicaSet(1, "data") as mongo:
        print(mongo.uri)

Nothing here uses an event loop or starts a thread: call it from a plain thread, or before and
after the loop runs.  There is no authentication on mongod (unless ``extra_args`` say ``--auth``): not
for data that other users of the same machine must not read.
"""

from .base import Server as Server
from .base import ServerError as ServerError
from .base import ServerMissingError as ServerMissingError
from .base import find_program as find_program
from .dovecot import Dovecot as Dovecot
from .mariadb import MariaDB as MariaDB
from .mariadb import find_mariadbd as find_mariadbd
from .memcached import Memcached as Memcached
from .mongod import Mongod as Mongod
from .mongod import find_mongod as find_mongod
from .nginx import Nginx as Nginx
from .openldap import OpenLDAP as OpenLDAP
from .postgres import PostgreSQL as PostgreSQL
from .postgres import find_postgres as find_postgres
from .rabbitmq import RabbitMQ as RabbitMQ
from .rabbitmq import find_rabbitmq as find_rabbitmq
from .redis import Redis as Redis
from .redis import RedisSentinel as RedisSentinel
from .replica_set import ReplicaSet as ReplicaSet

__all__ = [
    "Dovecot",
    "MariaDB",
    "Memcached",
    "Mongod",
    "Nginx",
    "OpenLDAP",
    "PostgreSQL",
    "RabbitMQ",
    "Redis",
    "RedisSentinel",
    "ReplicaSet",
    "Server",
    "ServerError",
    "ServerMissingError",
    "find_mariadbd",
    "find_mongod",
    "find_postgres",
    "find_program",
    "find_rabbitmq",
]

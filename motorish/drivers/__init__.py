"""
One adapter per driver, and proxies for those that have an API of their own here.
"""

from __future__ import annotations

from importlib import import_module

from motorish import adapter
from motorish.drivers._entry_points import load_registered

ADAPTERS = {
    "MySQLdb": "motorish.drivers.mysqlclient",
    "asgiref": "motorish.drivers.django",
    "bson": "motorish.drivers.mongo.adapter",
    "django": "motorish.drivers.django",
    "ftplib": "motorish.drivers.mail",
    "gridfs": "motorish.drivers.mongo.adapter",
    "imaplib": "motorish.drivers.mail",
    "ldap3": "motorish.drivers.ldap3",
    "mysql": "motorish.drivers.mysql_connector",
    "peewee": "motorish.drivers.peewee",
    "pika": "motorish.drivers.pika",
    "playhouse": "motorish.drivers.peewee",
    "poplib": "motorish.drivers.mail",
    "psycopg": "motorish.drivers.postgres.psycopg",
    "psycopg2": "motorish.drivers.postgres.psycopg2",
    "psycopg_pool": "motorish.drivers.postgres.psycopg",
    "pymemcache": "motorish.drivers.memcached",
    "pymongo": "motorish.drivers.mongo.adapter",
    "pymysql": "motorish.drivers.pymysql",
    "pyodbc": "motorish.drivers.pyodbc",
    "redis": "motorish.drivers.redis",
    "requests": "motorish.drivers.http",
    "smtplib": "motorish.drivers.mail",
    "socks": "motorish.drivers.http",
    "sqlite3": "motorish.drivers.sqlite",
    "thrift": "motorish.drivers.thrift",
    "urllib3": "motorish.drivers.http",
}
"""Top-level package -> the module that registers its adapter."""


def load_adapter(package: str) -> None:
    """
    Register the adapter of *package*, if it has one here.  No driver is imported.
    """
    if package in ADAPTERS:
        import_module(ADAPTERS[package])


adapter.sources += [load_adapter, load_registered]

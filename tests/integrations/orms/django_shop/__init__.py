"""
The same synchronous shop on Django's ORM, where each thread has a connection of its own.
"""

from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.db import connection, transaction

MOST_CONNECTIONS = 100
ID_OF_CONNECTION = {"mysql": "SELECT connection_id()", "postgresql": "SELECT pg_backend_pid()"}
SLEEP = {"mysql": "SELECT sleep(%s)", "postgresql": "SELECT pg_sleep(%s)"}

models: Any


def start(url: str, connections: int, connect_args: dict[str, Any]) -> None:
    """
    Connect, and begin with empty tables.
    """
    global models
    parsed = urlsplit(url)
    if parsed.scheme == "mysql":
        import pymysql

        pymysql.install_as_MySQLdb()
    database = {
        "ENGINE": f"django.db.backends.{parsed.scheme}",
        "NAME": parsed.path[1:],
        "HOST": parsed.hostname,
        "PORT": parsed.port,
        "USER": parsed.username,
        "PASSWORD": parsed.password,
        "OPTIONS": connect_args,
    }
    settings.configure(INSTALLED_APPS=["django_shop"], DATABASES={"default": database})
    django.setup()
    from django_shop import models

    _drop()
    with connection.schema_editor() as editor:
        editor.create_model(models.Customer)
        editor.create_model(models.Item)
    connection.close()


def stop() -> None:
    """
    Drop the tables, and disconnect.
    """
    _drop()
    connection.close()


def _drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS django_items")
        cursor.execute("DROP TABLE IF EXISTS django_customers")


def enter(name: str) -> int:
    """
    Begin a transaction with a new customer; return what the server calls its connection.
    """
    transaction.set_autocommit(False)
    models.Customer.objects.create(name=name)
    return connection_id()


def put(item: str) -> None:
    """
    Put something into the basket of the customer who has entered: which nobody else can see yet.
    """
    customer = models.Customer.objects.get(name=item.partition("'")[0])
    models.Item.objects.create(name=item, customer=customer)


def pay(name: str) -> dict[str, Any]:
    """
    Commit, and tell what was bought: items and customers are loaded on being looked at.
    """
    number = connection_id()
    transaction.commit()
    customer = models.Customer.objects.get(name=name)
    items = [item.name for item in customer.items.order_by("id")]
    buyers = {item.customer.name for item in models.Item.objects.filter(customer__name=name)}
    return {"name": customer.name, "items": items, "buyers": [*buyers], "connection": number}


def leave() -> None:
    """
    Close the connection, as Django does at the end of a request.
    """
    connection.close()


def linger(name: str, seconds: float) -> None:
    """
    Enter, and let the server wait before anything is committed.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            models.Customer.objects.create(name=name)
            cursor.execute(SLEEP[connection.vendor], [seconds])
    finally:
        connection.close()


def count() -> int:
    """
    How many customers there are.
    """
    try:
        found: int = models.Customer.objects.count()
    finally:
        connection.close()
    return found


def connection_id() -> int:
    """
    What the server calls the connection of this thread.
    """
    with connection.cursor() as cursor:
        cursor.execute(ID_OF_CONNECTION[connection.vendor])
        number: int = cursor.fetchone()[0]
    return number

"""
The same synchronous shop on peewee, with its own pool of connections.
"""

from typing import Any
from urllib.parse import urlsplit

from peewee import CharField, DatabaseProxy, ForeignKeyField, Model
from playhouse.pool import PooledMySQLDatabase, PooledPostgresqlDatabase

KINDS = {"mysql": PooledMySQLDatabase, "postgresql": PooledPostgresqlDatabase}
ID_OF_CONNECTION = {"mysql": "SELECT connection_id()", "postgresql": "SELECT pg_backend_pid()"}
SLEEP = {"mysql": "SELECT sleep(%s)", "postgresql": "SELECT pg_sleep(%s)"}

database = DatabaseProxy()
kind: str


class Customer(Model):
    """
    Somebody with a basket.
    """

    name = CharField(50, unique=True)

    class Meta:
        """
        Which database, which table.
        """

        database = database
        table_name = "peewee_customers"


class Item(Model):
    """
    Something in it.
    """

    name = CharField(50)
    customer = ForeignKeyField(Customer, backref="items")

    class Meta:
        """
        Which database, which table.
        """

        database = database
        table_name = "peewee_items"


def start(url: str, connections: int, connect_args: dict[str, Any]) -> None:
    """
    Connect, and begin with empty tables.
    """
    global kind
    parsed = urlsplit(url)
    kind = parsed.scheme
    database.initialize(
        KINDS[kind](
            parsed.path[1:],
            host=parsed.hostname,
            port=parsed.port,
            user=parsed.username,
            password=parsed.password,
            max_connections=connections,
            timeout=30,
            **connect_args,
        )
    )
    with database.connection_context():
        database.drop_tables([Customer, Item])
        database.create_tables([Customer, Item])


def stop() -> None:
    """
    Drop the tables, and disconnect.
    """
    with database.connection_context():
        database.drop_tables([Customer, Item])
    database.close_all()


def enter(name: str) -> int:
    """
    Begin a transaction with a new customer; return what the server calls its connection.
    """
    database.connect()
    database.session_start()
    Customer.create(name=name)
    return connection_id()


def put(item: str) -> None:
    """
    Put something into the basket of the customer who has entered: the only one that is not committed.
    """
    Item.create(name=item, customer=Customer.get(Customer.name == item.partition("'")[0]))


def pay(name: str) -> dict[str, Any]:
    """
    Commit, and tell what was bought: items and customers are loaded on being looked at.
    """
    connection = connection_id()
    database.session_commit()
    customer = Customer.get(Customer.name == name)
    items = [item.name for item in customer.items.order_by(Item.id)]
    buyers = {item.customer.name for item in customer.items}
    return {"name": customer.name, "items": items, "buyers": [*buyers], "connection": connection}


def leave() -> None:
    """
    Give the connection back.
    """
    database.close()


def linger(name: str, seconds: float) -> None:
    """
    Enter, and let the server wait before anything is committed.
    """
    with database.connection_context(), database.atomic():
        Customer.create(name=name)
        database.execute_sql(SLEEP[kind], (seconds,))


def count() -> int:
    """
    How many customers there are.
    """
    with database.connection_context():
        found: int = Customer.select().count()
    return found


def connection_id() -> int:
    """
    What the server calls the connection of this thread.
    """
    number: int = database.execute_sql(ID_OF_CONNECTION[kind]).fetchone()[0]
    return number

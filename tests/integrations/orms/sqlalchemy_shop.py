"""
A synchronous shop on SQLAlchemy, as it has always been: scoped sessions, lazy loading, a pool of five.
"""

from typing import Any

from sqlalchemy import Engine, ForeignKey, String, create_engine, func, make_url, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker

DRIVERS = {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg2"}

Session = scoped_session(sessionmaker())
engine: Engine


class Base(DeclarativeBase):
    """
    All tables.
    """


class Customer(Base):
    """
    Somebody with a basket.
    """

    __tablename__ = "sa_customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    items: Mapped[list["Item"]] = relationship(back_populates="customer", order_by="Item.id")


class Item(Base):
    """
    Something in it.
    """

    __tablename__ = "sa_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    customer: Mapped[Customer] = relationship(back_populates="items")


def start(url: str, connections: int, connect_args: dict[str, Any]) -> None:
    """
    Connect, and begin with empty tables.
    """
    global engine
    parsed = make_url(url)
    parsed = parsed.set(drivername=DRIVERS[parsed.drivername])
    engine = create_engine(parsed, pool_size=connections, max_overflow=0, connect_args=connect_args)
    Session.configure(bind=engine)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)


def stop() -> None:
    """
    Drop the tables, and disconnect.
    """
    Base.metadata.drop_all(engine)
    engine.dispose()


def enter(name: str) -> int:
    """
    Begin a transaction with a new customer; return what the server calls its connection.
    """
    Session.info["customer"] = Customer(name=name)
    Session.add(Session.info["customer"])
    Session.flush()
    return connection_id()


def put(item: str) -> None:
    """
    Put something into the basket of the customer who has entered.
    """
    Session.add(Item(name=item, customer=Session.info["customer"]))
    Session.flush()


def pay(name: str) -> dict[str, Any]:
    """
    Commit, and tell what was bought: all of it is loaded again, on being looked at.
    """
    connection = connection_id()
    customer = Session.info["customer"]
    assert customer.name == name
    Session.commit()  # which expires the customer and the basket
    items = [item.name for item in customer.items]
    buyers = {item.customer.name for item in customer.items}
    return {"name": customer.name, "items": items, "buyers": [*buyers], "connection": connection}


def leave() -> None:
    """
    End the session.
    """
    Session.remove()


def linger(name: str, seconds: float) -> None:
    """
    Enter, and let the server wait before anything is committed.
    """
    with Session() as session, session.begin():
        session.add(Customer(name=name))
        session.flush()
        sleep = func.sleep if engine.name == "mysql" else func.pg_sleep
        session.execute(select(sleep(seconds)))
    Session.remove()


def count() -> int:
    """
    How many customers there are.
    """
    with Session() as session:
        found = session.scalar(select(func.count()).select_from(Customer))
    Session.remove()
    return found or 0


def connection_id() -> int:
    """
    What the server calls the connection of the session.
    """
    number = func.connection_id if engine.name == "mysql" else func.pg_backend_pid
    return Session.scalar(select(number())) or 0

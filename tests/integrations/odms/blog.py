"""
An application with MongoEngine as there are many: models, and synchronous functions that use them.

Nothing here knows of motorish or of any event loop.
"""

import threading
from typing import Any

from mongoengine import (
    CASCADE,
    DateTimeField,
    Document,
    EmbeddedDocument,
    EmbeddedDocumentListField,
    IntField,
    ListField,
    NotUniqueError,
    ReferenceField,
    StringField,
    connect,
    disconnect,
)
from mongoengine.context_managers import no_dereference
from mongoengine.queryset.visitor import Q


class Author(Document):
    """
    Who posts refer to.
    """

    name = StringField(required=True, unique=True)


class Comment(EmbeddedDocument):
    """
    A part of a post.
    """

    text = StringField(required=True)
    written = DateTimeField()


class Post(Document):
    """
    The model of most operations.
    """

    title = StringField(required=True, max_length=50)
    author = ReferenceField(Author, required=True, reverse_delete_rule=CASCADE)
    views = IntField(default=0)
    tags = ListField(StringField())
    comments = EmbeddedDocumentListField(Comment)

    meta = {"indexes": ["tags", ("author", "-views")]}


current = threading.local()
"""``author``: who is signed in, as many an application keeps it."""


def start(uri: str, database: str) -> None:
    """
    Connect, and begin with an empty database.
    """
    connect(database, host=uri, uuidRepresentation="standard").drop_database(database)
    Author.ensure_indexes()
    Post.ensure_indexes()


def stop(database: str) -> None:
    """
    Leave nothing behind.
    """
    Author._get_db().client.drop_database(database)
    disconnect()


def sign_in(name: str) -> None:
    """
    From now on this thread works for that author.
    """
    current.author = Author.objects(name=name).modify(upsert=True, new=True, set__name=name)


def write(title: str) -> None:
    """
    A new post of who is signed in.
    """
    Post(title=title, author=current.author).save()


def posts() -> list[dict[str, Any]]:
    """
    The posts of who is signed in.
    """
    return [
        {"title": post.title, "author": post.author.name, "views": post.views}
        for post in Post.objects(author=current.author).order_by("title")
    ]


def live(number: int, meet: Any) -> None:
    """
    Every kind of operation, on documents of its own; all that run at once wait for each other in *meet*.
    """
    sign_in(f"Author {number}")
    me = current.author
    meet()
    assert current.author is me
    try:
        Author(name=me.name).save()
    except NotUniqueError:
        pass
    else:
        raise AssertionError("the unique index does not work")

    Post.objects.insert([Post(title=f"{number}-{n}", author=me, views=n) for n in range(4)])
    last = Post(title=f"{number}-4", author=me, views=4, tags=["last", f"of {number}"]).save()
    mine = Post.objects(author=me)
    assert 5 == mine.count()
    assert [4, 3, 2] == [post.views for post in mine.order_by("-views")[:3]]
    assert [f"{number}-1"] == [post.title for post in mine.filter(Q(views__gt=0) & Q(views__lt=2))]
    assert [f"{number}-4"] == mine.filter(tags=f"of {number}").distinct("title")
    assert 10 == mine.sum("views")

    last.comments.append(Comment(text=f"from {number}"))
    last.title = f"{number}-last"
    last.save()
    assert 5 == mine.update(inc__views=number)
    last.reload()
    assert (f"{number}-last", 4 + number) == (last.title, last.views)
    assert [f"from {number}"] == [comment.text for comment in last.comments]

    # no_dereference() keeps its state in a threading.local: half of us use it, all at the same time.
    if number % 2:
        with no_dereference(Post):
            meet()
            assert me.id == mine.first().author.id
            assert not isinstance(mine.first().author, Author)
            meet()
    else:
        meet()
        assert me.name == mine.first().author.name
        meet()
    assert me == mine.first().author

    last.delete()
    assert 3 == mine.filter(views__lt=number + 3).delete()
    assert [f"{number}-3"] == [post["title"] for post in posts()]
    me.delete()
    assert 0 == mine.count()

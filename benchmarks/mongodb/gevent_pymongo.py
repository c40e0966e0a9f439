"""
find_one through PyMongo, with the whole process monkeypatched by gevent.
"""

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402
from pymongo import MongoClient  # noqa: E402

from benchmarks._variant import CONCURRENCY, URI, serve, share  # noqa: E402

collection = MongoClient(URI, maxPoolSize=CONCURRENCY).motorish_bench.small


def worker() -> None:
    for _ in range(share()):
        collection.find_one({"_id": 1})


serve(lambda: gevent.joinall([gevent.spawn(worker) for _ in range(CONCURRENCY)], raise_error=True))

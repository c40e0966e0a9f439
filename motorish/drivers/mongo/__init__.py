"""
MongoDB, on stock PyMongo: importing any module of this package makes PyMongo green first.
"""

from motorish.drivers.mongo.adapter import PYMONGO as PYMONGO
from motorish.patcher import patch

patch(PYMONGO.name)

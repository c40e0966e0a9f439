"""
aiohttp: serve files from GridFS.  The name under which Motor's users know it.
"""

from motorish.integrations.aiohttp_gridfs import AIOHTTPGridFS as AIOHTTPGridFS
from motorish.integrations.aiohttp_gridfs import get_cache_time as get_cache_time
from motorish.integrations.aiohttp_gridfs import get_gridfs_file as get_gridfs_file
from motorish.integrations.aiohttp_gridfs import set_extra_headers as set_extra_headers

"""
Tornado: serve files from GridFS.  The name under which Motor's users know it.
"""

from motorish.integrations.tornado_gridfs import GridFSHandler as GridFSHandler

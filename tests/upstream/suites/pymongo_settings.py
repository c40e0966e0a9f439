"""A pytest plugin for both runs of PyMongo's tests, so that the machine makes no difference.

Automatic encryption needs mongocryptd, which comes with the Enterprise edition. PyMongo waits ten
seconds for it, in each of a hundred tests, which then fail, stock and green.

In a container PyMongo tells the server so, and forty tests of what it tells fail.
"""

from __future__ import annotations

import shutil

from pymongo import pool_options
from pymongo.synchronous import encryption

pool_options.DOCKER_ENV_PATH = "/no container"

if shutil.which("mongocryptd") is None:
    encryption._MONGOCRYPTD_TIMEOUT_MS = 200

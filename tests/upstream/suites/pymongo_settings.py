"""A pytest plugin for both runs of PyMongo's tests: no long waits for a program that is not there.

Automatic encryption needs mongocryptd, which comes with the Enterprise edition. PyMongo waits ten
seconds for it, in each of a hundred tests, which then fail, stock and green.
"""

from __future__ import annotations

import shutil

from pymongo.synchronous import encryption

if shutil.which("mongocryptd") is None:
    encryption._MONGOCRYPTD_TIMEOUT_MS = 200

"""A pytest plugin that gives Motor's tests motorish where they import Motor.

They also use three names that are not Motor's public API.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import motorish

motorish.install_as_motor()

from motor import MotorClient, motor_gridfs  # noqa: E402  (only now are there any)

from motorish.integrations import gridfs_http  # noqa: E402

assert MotorClient is motorish.MotorClient  # and so PyMongo is patched


def _hash_gridout(grid_out: Any) -> str:
    return gridfs_http.etag_of(grid_out).strip('"')


vars(motor_gridfs)["_hash_gridout"] = _hash_gridout

frameworks, asyncio_framework = ModuleType("motor.frameworks"), ModuleType("motor.frameworks.asyncio")
vars(frameworks).update(__path__=[], asyncio=asyncio_framework)
vars(asyncio_framework)["max_workers"] = 10  # a test waits on more change streams than that
sys.modules |= {"motor.frameworks": frameworks, "motor.frameworks.asyncio": asyncio_framework}

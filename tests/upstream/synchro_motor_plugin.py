"""As `synchro_plugin`, but with the Motor classes instead of the `motorish.AsyncMongoClient` family."""

import os

os.environ["SYNCHRO_FAMILY"] = "Motor"

from synchro_plugin import *  # noqa: F403

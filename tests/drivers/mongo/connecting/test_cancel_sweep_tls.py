"""
Row C21: the first operation of a client is aborted at each of its waits, TLS and log-in among them.
"""

from __future__ import annotations

import pytest

from motorish import MotorClient
from motorish.integrations.contract.sweep import Cause
from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.helpers import ROOT
from tests.faults.figures import Figures
from tests.faults.mongo_sweep import Swept, sweep_cold
from tests.faults.test_cancel_sweep import record


@pytest.mark.row("C21")
@pytest.mark.parametrize("cause", ["cancel", "deadline"])
def test_first_operation_over_tls(tls_mongod: Mongod, ca_file: str, cause: Cause, figures: Figures) -> None:
    """
    Wherever it is aborted, the client works afterwards, and leaves nothing when it is closed.
    """
    options = {"username": ROOT.name, "password": ROOT.password, "tls": True, "tlsCAFile": ca_file}

    async def sweep() -> Swept:
        return await sweep_cold(
            lambda: MotorClient("127.0.0.1", tls_mongod.port, directConnection=True, **options), cause
        )

    record(figures, f"PyMongo, connect with TLS and SCRAM and ping, {cause}", sweep)

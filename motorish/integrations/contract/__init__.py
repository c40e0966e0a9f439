"""
The contract of a driver: what each must pass before motorish, or a package of yours, says it works.

A test class names the driver; the contract brings the tests, for pytest::

    import mydriver
    import pytest
    from motorish.testing import contract

    class TestMyDriver(contract.DriverContract):
        @pytest.fixture
        def driver(self):
            return contract.Driver(
                packages=("mydriver",),
                host="127.0.0.1",
                port=4711,
                connect=lambda host, port: mydriver.connect(host, port, user="me"),
                echo=lambda connection, text: connection.call("echo", text),
                slow=lambda connection, seconds: connection.call("sleep", seconds),
                close=lambda connection: connection.close(),
            )

The functions are plain synchronous code of the driver; the contract runs them with `motorish.spawn`, and
in threads.  Between them and the server it puts a `chaos.Proxy` where the server is to fail or to be late, so
that any server will do, and none is harmed.  The tests are in four groups: `Answers`, `Aborts`, `Faults`
and `Leaks`; a class that inherits from one of these has that group only.

Times are measured up to three times and the best counts: what else the machine does can only add.
"""

from typing import Any

import pytest

pytest.register_assert_rewrite(
    f"{__name__}.answers", f"{__name__}.aborts", f"{__name__}.faults", f"{__name__}.leaks"
)

from .aborts import Aborts as Aborts  # noqa: E402
from .answers import Answers as Answers  # noqa: E402
from .driver import Driver as Driver  # noqa: E402
from .faults import Faults as Faults  # noqa: E402
from .leaks import Leaks as Leaks  # noqa: E402

__all__ = ["Aborts", "Answers", "Driver", "DriverContract", "Faults", "Leaks"]


class DriverContract(Answers, Aborts, Faults, Leaks):
    """
    All tests of the contract: a subclass with a fixture ``driver`` runs them.
    """

    @pytest.fixture
    def driver(self) -> Driver[Any]:
        """
        Return the driver; each subclass has its own.
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a pytest fixture 'driver' that returns a contract.Driver"
        )

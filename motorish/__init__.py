"""
motorish makes synchronous network drivers asynchronous: without rewriting them, without threads and
without monkeypatching the process.
"""

from motorish.calls import asynchronize as asynchronize
from motorish.calls import await_ as await_
from motorish.calls import scope as scope
from motorish.calls import spawn as spawn
from motorish.calls import timeout as timeout
from motorish.errors import BlockingCallError as BlockingCallError
from motorish.errors import BlockingCallWarning as BlockingCallWarning
from motorish.errors import BusyError as BusyError
from motorish.errors import CallAborted as CallAborted
from motorish.errors import DeadlineExceeded as DeadlineExceeded
from motorish.errors import ForeignLoopError as ForeignLoopError
from motorish.errors import MotorishError as MotorishError
from motorish.errors import NotInChildError as NotInChildError
from motorish.errors import PatchError as PatchError
from motorish.errors import PatchWarning as PatchWarning
from motorish.errors import UsageError as UsageError
from motorish.hub import CallFuture as CallFuture

__version__ = "0.1.0"

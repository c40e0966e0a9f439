"""
The guard: a small program that runs one server and ends it when the starter is gone.

``python -I -S _guard.py GRACE_SECONDS SIGNAL SERVER ARGUMENTS...``

Its standard input is a pipe that only the starter holds open.  The kernel closes that pipe even
when the starter is killed with SIGKILL, and end-of-file here means: SIGNAL to the server, SIGKILL
after GRACE_SECONDS.  The first line on standard output is the server's process id; what the server
prints goes to standard error.

Why not ``prctl(PR_SET_PDEATHSIG)`` in the server alone: the kernel sends that signal when the
*thread* that forked ends, so a server started from a worker thread would die with the worker.
The guard has one thread, so here it is safe, and it covers the case of the guard being killed.
"""

import os
import select
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """
    Ask the kernel for SIGTERM when the parent ends (Linux; elsewhere nothing happens).
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_server(arguments: list[str]) -> int:
    """
    Fork and execute the server; return its process id.
    """
    guard = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        die_with_parent()
        if os.getppid() != guard:  # killed between fork and prctl: the signal will not come
            os._exit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        os.execv(arguments[0], arguments)
    except OSError as error:
        os.write(2, f"cannot execute {arguments[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def wait_for(pid: int, changed: int, others: list[int], timeout_s: float | None = None) -> int | None:
    """
    Wait until the server ends, one of *others* is readable or the time is up; return its wait status.

    *changed* is readable after SIGCHLD, which also comes when the server is stopped and when it goes on.
    """
    while changed in select.select([changed, *others], [], [], timeout_s)[0]:
        os.read(changed, 1024)
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
    return None


def main() -> int:
    """
    Run the server until it ends or the starter does; return the server's exit code.
    """
    grace_s, stop_signal = float(sys.argv[1]), int(sys.argv[2])
    changed, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup)

    pid = start_server(sys.argv[3:])
    os.write(1, b"%d\n" % pid)
    status = wait_for(pid, changed, [0])
    if status is None:
        os.kill(pid, stop_signal)
        status = wait_for(pid, changed, [], grace_s)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    return abs(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    sys.exit(main())

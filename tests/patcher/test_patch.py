"""
patch() and unpatch(): what they accept, report and undo.
"""

import importlib
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from motorish import PatchError, green, patcher
from motorish.green import outside

WRONG = {
    "socket": "standard library",
    "asyncio": "standard library",
    "motorish": "event loop runs on it",
    "tornado": "event loop runs on it",
    "greenlet": "event loop runs on it",
    "pymongo.pool": "name 'pymongo'",
    "no_such_package": "no module of this name",
    "mysql-connector": "no module of this name",
}


@pytest.mark.parametrize("name", WRONG)
def test_names_that_cannot_be_patched(name: str) -> None:
    """
    The error names the package and says what to do; nothing is patched.
    """
    with pytest.raises(PatchError, match=WRONG[name]) as caught:
        patcher.patch("pytest_timeout", name)

    assert repr(name) in str(caught.value)
    assert "pytest_timeout" not in patcher.finder.packages


def test_modules_stand_for_their_packages(write: Callable[..., str]) -> None:
    """
    A module that is imported already can be given as it is; one inside a package means the package.
    """
    name = write("import time", inner="import time")
    module, inner = importlib.import_module(name), importlib.import_module(f"{name}.inner")

    for given in (module, inner):
        assert (name,) == patcher.patch(given).packages
        assert green.TWINS["time"] is module.time is inner.time
        patcher.unpatch(given)
        assert time is module.time is inner.time
    with pytest.raises(PatchError, match="the standard library stays as it is"):
        patcher.patch(time)


@pytest.mark.parametrize("given", [["pymysql"], None, 5, int])
def test_what_is_no_name(given: Any) -> None:
    """
    The error says what to write instead.
    """
    for function in (patcher.patch, patcher.unpatch):
        with pytest.raises(
            TypeError, match=r"give import names or modules.* motorish\.patch\('pymysql', 'redis'\)"
        ):
            function(given)


def test_on_loop_must_be_known() -> None:
    """
    A misspelt policy is a ValueError that lists the right ones.
    """
    with pytest.raises(ValueError, match="'warn', 'error', 'allow', not 'raise'"):
        patcher.patch("pymysql", on_loop="raise")  # type: ignore[arg-type]


def test_patching_twice_is_patching_once(write: Callable[..., str]) -> None:
    """
    The second patch changes nothing, and as a context manager undoes nothing but its policy.
    """
    name = write("import time\nlock = time.sleep")
    first = patcher.patch(name, on_loop="error")
    module = importlib.import_module(name)
    assert "error" == outside.policies[name]
    with patcher.patch(name, on_loop="allow") as second:
        assert "allow" == outside.policies[name]
    patcher.patch(name)

    assert (name,) == first.packages == second.packages
    assert "error" == outside.policies[name]
    assert green.TWINS["time"] is module.time
    with first:
        pass
    assert time is module.time
    assert name not in outside.policies


def test_a_context_unpatches_what_it_patched(write: Callable[..., str]) -> None:
    """
    Packages that were patched before stay patched.
    """
    outer, inner = write("import time"), write("import time")
    patcher.patch(outer)
    with patcher.patch(outer, inner):
        modules = [importlib.import_module(name) for name in (outer, inner)]
        assert [green.TWINS["time"]] * 2 == [module.time for module in modules]

    assert [green.TWINS["time"], time] == [module.time for module in modules]


def test_nothing_is_left_after_unpatch(write: Callable[..., str], alone: Callable[[str], None]) -> None:
    """
    Once no package is patched, the finder and the TLS dispatcher are gone.
    """
    one, two = write("import time"), write("import time")
    alone(
        f"""
        import ssl, time
        before = list(sys.meta_path), ssl.SSLContext.sslsocket_class
        patcher.patch({one!r}, {two!r})
        import {one}, {two}
        assert {one}.time is {two}.time is green.TWINS["time"]
        assert before != (sys.meta_path, ssl.SSLContext.sslsocket_class)
        patcher.unpatch({one!r}, "never_patched")
        assert {one}.time is time
        assert {two}.time is green.TWINS["time"]
        patcher.unpatch()
        assert {two}.time is time
        assert before == (sys.meta_path, ssl.SSLContext.sslsocket_class)
        """
    )


def test_the_report_reads_well(write: Callable[..., str]) -> None:
    """
    repr and str say what was patched and what escaped.
    """
    name = write("import threading\nthread = threading.Thread()")
    report = patcher.patch(name)

    assert f"<PatchReport of {name}: 0 escaped>" == repr(report)
    assert f"{name}: patched, nothing escaped" == str(report)
    patcher.unpatch(name)
    importlib.import_module(name)
    with pytest.warns(match="Call motorish.patch\\(\\) before"):
        report = patcher.patch(name)
    assert [f"{name}.thread: is a threading.Thread made before the patch"] == report.escaped
    assert f"{name}: patched, but 1 things stay blocking:\n  - {report.escaped[0]}" == str(report)
    assert report.escaped == patcher.patch(name).escaped  # and no second warning


def test_a_package_that_is_being_imported(write: Callable[..., str]) -> None:
    """
    patch() waits until another thread has imported the package, then reaches all of it.
    """
    name = write("import sys\nsys.entered.set()\nsys.go_on.wait()\nfrom time import sleep")
    entered, go_on = threading.Event(), threading.Event()
    sys.entered, sys.go_on = entered, go_on  # type: ignore[attr-defined]
    importing = threading.Thread(target=importlib.import_module, args=(name,))
    importing.start()
    entered.wait()
    patching = threading.Thread(target=patcher.patch, args=(name,))
    patching.start()
    go_on.set()
    patching.join()
    importing.join()

    assert green.TWINS["time"].sleep is sys.modules[name].sleep
    del sys.entered, sys.go_on  # type: ignore[attr-defined]


def test_a_directory_can_be_green(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    For `motorish run`: modules below a directory are green, what is installed in it is not.
    """
    installed = tmp_path / "venv" / "site-packages"
    installed.mkdir(parents=True)
    (installed / "installed_there.py").write_text("import time")
    (tmp_path / "script_there.py").write_text("import installed_there, time")
    monkeypatch.syspath_prepend(str(installed))
    monkeypatch.syspath_prepend(str(tmp_path))
    patcher.patch_directory(tmp_path)
    try:
        module = importlib.import_module("script_there")
    finally:
        patcher.unpatch_directory(tmp_path)
        sys.modules.pop("script_there")
        sys.modules.pop("installed_there")

    assert green.TWINS["time"] is module.time
    assert time is module.installed_there.time


def test_one_module_can_be_made_green(write: Callable[..., str]) -> None:
    """
    For `motorish run`: a module that is imported already, and belongs to no patched package.
    """
    module = importlib.import_module(write("import time\ndef f():\n    return g()\n"))

    assert [] == patcher.make_green(module)
    assert green.TWINS["time"] is module.time
    exec("def g():\n    import socket\n    return socket", vars(module))
    assert green.TWINS["socket"] is module.f()

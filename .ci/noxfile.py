"""
The tests on every CPython of this machine, with the oldest and the newest of what motorish stands on.

`make test-matrix` runs it; `ARGS="-s 'tests-3.13(newest)' -- -k socket"` chooses.
"""

import os
from configparser import ConfigParser
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ["3.11", "3.12", "3.13", "3.14", "3.15"]  # one that is not there is skipped, and nox says so

# What tells nothing new on another interpreter: checkers of types and of pages, plots, the browser, and what
# makes environments of its own or compiles (the drivers' own suites, old ODMs, mysqlclient).
ELSEWHERE = [
    "tests/types",
    "tests/upstream",
    "tests/integrations/odms",
    "tests/cli/test_stubs.py",
    "tests/drivers/mysql/test_mysqlclient.py",
    "tests/examples/test_chat_browser.py",
    "tests/test_benchmarks.py",
    "tests/test_site.py",
]
FAULTS_SCALE = "0.001"  # the repetitions of tests/faults: a tenth of what `make test` does

nox.options.envdir = ROOT / ".venv" / "nox"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


def add_pyenvs() -> None:
    """
    Put the Pythons of pyenv on PATH, the newest first: its shims work for chosen versions only.
    """
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [path for path in versions.glob("3.*") if path.name.replace(".", "").isdigit()]
    found.sort(key=lambda path: [int(part) for part in path.name.split(".")], reverse=True)
    os.environ["PATH"] = os.pathsep.join([*(str(path / "bin") for path in found), os.environ["PATH"]])


def core(versions: str) -> list[str]:
    """
    Return what pip is to install of the core's dependencies: exactly the lowest allowed, or the newest.
    """
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    required = setup["options"]["install_requires"].split()
    if versions == "newest":
        return ["--upgrade", *required]
    return [line.split(",")[0].replace(">=", "==") for line in required]


add_pyenvs()


@nox.session(python=PYTHONS)
@nox.parametrize("versions", ["lowest", "newest"], ids=["lowest", "newest"])
def tests(session: nox.Session, versions: str) -> None:
    """
    Run the tests that tell something about the interpreter; what follows `--` goes to pytest.
    """
    session.chdir(ROOT)
    session.install("--editable", ".[test,mongod,encryption]", "motor")
    session.install(*core(versions))
    ignored = [f"--ignore={path}" for path in ELSEWHERE]
    # As `make test` does: three at a time, then alone what measures time.
    for which in (
        ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "not alone"],
        ["-m", "alone"],
    ):
        command = ["pytest", "-p", "no:cacheprovider", f"--scale={FAULTS_SCALE}", *ignored, *which]
        session.run("python", "-m", *command, *session.posargs, success_codes=[0, 5])

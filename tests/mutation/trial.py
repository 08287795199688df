"""
Tests of a mutant, in a copy of the project.

The copy has the tests and the tools as well, so nothing that a test starts finds the original. A
process that has imported torch and pytest, and nothing of the project, forks for each trial. So a
mutant costs no start-up, and one that never ends is stopped.
"""

from __future__ import annotations

import importlib
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, process_time, sleep
from typing import Any, NamedTuple

import pytest

# Seconds between two looks at a process. One that is stopped from outside does not age.
TICK = 0.02


class Trial(NamedTuple):
    # The first test that has failed, or what has happened; empty if all have passed.
    found: str
    seconds: float


def files(root: Path) -> list[str]:
    """The files of a repository, also new ones, but not what is built."""
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    done = subprocess.run(listed, cwd=root, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.splitlines() if (root / name).is_file()]


class Copy:
    """A copy of the files of a project in a folder."""

    def __init__(self, root: Path, names: Iterable[str], folder: Path) -> None:
        self.folder = folder
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)

    @contextmanager
    def with_files(self, texts: dict[str, str]) -> Iterator[None]:
        """Files of the package have other texts."""
        paths = {self.folder / "labml_optim" / name: text for name, text in texts.items()}
        before = {path: path.read_text("utf-8") for path in paths}
        try:
            self.write(paths)
            yield
        finally:
            self.write(before)

    def write(self, texts: dict[Path, str]) -> None:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
            # Python knows a compiled file by its size and second only.
            for cached in path.parent.glob(f"__pycache__/{path.stem}.*"):
                cached.unlink()

    def test(self, tests: Sequence[str], limit: float, enough: float = math.inf) -> Trial:
        """Run these tests, in this order, until one fails, or as many as start in time."""
        files = [test.partition("::")[0] for test in tests]
        return self.forked(lambda: First().run(files, [Chosen(tests), Enough(enough)]), limit)

    def forked(self, task: Callable[[], str], limit: float) -> Trial:
        """What a task says in a process of its own, which finds this copy where it imports."""
        told = self.folder / "told.txt"
        told.unlink(missing_ok=True)
        begin = monotonic()
        child = os.fork()
        if not child:
            inside(self.folder, told, task, limit)
        late = waited(child, limit)
        found = told.read_text("utf-8") if told.exists() else "the process has died"
        return Trial(f"not done after {limit:.0f} s" if late else found, monotonic() - begin)


def waited(child: int, limit: float) -> bool:
    """Wait for a process to end, and end it with all that it has started. Whether it was late."""
    age = 0.0
    while age < limit:
        done, _ = os.waitpid(child, os.WNOHANG)
        if done:
            stop(child)
            return False
        sleep(TICK)
        age += TICK
    stop(child)
    os.waitpid(child, 0)
    return True


def stop(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass


def inside(folder: Path, told: Path, task: Callable[[], str], limit: float) -> None:
    """What the forked process does. It never returns."""
    try:
        os.setpgid(0, 0)
        # Sleeping is limited by whoever waits.
        resource.setrlimit(resource.RLIMIT_CPU, (int(4 * limit) + 1, int(4 * limit) + 2))
        output = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(output, stream)
        enter(folder)
        told.write_text(task(), encoding="utf-8")
    except BaseException:
        told.write_text(traceback.format_exc().strip().rpartition("\n")[2], encoding="utf-8")
    finally:
        os._exit(0)


def enter(folder: Path) -> None:
    """Let this process, and those that it starts, import the copy."""
    os.chdir(folder)
    first = [str(folder), str(folder / "tools")]
    sys.path[:] = [*first, *(path for path in sys.path if path not in ("", *first))]
    os.environ["PYTHONPATH"] = os.pathsep.join(first)
    os.environ["LABML_OPTIM_CACHE_DIR"] = str(folder / "kernels")
    # They would be looked for in each process, and none of them is needed.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    importlib.invalidate_caches()
    # Nothing of the project is imported where this is run from, but for its own test.
    for name in [name for name in sys.modules if name.split(".")[0] in ("labml_optim", "checks")]:
        del sys.modules[name]


class First:
    """Remembers the first test that fails."""

    def __init__(self) -> None:
        self.found = ""

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.found = self.found or f"{report.nodeid} cannot be imported"

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.found = self.found or report.nodeid

    def run(self, files: Iterable[str], more: Sequence[object] = (), stop: bool = True) -> str:
        """The first test of these files that fails, with other plugins beside this one."""
        flags = ["-q", "-p", "no:cacheprovider", *(["-x"] if stop else [])]
        status = pytest.main([*flags, *dict.fromkeys(files)], plugins=[self, *more])
        # Imported by now, from the copy and from nowhere else.
        package = sys.modules.get("labml_optim")
        if package and not str(package.__file__).startswith(os.getcwd()):
            raise RuntimeError(f"the tests import {package.__file__}")
        if status == pytest.ExitCode.NO_TESTS_COLLECTED and not self.found:
            raise LookupError("none of these tests is there")
        return self.found or ("" if status == pytest.ExitCode.OK else f"pytest ends with {status}")


class Chosen:
    """Runs some tests only, in this order; a function without its parameters means all of them."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {name: number for number, name in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = [(self.place(item.nodeid), item) for item in items]
        chosen = [pair for pair in found if pair[0] is not None]
        items[:] = [item for _, item in sorted(chosen, key=lambda pair: pair[0])]

    def place(self, name: str) -> int | None:
        return self.order.get(name, self.order.get(name.partition("[")[0]))


class Enough:
    """Starts no test once the process has used so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> bool | None:
        return True if process_time() > self.seconds else None


class Spread:
    """Of each test function with many parameters, so many of its tests, evenly spread."""

    def __init__(self, count: int) -> None:
        self.count = count

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        groups: dict[str, list[pytest.Item]] = {}
        for item in items:
            groups.setdefault(item.nodeid.partition("[")[0], []).append(item)
        kept = {
            id(group[n * len(group) // self.count])
            for group in groups.values()
            for n in range(self.count)
        }
        items[:] = [item for item in items if id(item) in kept]

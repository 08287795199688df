"""
# What the user's code raises

The check runs code that is not its own. Where that raises, the message shows frames of the user's
code, and none of the checker's.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import FrameSummary, StackSummary, TracebackException, extract_tb
from typing import NoReturn

_TOOL = str(Path(__file__).parents[1])
_LIBRARIES = {
    "<",
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
}


@contextmanager
def no_silent_exit() -> Iterator[None]:
    """
    While this lasts, `os._exit` raises `SystemExit` here as `sys.exit` does. It would end the check
    with no word, and with a status that the user's code has chosen. A process that is forked
    meanwhile ends as ever.
    """
    leave, own, lasts = os._exit, os.getpid(), True

    def refuse(status: int) -> NoReturn:
        if lasts and os.getpid() == own:
            raise SystemExit(f"os._exit({status})")
        leave(status)

    os._exit = refuse
    try:
        yield
    finally:
        lasts = False
        os._exit = leave


def where(error: BaseException) -> str:
    """The line of the user's code that raised an error, as `runs.py:12`; empty if none did."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(error.filename)}:{error.lineno}"
    frames = _own(extract_tb(error.__traceback__))
    nearest = [f for f in frames if not f.filename.startswith(tuple(_LIBRARIES))] or frames
    return f"{_shown(nearest[-1].filename)}:{nearest[-1].lineno}" if nearest else ""


def traceback(error: BaseException) -> str:
    """The traceback as Python would print it, with frames of the user's code alone."""
    whole = found = TracebackException.from_exception(error)
    while True:
        found.stack = StackSummary.from_list(_own(found.stack))
        cause = found.__cause__ or found.__context__
        if cause is None:
            return "".join(whole.format()).rstrip()
        found = cause


def imported() -> set[Path]:
    """The files below this folder that have been imported, libraries left out."""
    names = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
    outside = (_TOOL, *_LIBRARIES)
    found = {Path(name).resolve() for name in names if name and not name.startswith(outside)}
    return {path for path in found if path.is_relative_to(Path.cwd()) and path.is_file()}


def _own(frames: Iterable[FrameSummary]) -> list[FrameSummary]:
    return [f for f in frames if not f.filename.startswith((_TOOL, "<frozen importlib"))]


def _shown(name: str) -> str:
    """The path from here, if it is below."""
    path = Path(name)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else name

"""
A plugin of pytest that finds out which tests run which lines of the package.

With this map a mutant is shown to the tests that run its line, the quickest first. What a test runs
in another process is not seen.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections import defaultdict
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest


def processor() -> float:
    """Seconds of the processor, also those of processes that have ended."""
    return sum(os.times()[:4])


class Covering:
    """`package` is the folder whose lines count; the map is written to `target`."""

    def __init__(self, package: Path, target: Path) -> None:
        self.package, self.target = package, target
        self.files: dict[CodeType, str] = {}
        self.lines: dict[str, set[int]] = defaultdict(set)
        self.found: dict[str, Any] = {}
        self.failed: set[str] = set()

    def file(self, code: CodeType) -> str:
        """The name of a file within the package; empty for all others."""
        path = Path(code.co_filename)
        inside = self.package in path.parents
        return self.files.setdefault(code, str(path.relative_to(self.package)) if inside else "")

    def enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        known = self.files.get(frame.f_code)
        name = self.file(frame.f_code) if known is None else known
        if not name:
            return None
        lines = self.lines[name]

        def step(frame: FrameType, event: str, argument: Any) -> Any:
            lines.add(frame.f_lineno)
            return step

        return step(frame, event, argument)

    def forget(self) -> None:
        """What the package does once, each test does."""
        for name, module in list(sys.modules.items()):
            if name.startswith(self.package.name):
                for value in list(vars(module).values()):
                    if isinstance(value, _lru_cache_wrapper):
                        value.cache_clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.lines.clear()
        self.forget()
        begin = processor()
        threading.settrace(self.enter)
        sys.settrace(self.enter)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            lines = {name: sorted(found) for name, found in self.lines.items()}
            self.found[item.nodeid] = {"seconds": processor() - begin, "lines": lines}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        for name, found in self.found.items():
            found["failed"] = name in self.failed
        self.target.write_text(json.dumps(self.found), encoding="utf-8")

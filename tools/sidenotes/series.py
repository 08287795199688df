r"""
# Data for a plot

A figure is drawn from a file of rows, one JSON object on each line. A program has written it; what
it measured is not typed in by hand. Each row is one bar:

| | |
|---|---|
| `figure` | a file may hold several |
| `panel` | bars of one panel share a scale |
| `label` | a text; the same one in several panels is one row of the figure |
| `value` | a number, not below zero |
| `low`, `high` | optional: where most of the measurements lie |
| `unit`, `note` | optional: texts behind the number |
| `at_most`, `at_least` | optional: a goal |
| `mark` | optional: `true` for a bar that stands out |

A row with `about` alone is an object of names and values: on what all this was measured.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from .errors import PageError, near


@dataclass(frozen=True)
class Bar:
    figure: str
    panel: str
    label: str
    value: float
    low: float | None = None
    high: float | None = None
    unit: str = ""
    note: str = ""
    at_most: float | None = None
    at_least: float | None = None
    mark: bool = False

    @property
    def goal(self) -> float | None:
        return self.at_least if self.at_most is None else self.at_most

    @property
    def reached(self) -> bool:
        above = self.at_most is not None and self.value > self.at_most
        return not above and (self.at_least is None or self.value >= self.at_least)


@dataclass(frozen=True)
class Data:
    bars: list[Bar] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)

    def figure(self, name: str) -> list[Bar]:
        """The bars of a figure, or all of them if no name is given."""
        return [bar for bar in self.bars if name in ("", bar.figure)]


def load(path: Path, name: str) -> Data:
    """Read a file, which errors call by this name."""
    return _load(path, name, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _load(path: Path, name: str, changed: int) -> Data:
    data, seen = Data(), set()
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise PageError(f"{name}: not UTF-8: {error}") from error
    for number, line in enumerate(lines, 1):
        where = f"{name}, line {number}"
        row = _row(line, where) if line.strip() else None
        if isinstance(row, Bar):
            place = row.figure, row.panel, row.label
            if place in seen:
                raise PageError(f"{where}: a second bar for '{row.label}' in its panel")
            seen.add(place)
            data.bars.append(row)
        elif row:
            data.about.update(row)
    return data


def _row(line: str, where: str) -> Bar | dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise PageError(f"{where}: not JSON: {error}") from error
    if not isinstance(row, dict):
        raise PageError(f"{where}: not an object, but {line.strip()}")
    if row.keys() == {"about"} and isinstance(row["about"], dict):
        return row["about"]
    _refuse_keys(row, where)
    for key, value in row.items():
        kind = Bar.__annotations__[key].partition(" ")[0]
        if not _fits(kind, value):
            wanted = {"str": "a text", "float": "a number from 0 on", "bool": "true or false"}[kind]
            raise PageError(f"{where}: '{key}' is not {wanted}: {value!r}")
    bar = Bar(**row)
    if not (0 if bar.low is None else bar.low) <= bar.value <= (bar.high or bar.value):
        raise PageError(f"{where}: 'value' is not between 'low' and 'high'")
    return bar


def _refuse_keys(row: dict[str, Any], where: str) -> None:
    known = [each.name for each in fields(Bar)]
    for key in row:
        if key not in known:
            raise PageError(f"{where}: unknown key '{key}'{near(key, known)}")
    for key in ("figure", "panel", "label", "value"):
        if key not in row:
            raise PageError(f"{where}: '{key}' is missing")


def _fits(kind: str, value: Any) -> bool:
    if kind != "float":
        return type(value).__name__ == kind
    return type(value) in (int, float) and isfinite(value) and value >= 0

"""
# The figures, as rows

One row is one bar: a value, the quartiles around it, and what was to be reached. A file of rows,
one JSON object per line, is what the site plots; before them stands a line that says on what they
were measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from clock import spread


@dataclass(frozen=True)
class Row:
    """
    * `figure` and `panel` are where it stands, `label` what it is called there
    * `value` is a median, `low` and `high` are the quartiles
    * `at_most` and `at_least` are goals
    * `note` is a word on it, `mark` says that it is ours
    """

    figure: str
    panel: str
    label: str
    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""
    mark: bool = False


def row(figure: str, panel: str, label: str, values: Sequence[float], **more: Any) -> Row:
    """The row for many measurements of the same."""
    low, middle, high = (rounded(value) for value in spread(values))
    return Row(figure, panel, label, middle, low=low, high=high, **more)


def rounded(value: float) -> float:
    """To three digits; not fewer before the point."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))


def write(path: Path, about: dict[str, Any], rows: Iterable[Row]) -> None:
    """What is not said is left out."""
    lines = [{"about": about}]
    for each in rows:
        lines.append({k: v for k, v in asdict(each).items() if v not in (None, "", False)})
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def table(rows: Sequence[Row]) -> str:
    """All figures, for people."""
    lines, before = [], ("", "")
    width = max(len(each.label) for each in rows)
    for each in rows:
        if (each.figure, each.panel) != before:
            before = each.figure, each.panel
            lines += ["", f"{each.figure}: {each.panel}"]
        lines.append(f"  {each.label:{width}}  {words(each)}".rstrip())
    return "\n".join(lines[1:])


def words(row: Row) -> str:
    parts = [f"{row.value:8g} {row.unit:7}"]
    parts.append(f"({row.low:g} to {row.high:g})".ljust(18) if row.low is not None else "")
    for goal, words, reached in (
        (row.at_most, "at most", row.value <= (row.at_most or 0)),
        (row.at_least, "at least", row.value >= (row.at_least or 0)),
    ):
        if goal is not None:
            parts.append(f"{words} {goal:g}: {'reached' if reached else 'MISSED'}")
    return "  ".join([*parts, row.note])

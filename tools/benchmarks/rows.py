r"""
# The figures, as rows

One row is one bar of a plot: a value, the quartiles around it, and a goal. They are kept in a file,
one JSON object on each line, which [the site plots](bars.py). The first line of the file says on
what they were measured.

| | |
|---|---|
| `figure` | a file holds several |
| `panel` | bars of one panel share a scale |
| `label` | the same label in several panels is one row of the plot |
| `value` | a median, not below zero |
| `low`, `high` | the quartiles |
| `unit`, `note` | texts behind the number |
| `at_most`, `at_least` | a goal |
| `mark` | whether the bar is ours |
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.clock import spread


@dataclass(frozen=True)
class Row:
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

    @property
    def goal(self) -> float | None:
        return self.at_least if self.at_most is None else self.at_most

    @property
    def reached(self) -> bool:
        most = self.at_most is None or self.value <= self.at_most
        return most and (self.at_least is None or self.value >= self.at_least)


def row(figure: str, panel: str, label: str, values: Sequence[float], **more: Any) -> Row:
    """The row for many measurements of the same."""
    low, middle, high = (rounded(value) for value in spread(values))
    return Row(figure, panel, label, middle, low=low, high=high, **more)


def rounded(value: float) -> float:
    """To three digits; not fewer before the point."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))


# ## The file


class Data(NamedTuple):
    """The rows of a file, and on what they were measured."""

    rows: list[Row]
    about: dict[str, Any]

    def figure(self, name: str) -> list[Row]:
        """The rows of a figure, or all of them if no name is given."""
        return [row for row in self.rows if name in ("", row.figure)]


def write(path: Path, about: dict[str, Any], rows: Iterable[Row]) -> None:
    """Write the file. Fields that are empty are left out."""
    lines = [{"about": about}]
    for each in rows:
        lines.append({k: v for k, v in asdict(each).items() if v not in (None, "", False)})
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def load(path: Path) -> Data:
    """Read the file. `ValueError` with the line of what is not a row."""
    data = Data([], {})
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found = json.loads(line)
            data.about.update(found.pop("about", {}))
            data.rows.extend([Row(**found)] if found else [])
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return data


# ## The table


def table(rows: Sequence[Row]) -> str:
    """All figures, for the terminal."""
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
    if row.goal is not None:
        bound = "at least" if row.at_most is None else "at most"
        parts.append(f"{bound} {row.goal:g}: {'reached' if row.reached else 'MISSED'}")
    return "  ".join([*parts, row.note])

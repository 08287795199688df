"""
# What was found, as rows

A file has one object of JSON on each line. The first says on what was run, when, and how long it
took; each other one is a contestant on a network with a budget.

| | |
|---|---|
| `network`, `contestant`, `budget` | which; the budget is the number of steps |
| `rate` | the best of the grid on the tuning seeds |
| `tuned` | for each rate the loss there, geometric mean; `null` where it was not finite |
| `loss`, `error` | on test data, for each seed, with that rate |
| `curve` | validation losses: for each step that was measured, those of the seeds |
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data/digits.jsonl"


@dataclass(frozen=True)
class Row:
    network: str
    contestant: str
    budget: int
    rate: float
    tuned: dict[str, float | None]
    loss: list[float]
    error: list[float]
    curve: dict[str, list[float]]


class Results(NamedTuple):
    about: dict[str, Any]
    rows: list[Row]

    def row(self, network: str, contestant: str, budget: int) -> Row:
        """The one row; a `KeyError` if there is none."""
        for row in self.rows:
            if (row.network, row.contestant, row.budget) == (network, contestant, budget):
                return row
        raise KeyError(f"{network}, {contestant}, {budget} steps")


def write(path: Path, results: Results) -> None:
    lines: list[dict[str, Any]] = [results.about, *(asdict(row) for row in results.rows)]
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def load(path: Path = DATA) -> Results:
    about, *rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return Results(about, [Row(**row) for row in rows])


def rounded(values: Iterable[float]) -> list[float]:
    """To five digits: the file is read by people, too."""
    return [float(f"{value:.5g}") for value in values]

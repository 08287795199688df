r"""
# The figures of the peers, as rows

One row is one pair of calls, an object of JSON on a line of its own.

| | |
|---|---|
| `peer` | what pip calls the package |
| `versions` | with which versions it ran |
| `theirs`, `ours` | the calls, as they were evaluated |
| `as_called` | how far apart the parameters are at most, over all steps |
| `visible` | the same with numbers that make $\epsilon$ visible |
| `writes` | whether theirs writes into the gradient that it is given |
| `single` | whether theirs keeps its hyper-parameters in float32, where 0.9 is another number |
| `apart` | why no call of ours makes the same steps |
| `note` | what is remarkable all the same |
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

DATA = Path(__file__).parents[1] / "data/peers.jsonl"
# What rounding makes of 200 steps of about 0.01, from numbers of about 1, in float64; and what
# hyper-parameters make of it that are rounded to float32.
ROUNDING, ROUNDED_NUMBERS = 1e-12, 1e-6


@dataclass(frozen=True)
class Row:
    peer: str
    versions: dict[str, str]
    theirs: str
    ours: str
    as_called: float
    visible: float
    writes: bool = False
    single: bool = False
    apart: str = ""
    note: str = ""

    @property
    def largest(self) -> float:
        return max(self.as_called, self.visible)

    @property
    def same(self) -> bool:
        rounding = ROUNDED_NUMBERS if self.single else ROUNDING
        return self.as_called <= rounding and self.visible <= ROUNDING


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write the file, whole or not at all. Fields that are empty are left out."""
    lines = ({k: v for k, v in asdict(row).items() if v != "" and v is not False} for row in rows)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def load(path: Path) -> list[Row]:
    """Read the file. `ValueError` with the line of what is not a row."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(Row(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path.name}, line {number}: {error}") from error
    return rows


def merged(before: Sequence[Row], found: Sequence[Row], order: Sequence[str]) -> list[Row]:
    """What was found, and what is known from before of those that were not run, in this order."""
    run = {row.peer for row in found}
    rows = [*found, *(row for row in before if row.peer not in run)]
    return sorted(rows, key=lambda row: order.index(row.peer) if row.peer in order else len(order))


# ## The table


def table(rows: Sequence[Row], run: Container[str]) -> str:
    """All rows, for the terminal."""
    lines = []
    for peer in dict.fromkeys(row.peer for row in rows):
        of_peer = [row for row in rows if row.peer == peer]
        known = "" if peer in run else ", from an earlier run"
        lines += ["", f"{named(of_peer[0].versions)}{known}"]
        for row in of_peer:
            lines += [f"  {row.theirs}", f"    {row.ours}", f"      {said(row)}"]
    return "\n".join(lines[1:])


def named(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def said(row: Row) -> str:
    found = f"{row.as_called:.1e} as called, {row.visible:.1e} with a visible epsilon"
    words = ["" if row.same else "APART", row.apart, row.note]
    words.append("writes into the gradient" if row.writes else "")
    words.append("its hyper-parameters are float32" if row.single else "")
    return "; ".join([found, *filter(None, words)])

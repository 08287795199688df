"""
# The table at the end

The machine, a line for each check, and below it what failed, in full.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from labml_optim.verify.check import Row

HEAD = ("check", "of", "on", "", "largest error", "allowed", "")


@dataclass(frozen=True)
class Results:
    machine: dict[str, str]
    rows: Sequence[Row]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing failed, and something was checked at all."""
        states = {row.state for row in self.rows}
        return "passed" in states and "failed" not in states

    def summary(self) -> str:
        found = Counter(row.state for row in self.rows)
        counts = [f"{found[state]} {state}" for state in ("passed", "failed", "not available")]
        return f"{', '.join(counts)}; {self.seconds:.0f} s"

    def text(self) -> str:
        about = [(name, value) for name, value in self.machine.items()]
        lines = [HEAD, *map(cells, self.rows)]
        failed = [
            f"FAILED: {row.check} of {row.subject} on {row.device}: {row.detail}"
            for row in self.rows
            if row.state == "failed"
        ]
        return "\n".join([*aligned(about), "", *aligned(lines), "", *failed, self.summary()])

    def write(self, path: Path) -> None:
        """Write all of it as JSON. The file is there in whole, or as it was before."""
        content = {
            "passed": self.passed,
            "seconds": round(self.seconds, 1),
            "machine": self.machine,
            "rows": [
                {key: plain(value) for key, value in asdict(row).items()} for row in self.rows
            ],
        }
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1, allow_nan=False)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def plain(value: Any) -> Any:
    """JSON has no infinity, and no number that is none."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def cells(row: Row) -> tuple[str, ...]:
    numbers = ("" if n is None else f"{n:.2g}" for n in (row.error, row.allowed))
    return (row.check, row.subject, row.device, row.state, *numbers, row.detail.partition("\n")[0])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns, each as wide as its widest cell; the last one is as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]

r"""
# The mark beside a checked formula

`sidenotes check --json FILE` writes down what became of each formula. With that file as the option
`checked`, the pages carry it: a small sign beside a formula, and behind the sign what was done.

| sign | says |
|---|---|
| ✓ | the formula was compared with what the code does |
| ∴ | a derivation, and a test backs it |
| ? | nothing tests it |

The report is of a text, and speaks for no other: where a file has changed since, its formulas are
bare until it is checked again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from .errors import PageError

SIGNS = {"claim": "✓", "row": "✓", "definition": "✓", "derivation": "∴"}


@dataclass(frozen=True)
class Marks:
    """What a report says; nothing, if there is none."""

    report: dict[str, Any]

    def mark(self, path: str, text: str, line: int, tex: str) -> str:
        """The mark for a display that begins on a line of a file, if it has that text."""
        file = self.report.get("files", {}).get(path)
        if not file or file["sha256"] != sha256(text.encode()).hexdigest():
            return ""
        # Its rows are formulas of their own.
        lines = range(line, line + tex.count("\n") + 3)
        found = [
            f for f in file["formulas"] if f["line"] in lines and _bare(f["tex"]) in _bare(tex)
        ]
        if not found:
            return ""
        tested = all(each["state"] == "passed" for each in found)
        sign = SIGNS[found[0]["kind"]] if tested else "?"
        label = {"✓": "Checked against the code", "∴": "A derivation", "?": "Not checked"}[sign]
        return (
            f'<details class="sn-mark"><summary aria-label="{label}" title="{label}">{sign}'
            f"</summary><span>{self._words(found, sign)}</span></details>"
        )

    def totals(self) -> str:
        """One sentence on all files, for a page that speaks of the whole."""
        if not self.report:
            return "In this build of the site the formulas were not checked."
        counts = [file["counts"] for file in self.report["files"].values()]
        sums = {name: sum(count[name] for count in counts) for name in counts[0]}
        worst = max(f["error"] for file in self.report["files"].values() for f in file["formulas"])
        return (
            f"{sums['passed']} formulas, {sums['claims']} of them beside their line and"
            f" {sums['rows']} rows of algorithms, were compared with the running code in"
            f" {self.report['runs']} runs. The largest relative error was {worst:.0e}."
            f" {sums['derivations']} derivations are backed by tests or evaluated,"
            f" {sums['unchecked']} formulas are unchecked."
        )

    def _words(self, found: list[dict[str, Any]], sign: str) -> str:
        kind, about = found[0]["kind"], self.report["about"]
        checks, runs = sum(f["checks"] for f in found), max(f["runs"] for f in found)
        if sign == "?":
            return "Nothing tests this formula."
        if kind == "definition":
            return "A claim beside the code says the same, and holds."
        if kind == "derivation" and not checks:
            return "A derivation. The example that follows is run as a test."
        if kind == "claim":
            flags = found[0]["flags"]
            which = f", as {', '.join(flags)} decides" if flags else ", with all flags on and off"
            made = f"<code>{escape(found[0]['remark'])}</code>"
            what = f"Compared with {made} in the running code: {checks:,} times, in"
            what += f" {runs} runs of {', '.join(found[0]['subjects'])}{which}."
        elif kind == "row":
            what = f"Run as a program beside the optimizer, over the same gradients: {runs} runs."
            what += (
                " After every step, what it made was compared with the parameters and the state."
            )
        else:
            what = f"Evaluated {checks:,} times, in {runs} runs of the algorithm."
        error = max(f["error"] for f in found)
        what += f" The largest relative error was {error:.1g}." if error else " No difference."
        return f"{what} {escape(', '.join(f'{name} {value}' for name, value in about.items()))}."


def _bare(tex: str) -> str:
    return "".join(tex.split())


@lru_cache(maxsize=4)
def _load(path: Path, changed: int) -> Marks:
    return Marks(json.loads(path.read_text(encoding="utf-8")))


def load(root: Path, name: str) -> Marks:
    """The report at `name`, or none if the option is empty or nobody has made one."""
    path = root / name
    if not name or not path.is_file():
        return Marks({})
    try:
        return _load(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise PageError(f"{path.as_posix()}: not a report of 'sidenotes check': {error}") from error

r"""
# The mark beside a checked formula

`sidenotes check --json FILE` writes down what became of each formula. With that file as the option
`checked`, the pages carry it: a small sign beside a formula, and behind the sign what was done.

| sign | says |
|---|---|
| ✓ | the formula was compared with what the code does |
| ∴ | a derivation: it was evaluated, or a test backs it |
| “ | an opinion |
| ? | nothing tests it |
| ✗ | it does not hold |

The report is of a text, and speaks for no other: where a file has changed since, its formulas are
bare until it is checked again. `make site` builds no site from a report with failures; `make serve`
does, so that the author sees where they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ..errors import PageError

SIGNS = {"claim": "✓", "row": "✓", "definition": "✓", "derivation": "∴", "opinion": "“"}
LABELS = {
    "✓": "Checked against the code",
    "∴": "A derivation",
    "“": "An opinion",
    "?": "Not checked",
    "✗": "Does not hold",
}
UNTESTED = "Nothing tests this formula."


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
        states = {each["state"] for each in found}
        worst = {"failed": "✗", "unchecked": "?"}
        signs = [worst[state] for state in worst if state in states]
        sign = [*signs, SIGNS[found[0]["kind"]]][0]
        kind, label = "sn-mark sn-wrong" if sign == "✗" else "sn-mark", LABELS[sign]
        return (
            f'<details class="{kind}"{" open" * (sign == "✗")}>'
            f'<summary aria-label="{label}" title="{label}">{sign}</summary>'
            f"<span>{self._words(found, sign)}</span></details>"
        )

    def totals(self) -> str:
        """One sentence on all files, for a page that speaks of the whole."""
        if not self.report:
            return "In this build of the site the formulas were not checked."
        counts = [file["counts"] for file in self.report["files"].values()]
        sums = {name: sum(count[name] for count in counts) for name in counts[0]}
        every = [f for file in self.report["files"].values() for f in file["formulas"]]
        worst = max(f["error"] for f in every)
        failed = sum(f["state"] == "failed" for f in every)
        beside = sum(f["state"] == "passed" and f["kind"] == "claim" for f in every)
        return (
            f"{sums['passed']} formulas, {beside} of them beside their line and"
            f" {sums['rows']} rows of algorithms, were compared with the running code in"
            f" {self.report['runs']} runs. The largest relative error was {worst:.0e}."
            f" Of {sums['derivations']} equations in derivations, {sums['compared']} were evaluated"
            f" and {sums['backed']} are backed by a test alone. {sums['unchecked']} formulas are"
            f" unchecked, and {sums['opinions']} are opinions."
            + f" {failed} formulas do not hold."
            * bool(failed)
        )

    def _words(self, found: list[dict[str, Any]], sign: str) -> str:
        kind, about = found[0]["kind"], self.report["about"]
        checks, runs = sum(f["checks"] for f in found), max(f["runs"] for f in found)
        if sign == "✗":
            problems = [escape(f["problem"]) for f in found if f["problem"]]
            return "<br>".join(problems).replace("\n", "<br>")
        if sign == "?":
            reasons = [f["remark"] for f in found if f["state"] == "unchecked" and f["remark"]]
            return f"Not checked here: {escape(reasons[0])}" if reasons else UNTESTED
        if kind == "opinion":
            return "What the author thinks. Nothing tests it."
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
            by = f"<code>{escape(found[0]['remark'])}</code>, which the example below defines"
            by = by if found[0]["remark"] else "what the algorithm makes"
            what = f"Compared with {by}: {checks:,} times."
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

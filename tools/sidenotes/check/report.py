r"""
# The report

A table for people, and JSON for programs and for the pages. Each file with formulas is a row of the
table, which counts the formulas of each [kind](claims/__init__.py) and what became of them:

| column | counts |
|---|---|
| passed | formulas that hold |
| proved | those of them that are [proved](proof/__init__.py) for every value |
| said | equations and comparisons within a line that nothing could evaluate |
| unchecked | what nothing tests; a problem, unless the reason is that the code cannot run here |
| failed | formulas that do not hold, or cannot be read |

For each display there is a badge: a sign, its label, and the words that it opens. An algorithm that
a page is to run, and that holds, stands in the report [as data](algorithm/export.py).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from ..languages.files import text_of
from .checker import Outcome
from .claims.assertion import Assertion, Result, counted
from .claims.reading import pages
from .claims.registry import KINDS
from .problems import Place, Problem, one_line

STATES = ("passed", "proved", "said", "unchecked", "failed")
HEADS = [*(kind.plural for kind in KINDS), *STATES]
LABELS = {"✗": "Does not hold", "?": "Not checked", "∎": "Proved for every value"}
PROVED = (
    "Proved: on exact numbers it holds for every state and gradient, all hyper-parameters and t."
)


class Report:
    """
    What the files state, with what became of it. `about` names versions, and the device; `inputs`
    are the files that the results depend on.
    """

    def __init__(
        self, outcome: Outcome, about: Mapping[str, str], inputs: Collection[Path] = ()
    ) -> None:
        self.outcome, self.about, self.inputs = outcome, about, inputs
        self.files = {str(path): results(found) for path, found in outcome.files.items() if found}
        self.every = [result for found in self.files.values() for result in found]

    # ## The table

    def table(self) -> str:
        """The table, what cannot be checked here, and how it was done."""
        body = [(name, *counts(found).values()) for name, found in self.files.items()]
        rows = [("file", *HEADS), *body, ("total", *counts(self.every).values())]
        width = max(len(str(row[0])) for row in rows)
        lines = [
            "  ".join([str(name).ljust(width), *_aligned(cells)]).rstrip() for name, *cells in rows
        ]
        rule = "-" * len(lines[0])
        left = [
            f"unchecked: {name}:{result.line}: {one_line(result.tex)}\n    {result.remark}"
            for name, found in self.files.items()
            for result in found
            if result.state == "unchecked" and not result.problem
        ]
        return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], "", *left, *self._how()])

    def _how(self) -> Iterator[str]:
        checks: Counter[str] = Counter()
        for result in self.every:
            checks[result.kind] += result.checks
        parts = [f"{checks[k.name]} checks of {k.plural}" for k in KINDS if checks[k.name]]
        yield ", ".join([f"{self.outcome.runs} runs", *parts])
        if self.outcome.proved:
            yield str(self.outcome.proved)
        yield f"largest relative error {self.error:.1e}"
        seconds = [f"{name} {value:.2f} s" for name, value in self.outcome.seconds.items()]
        yield ", ".join([*seconds, *(f"{name} {value}" for name, value in self.about.items())])

    @property
    def error(self) -> float:
        return max((result.error for result in self.every), default=0.0)

    def stated(self) -> list[str]:
        """Every formula that is not only said, in a line of text each: file, kind, TeX."""
        return [
            f"{Path(name).as_posix()}: {result.kind}: {' '.join(result.tex.split())}"
            for name, found in self.files.items()
            for result in found
            if result.state != "said"
        ]

    # ## JSON

    def as_json(self) -> str:
        """All of it: what a page shows beside its formulas, and more for other programs."""
        return json.dumps(
            {
                "about": dict(self.about),
                "runs": self.outcome.runs,
                "seconds": {name: round(x, 3) for name, x in self.outcome.seconds.items()},
                "summary": self.summary(),
                "inputs": {
                    Path(os.path.relpath(path)).as_posix(): sha256(path.read_bytes()).hexdigest()
                    for path in self.inputs
                },
                "files": {
                    str(path): self._file(path, found) for path, found in self.outcome.files.items()
                },
                "problems": [_problem(problem) for problem in self.outcome.problems],
            },
            indent=1,
        )

    def _file(self, path: Path, found: Sequence[Assertion]) -> dict[str, Any]:
        own = results(found)
        text = pages.read(path) if pages.is_page(path) else text_of(path)
        return {
            "sha256": sha256(text.encode()).hexdigest(),
            "counts": counts(own),
            "formulas": [asdict(each) for each in own],
            "badges": list(self._badges(found)),
            "panels": [panel for each in found if (panel := each.panel())],
        }

    def summary(self) -> str:
        """For a page that speaks of the whole, which may show the first sentence alone."""
        states: Counter[str] = Counter(result.state for result in self.every)
        kinds = Counter(result.kind for result in self.every if result.state == "passed")
        parts = [counted(kinds[kind.name], kind.name) for kind in KINDS if kinds[kind.name]]
        proved = sum(result.proved for result in self.every)
        among = f", {proved:,} for every value" * bool(proved)
        verb = "is" if states["said"] == 1 else "are"
        said = f"; {states['said']:,} within a line {verb} not checked" * bool(states["said"])
        text = (
            f"{counted(states['passed'], 'formula')} hold in"
            f" {counted(self.outcome.runs, 'run')}{among}{said}."
            f" Those that hold: {', '.join(parts)}."
            f" The largest relative error was {self.error:.0e}."
        )
        others = {
            "unchecked": "Unchecked",
            "opinion": "Opinions",
            "failed": "Wrong",
        }
        more = [f" {words}: {states[state]}." for state, words in others.items() if states[state]]
        return "".join([text, *more])

    def _badges(self, found: Sequence[Assertion]) -> Iterator[dict[str, Any]]:
        """The badge of each display."""
        displays = [assertion for assertion in found if assertion.formula.display]
        ordered = sorted(displays, key=lambda assertion: assertion.formula.place.line)
        for formula, group in groupby(ordered, key=lambda assertion: assertion.formula):
            own = list(group)
            kind, those = own[0].kind, results(own)
            sign, label, words = self._badge(kind, those)
            place = formula.place
            yield {"line": place.line, "tex": place.tex, "sign": sign, "label": label} | {
                "words": words,
                "wrong": sign == "✗",
            }

    def _badge(self, kind: type[Assertion], found: Sequence[Result]) -> tuple[str, str, str]:
        states = {result.state for result in found}
        if "failed" in states:
            problems = [result.problem for result in found if result.problem]
            return "✗", LABELS["✗"], "\n".join(dict.fromkeys(problems))
        if "unchecked" in states:
            reasons = [r.problem or r.remark for r in found if r.state == "unchecked"]
            return "?", LABELS["?"], f"Not checked here: {reasons[0]}"
        words = f"{kind.words(found)}{self._accuracy(found)}"
        if all(result.proved for result in found):
            return "∎", LABELS["∎"], f"{PROVED} {words}"
        return kind.sign, kind.label, words

    def _accuracy(self, found: Sequence[Result]) -> str:
        """How near the values came, where some were compared, and with what they were computed."""
        if not any(result.checks for result in found):
            return ""
        error = max(result.error for result in found)
        text = f"The largest relative error was {error:.1g}." if error else "No difference."
        return f" {text} {', '.join(f'{name} {value}' for name, value in self.about.items())}."


def results(found: Sequence[Assertion]) -> list[Result]:
    """All that became of the formulas of a file, in the order of the file."""
    every = (result for assertion in found for result in assertion.results())
    return sorted(every, key=lambda result: result.line)


def counts(found: Sequence[Result]) -> dict[str, int]:
    """The numbers of the table, in its order."""
    kinds = Counter(result.kind for result in found)
    states: Counter[str] = Counter(result.state for result in found)
    by_kind = {kind.plural: kinds[kind.name] for kind in KINDS}
    states["proved"] = sum(result.proved for result in found)
    return {**by_kind, **{state: states[state] for state in STATES}}


def _aligned(cells: Sequence[object]) -> Iterator[str]:
    return (str(cell).rjust(len(head)) for cell, head in zip(cells, HEADS, strict=True))


def _problem(problem: Problem) -> dict[str, Any]:
    place = problem.place
    if isinstance(place, Place):
        where = {"file": str(place.path), "line": place.line, "tex": place.tex}
    else:
        where = {"run": place}
    return {**where, "text": problem.text}

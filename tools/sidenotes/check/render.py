r"""
# The report

A table for people, and JSON for programs. Each file with formulas is a row of the table:

| column | counts |
|---|---|
| claims | formulas beside code |
| rows | rows of the algorithm |
| passed | claims and rows that hold |
| definitions | formulas with an arrow that are neither |
| derivations | equations in displays without an arrow |
| compared | those of them that were evaluated, and hold |
| backed | those that were not, but have a doctest below them |
| unchecked | what nothing tests here; each is listed below the table, with the reason if known |
| opinions | formulas in quotations |
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..languages.files import read
from .model import Place, Problem, one_line
from .results import Outcome, outcomes
from .run import Result

HEADS = ["claims", "rows", "passed", "definitions", "derivations", "compared", "backed"]
HEADS += ["unchecked", "opinions"]


def counts(found: Sequence[Outcome]) -> dict[str, int]:
    """The numbers of the table, in its order."""
    kinds = Counter(outcome.kind for outcome in found)
    states = Counter(outcome.state for outcome in found)
    passed = Counter(outcome.kind for outcome in found if outcome.state == "passed")
    return {
        "claims": kinds["claim"],
        "rows": kinds["row"],
        "passed": passed["claim"] + passed["row"],
        "definitions": kinds["definition"],
        "derivations": kinds["derivation"],
        "compared": passed["derivation"],
        "backed": states["backed"],
        "unchecked": states["unchecked"],
        "opinions": kinds["opinion"],
    }


def table(result: Result, about: Mapping[str, str]) -> str:
    """The table, what is not checked, and how it was done."""
    files = {str(module.path): outcomes(module, result) for module in result.modules}
    files = {name: found for name, found in files.items() if found}
    every = [outcome for found in files.values() for outcome in found]
    body = [(name, *counts(found).values()) for name, found in files.items()]
    rows = [("file", *HEADS), *body, ("total", *counts(every).values())]
    width = max(len(str(row[0])) for row in rows)
    lines = [
        "  ".join([str(name).ljust(width), *_aligned(cells)]).rstrip() for name, *cells in rows
    ]
    rule = "-" * len(lines[0])
    left = [
        f"unchecked: {name}:{outcome.line}: {one_line(outcome.tex)}"
        + f"\n    {outcome.remark}" * bool(outcome.remark)
        for name, found in files.items()
        for outcome in found
        if outcome.state == "unchecked"
    ]
    summary = _summary(result, every, about)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], "", *left, *summary])


def _aligned(cells: Sequence[object]) -> Iterator[str]:
    return (str(cell).rjust(len(head)) for cell, head in zip(cells, HEADS, strict=True))


def _summary(result: Result, every: list[Outcome], about: Mapping[str, str]) -> Iterator[str]:
    checks = sum(outcome.checks for outcome in every if outcome.kind == "claim")
    steps = sum(replay.steps for replays in result.replays.values() for replay in replays)
    error = max((outcome.error for outcome in every), default=0.0)
    yield f"{result.runs} runs, {checks} comparisons beside code, {steps} steps replayed"
    yield f"largest relative error {error:.1e}"
    seconds = [f"{name} {value:.2f} s" for name, value in result.seconds.items()]
    yield ", ".join([*seconds, *(f"{name} {value}" for name, value in about.items())])


def as_json(result: Result, about: Mapping[str, str]) -> str:
    """All of it: what a page shows beside its formulas, and what another program may ask."""
    files = {str(module.path): outcomes(module, result) for module in result.modules}
    return json.dumps(
        {
            "about": dict(about),
            "runs": result.runs,
            "seconds": {name: round(value, 3) for name, value in result.seconds.items()},
            "files": {
                name: {
                    "sha256": sha256(read(Path(name)).encode()).hexdigest(),
                    "counts": counts(found),
                    "formulas": [asdict(each) for each in found],
                }
                for name, found in files.items()
            },
            "problems": [_problem(problem) for problem in result.problems],
        },
        indent=1,
    )


def _problem(problem: Problem) -> dict[str, Any]:
    place = problem.place
    if isinstance(place, Place):
        where = {"file": str(place.path), "line": place.line, "tex": place.tex}
    else:
        where = {"run": place}
    return {**where, "text": problem.text}

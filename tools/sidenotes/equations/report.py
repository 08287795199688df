r"""
# The report

A table for people, and JSON for programs. Each file with formulas is a row of the table:

| column | counts |
|---|---|
| claims | formulas beside code |
| rows | rows of the algorithm |
| passed | claims and rows that hold |
| definitions | formulas with an arrow that are neither |
| derivations | displays without an arrow |
| unchecked | definitions and derivations that nothing tests; each is listed below the table |
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..files import read
from .check import Result
from .model import Place, Problem, one_line
from .outcomes import Outcome, outcomes

HEADS = ("claims", "rows", "passed", "definitions", "derivations", "unchecked")


def counts(found: Sequence[Outcome]) -> dict[str, int]:
    """The numbers of the table, in its order."""
    kinds = [outcome.kind for outcome in found]
    own = [outcome for outcome in found if outcome.kind in ("claim", "row")]
    return {
        "claims": kinds.count("claim"),
        "rows": kinds.count("row"),
        "passed": sum(outcome.state == "passed" for outcome in own),
        "definitions": kinds.count("definition"),
        "derivations": kinds.count("derivation"),
        "unchecked": sum(outcome.state == "unchecked" for outcome in found),
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

r"""
# What became of each formula

One `Outcome` for each formula of a module, whatever its kind. The table counts them, the pages show
them, `--json` writes them out.

| kind | passed if | unchecked if |
|---|---|---|
| claim | every statement it speaks of made what it says | |
| row of the algorithm | it ran, and what it says the real run did | |
| definition | a claim that passed says the same | none does |
| derivation | the replay evaluated it, or a doctest backs it | neither |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .check import Result
from .claims import Claim, Module
from .model import Place, Problem
from .replay import Replay, Tally


@dataclass(frozen=True)
class Outcome:
    """
    `checks` counts comparisons, `runs` the configurations with one; `flags` are those on which it
    depends whether the formula has a say, `subjects` the classes that were run.
    """

    line: int
    tex: str
    kind: Literal["claim", "row", "definition", "derivation"]
    state: Literal["passed", "failed", "unchecked"]
    checks: int = 0
    runs: int = 0
    subjects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    error: float = 0.0
    # What else is to be said: what a claim's statement makes, or what backs a derivation.
    remark: str = ""


def outcomes(module: Module, result: Result) -> list[Outcome]:
    """All formulas of the module, in the order of the file."""
    failed = {problem.place for problem in result.problems}
    found = [_claim(claim, result, failed) for claim in module.claims]
    found += [_unread(problem) for problem in module.problems]
    replays = result.replays[module.path]
    for replay in replays:
        found += _rows(replay, failed)
    for definition in module.definitions:
        place, tested = definition.place, result.tested(definition)
        found.append(
            Outcome(place.line, place.tex, "definition", "passed" if tested else "unchecked")
        )
    for derivation in module.derivations:
        tallies = [r.derivations[derivation] for r in replays if derivation in r.derivations]
        found.append(_derivation(derivation.place, tallies, derivation.backed))
    return sorted(found, key=lambda outcome: outcome.line)


Failed = set[Place | str]


def _claim(claim: Claim, result: Result, failed: Failed) -> Outcome:
    record, place = result.records[claim], claim.place
    known = {flag for _, flags in record.kinds for flag, _ in flags}
    return Outcome(
        place.line,
        place.tex,
        "claim",
        "failed" if place in failed else "passed",
        record.checks,
        len(record.names),
        tuple(sorted({subject for subject, _ in record.kinds})),
        tuple(sorted({flag for guard in claim.guards for flag in guard.flags(known)})),
        record.error,
        str(claim.made),
    )


def _unread(problem: Problem) -> Outcome:
    assert isinstance(problem.place, Place)
    return Outcome(problem.place.line, problem.place.tex, "claim", "failed")


def _rows(replay: Replay, failed: Failed) -> Iterator[Outcome]:
    for row in replay.rows():
        place = replay.places[row.number]
        targets = [formula.target.key for formula in row.assigns]
        compared = [replay.symbols[s] for s in targets if s in replay.symbols]
        bad = replay.problem or place in failed or not replay.ran(row)
        yield Outcome(
            place.line,
            place.tex,
            "row",
            "failed" if bad else "passed",
            replay.ran(row),
            replay.runs,
            error=max((tally.error for tally in compared), default=0.0),
            remark="compared" if compared else "tested by the rows that use it",
        )


def _derivation(place: Place, tallies: list[Tally], backed: bool) -> Outcome:
    by = ["evaluated along with the algorithm"] * bool(tallies) + ["a doctest"] * backed
    state: Literal["passed", "failed", "unchecked"] = "passed" if by else "unchecked"
    return Outcome(
        place.line,
        place.tex,
        "derivation",
        "failed" if any(tally.problem for tally in tallies) else state,
        checks=sum(tally.checks for tally in tallies),
        error=max((tally.error for tally in tallies), default=0.0),
        remark=", ".join(by),
    )

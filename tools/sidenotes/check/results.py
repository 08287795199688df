r"""
# What became of each formula

One `Outcome` for each formula of a module, whatever its kind. The table counts them, the pages show
them, `--json` writes them out.

| kind | passed if | unchecked if |
|---|---|---|
| claim | every statement it speaks of made what it says | its code cannot run here |
| row of the algorithm | it ran, and what it says the real run did | |
| definition | a claim that passed says the same | none does |
| derivation | it was evaluated along with the algorithm, or compared with a function | |
| opinion | | |

A derivation that has not been evaluated is *backed* by the doctest below it, or unchecked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .algorithm.replay import Replay
from .claims.derivations import Derivation
from .claims.module import Claim, Module
from .model import Place, Problem
from .run import Result

State = Literal["passed", "failed", "backed", "unchecked", "opinion"]


@dataclass(frozen=True)
class Outcome:
    """
    `checks` counts comparisons, `runs` the configurations with one; `flags` are those on which it
    depends whether the formula has a say, `subjects` the classes that were run.
    """

    line: int
    tex: str
    kind: Literal["claim", "row", "definition", "derivation", "opinion"]
    state: State
    checks: int = 0
    runs: int = 0
    subjects: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    error: float = 0.0
    # What else is to be said: what the formula was compared with.
    remark: str = ""
    # Why it has failed.
    problem: str = ""


def outcomes(module: Module, result: Result) -> list[Outcome]:
    """All formulas of the module, in the order of the file."""
    failed = {problem.place: problem.text for problem in reversed(result.problems)}
    found = [_claim(claim, result, failed) for claim in module.claims]
    found += [_unread(problem) for problem in module.problems]
    for replay in result.replays[module.path]:
        found += _rows(replay, failed)
    for definition in module.definitions:
        place, tested = definition.place, result.tested(definition)
        found.append(
            Outcome(place.line, place.tex, "definition", "passed" if tested else "unchecked")
        )
    found += [_derivation(derivation, result, failed) for derivation in module.derivations]
    found += [Outcome(o.place.line, o.place.tex, "opinion", "opinion") for o in module.opinions]
    return sorted(found, key=lambda outcome: outcome.line)


Failed = Mapping[Place | str, str]


def _claim(claim: Claim, result: Result, failed: Failed) -> Outcome:
    record, place = result.records[claim], claim.place
    absent = "" if record.checks else result.absent.get(place.path.resolve(), "")
    state: State = "failed" if place in failed else "unchecked" if absent else "passed"
    known = {flag for _, flags in record.kinds for flag, _ in flags}
    return Outcome(
        place.line,
        place.tex,
        "claim",
        state,
        record.checks,
        len(record.names),
        tuple(sorted({subject for subject, _ in record.kinds})),
        tuple(sorted({flag for guard in claim.statement.guards for flag in guard.flags(known)})),
        record.error,
        absent or str(claim.made),
        failed.get(place, ""),
    )


def _unread(problem: Problem) -> Outcome:
    assert isinstance(problem.place, Place)
    place = problem.place
    return Outcome(place.line, place.tex, "claim", "failed", problem=problem.text)


def _rows(replay: Replay, failed: Failed) -> Iterator[Outcome]:
    if not replay.program and replay.problem:
        place, text = replay.problem.place, replay.problem.text
        assert isinstance(place, Place)
        yield Outcome(place.line, place.tex, "row", "failed", problem=text)
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
            problem=failed.get(place, ""),
        )


def _derivation(derivation: Derivation, result: Result, failed: Failed) -> Outcome:
    place, function = derivation.place, derivation.function
    tallies = result.tallies(derivation)
    checks = sum(tally.checks for tally in tallies)
    state: State = "passed" if checks else "backed" if derivation.backed else "unchecked"
    return Outcome(
        place.line,
        place.tex,
        "derivation",
        "failed" if place in failed else state,
        checks,
        error=max((tally.error for tally in tallies), default=0.0),
        remark=f"{function.name}()" if function and checks else "",
        problem=failed.get(place, ""),
    )

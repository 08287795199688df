r"""
# Checking a package

The order of work: read all modules, follow all runs with the claims in hand, replay the algorithm
of those that have one, and then ask what has *not* been checked. A claim that no run came to is as
bad as one that fails; otherwise a condition that is never met would make a page look right.

Which claims a run has to meet is decided by the flags that its caller gave. A claim below
`if group["amsgrad"]:` must be met, at least once, by each kind of run that asked for `amsgrad` and
came to the function, and by no other.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from .. import source
from ..symbols import Symbol
from .claims import Claim, Definition, Module, read
from .model import Place, Problem, Table
from .replay import Replay
from .runs import Run
from .signatures import lint
from .trace import Kind, Record, Tracer

Progress = Callable[[int, int, str], None]


@dataclass
class Result:
    """All that is known after a check."""

    modules: list[Module]
    records: Mapping[Claim, Record]
    replays: Mapping[Path, Sequence[Replay]]
    problems: list[Problem] = field(default_factory=list)
    runs: int = 0
    # Seconds by kind of work.
    seconds: dict[str, float] = field(default_factory=dict)

    def tested(self, definition: Definition) -> bool:
        """Whether a claim that holds says the same."""
        return any(
            claim.formula == definition.formula and record.checks and not record.problem
            for claim, record in self.records.items()
        )


def check(
    sources: Mapping[Path, str],
    runs: Sequence[Run],
    symbols: Sequence[Symbol],
    progress: Progress = lambda done, total, name: None,
) -> Result:
    """Check the modules whose sources these are against the runs."""
    table = Table(symbols)
    clock = Clock()
    modules = [read(path, text, table) for path, text in sources.items()]
    replays = {
        module.path: [Replay(found, module.derivations, table) for found in module.algorithms]
        for module in modules
    }
    clock.lap("reading")
    tracer = Tracer(modules, table)
    result = Result(modules, tracer.records, replays, seconds=clock.seconds)
    for number, run in enumerate(runs, 1):
        progress(number, len(runs), run.name)
        try:
            moments = tracer.follow(run)
        except Exception:
            result.problems.append(Problem(run.name, traceback.format_exc().rstrip()))
            continue
        finally:
            clock.lap("tracing")
        for replay in (replay for each in replays.values() for replay in each):
            if replay.name in run.algorithms:
                replay.follow(run, moments)
        clock.lap("replay")
    result.runs = len(runs)
    result.problems += problems(result, tracer)
    result.problems += documentation(sources)
    return result


def documentation(sources: Mapping[Path, str]) -> Iterable[Problem]:
    """What docstrings say of arguments and is not so."""
    for path, text in sources.items():
        others = [other for key, other in sources.items() if key != path]
        for finding in lint(text, str(path), others):
            yield Problem(Place(path, finding.line, ""), finding.message)


class Clock:
    """Where the time goes."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.last
        self.last = now


def problems(result: Result, tracer: Tracer) -> Iterable[Problem]:
    """What the check has found, in the order of the files."""
    for module in result.modules:
        yield from module.problems
        for claim in module.claims:
            record = tracer.records[claim]
            yield from [record.problem] if record.problem else missed(claim, record, tracer)
        for replay in result.replays[module.path]:
            yield from replay.problems()


def missed(claim: Claim, record: Record, tracer: Tracer) -> Iterable[Problem]:
    """Kinds of runs that should have met the claim and did not, or should not and did."""
    function = (str(claim.place.path.resolve()), *claim.function)
    entered = tracer.entered.get(function, set())
    if not entered:
        yield Problem(claim.place, f"never checked: no run calls {claim.function[0]}")
    relevant: dict[Kind, bool] = {}
    for subject, flags in entered:
        asked = dict(flags)
        spoken = {name for guard in claim.guards for name in guard.flags(asked)}
        kind = (subject, frozenset((name, asked[name]) for name in spoken))
        relevant[kind] = relevant.get(kind, False) or (subject, flags) in record.kinds
    for (subject, flags), met in sorted(relevant.items(), key=str):
        wrong = any(guard.verdict(dict(flags)) is False for guard in claim.guards)
        if wrong == met:
            shown = ", ".join(f"{name}={value}" for name, value in sorted(flags))
            text = "checked, although its condition does not hold," if wrong else "never checked"
            yield Problem(claim.place, f"{text} for {subject}({shown})")


def sources(paths: Iterable[Path]) -> dict[Path, str]:
    """The Python files of these files and folders, with their text."""
    files: list[Path] = []
    for path in paths:
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        if not found:
            raise ValueError(f"{path}: no Python files here")
        files += found
    return {path: source.read(path) for path in files}

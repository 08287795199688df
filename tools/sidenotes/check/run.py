r"""
# Checking a package

The order of work: read all modules, follow all runs with the claims in hand, replay the algorithm
of those that have one, and then ask what has *not* been checked. A claim that no run came to is as
bad as one that fails; otherwise a condition that is never met would make a page look right.

Which claims a run has to meet is decided by the flags that its caller gave. A claim below
`if group["amsgrad"]:` must be met, at least once, by each kind of run that asked for `amsgrad` and
came to the function, and by no other.

There may be files whose code cannot run on this machine. Of their claims it is said that they have
not been checked, and why.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from ..languages.registry import SUFFIXES, C, language
from ..math.symbols import Symbol
from .algorithm.replay import Replay
from .claims.derivations import Derivation
from .claims.examples import Draw, compare
from .claims.module import Claim, Definition, Module, read
from .compare import Tally
from .model import Problem, Table
from .runs import Run
from .watch.instrument import Marked, marked
from .watch.tracer import Kind, Record, Tracer

Progress = Callable[[int, int, str], None]


@dataclass
class Result:
    """All that is known after a check."""

    modules: list[Module]
    records: Mapping[Claim, Record]
    replays: Mapping[Path, Sequence[Replay]]
    # The derivations that were compared with the function of an example.
    examples: dict[Derivation, Tally] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    runs: int = 0
    # The files whose code cannot run here, and why.
    absent: Mapping[Path, str] = field(default_factory=dict)
    # Seconds by kind of work.
    seconds: dict[str, float] = field(default_factory=dict)

    def tested(self, definition: Definition) -> bool:
        """Whether a claim that holds says the same."""
        return any(
            claim.formula == definition.formula and record.checks and not record.problem
            for claim, record in self.records.items()
        )

    def tallies(self, derivation: Derivation) -> list[Tally]:
        """What came of evaluating it, if that was possible."""
        replays = (replay for each in self.replays.values() for replay in each)
        found = [replay.derivations.get(derivation) for replay in replays]
        return [tally for tally in [*found, self.examples.get(derivation)] if tally]


def check(
    sources: Mapping[Path, str],
    runs: Sequence[Run],
    symbols: Sequence[Symbol],
    progress: Progress = lambda done, total, name: None,
    draws: Sequence[Draw] = (),
    absent: Mapping[Path, str] | None = None,
) -> Result:
    """
    Check the modules whose sources these are against the runs, and their derivations against
    functions of what is drawn. The code of the files in `absent` cannot run here.
    """
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
    result.absent = {path.resolve(): reason for path, reason in (absent or {}).items()}
    in_c = {
        module.path.resolve(): marked(sources[module.path], module.claims, table)
        for module in modules
        if language(module.path) is C
    }
    for number, run in enumerate(runs, 1):
        progress(number, len(runs), run.name)
        try:
            moments = tracer.follow(run, text_of(run, in_c))
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
    for derivation in (d for module in modules for d in module.derivations if draws):
        if derivation.function:
            found = derivation.function, derivation.sides, derivation.place
            result.examples[derivation] = compare(*found, draws, table)
    clock.lap("examples")
    result.problems += problems(result, tracer)
    return result


def text_of(run: Run, found: Mapping[Path, Marked]) -> Marked | None:
    """The source of a run with the marks in it; without any, if it is not checked."""
    if run.source is None:
        return None
    return found.get(run.source.resolve()) or Marked(language(run.source).read(run.source), [])


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
            if record.problem:
                yield record.problem
                continue
            if module.path.resolve() in result.absent and not record.checks:
                continue
            yield from missed(claim, record, tracer)
            yield from (Problem(claim.place, text) for text in record.updates.problems())
        replays = result.replays[module.path]
        for replay in replays:
            yield from replay.problems()
        for derivation in module.derivations:
            tallies = sorted(result.tallies(derivation), key=lambda tally: tally.step)
            wrong = [tally.problem for tally in tallies if tally.problem]
            yield from wrong[:1]
            if not wrong and not any(tally.checks for tally in tallies):
                yield from unbound(derivation, replays)


def unbound(derivation: Derivation, replays: Iterable[Replay]) -> Iterable[Problem]:
    """An equation that no algorithm of the file could evaluate."""
    asked = {symbol for replay in replays for symbol in replay.unbound.get(derivation, ())}
    known = {symbol for replay in replays for symbol in replay.known}
    if asked:
        names = ", ".join(sorted(asked - known)) or "all symbols"
        yield Problem(derivation.place, f"never evaluated: no algorithm here gives {names} a value")


def missed(claim: Claim, record: Record, tracer: Tracer) -> Iterable[Problem]:
    """Kinds of runs that should have met the claim and did not, or should not and did."""
    name, first, _ = claim.statement.function
    entered = tracer.entered.get((str(claim.place.path.resolve()), name, first), set())
    if not entered:
        yield Problem(claim.place, f"never checked: no run calls {name}")
    relevant: dict[Kind, bool] = {}
    for subject, flags in entered:
        asked = dict(flags)
        spoken = {name for guard in claim.statement.guards for name in guard.flags(asked)}
        kind = (subject, frozenset((name, asked[name]) for name in spoken))
        relevant[kind] = relevant.get(kind, False) or (subject, flags) in record.kinds
    for (subject, flags), met in sorted(relevant.items(), key=str):
        wrong = any(guard.verdict(dict(flags)) is False for guard in claim.statement.guards)
        if wrong == met:
            shown = ", ".join(f"{name}={value}" for name, value in sorted(flags))
            text = "checked, although its condition does not hold," if wrong else "never checked"
            yield Problem(claim.place, f"{text} for {subject}({shown})")


def sources(paths: Iterable[Path]) -> dict[Path, str]:
    """The Python and C files of these files and folders, with their text."""
    files: list[Path] = []
    for path in paths:
        found = [path]
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES)
        if not found:
            raise ValueError(f"{path}: no Python files here, nor C")
        files += found
    return {path: language(path).read(path) for path in files}

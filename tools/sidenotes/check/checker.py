"""
# Checking a package

The order of work: read all files, make all runs and check the formulas in them, and then see what
has *not* been checked. A claim that no run came to is as bad as one that fails; otherwise a
condition that is never met would make a page look right.

Which claims a run has to meet is decided by the flags that its caller gave. A claim below
`if group["amsgrad"]:` must be met, at least once, by each configuration that asked for `amsgrad`
and came to the function, and by no other.

There may be files whose code cannot run on this machine. Their claims are listed as not checked,
with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from ..languages.registry import SUFFIXES, C, language
from ..math.symbols import Symbol
from .claims.algorithm import Algorithm
from .claims.assertion import Assertion, Context
from .claims.claim import Claim
from .claims.identity import Identity
from .claims.reading import pages
from .claims.reading.pages import is_page
from .claims.registry import stated
from .examples import Draw
from .failures import traceback
from .formula.tokens import TOO_DEEP
from .problems import Problem
from .proof.ground import PRIME
from .proof.prover import Proved, Prover
from .proof.task import Proof
from .runs import Run
from .statements import STATEMENTS
from .symbol_table import SymbolTable
from .watch.instrument import Instrumented, instrument
from .watch.tracer import Tracer

Progress = Callable[[int, int, str], None]
Kind = TypeVar("Kind", bound=Assertion)
Found = TypeVar("Found")


@dataclass
class Outcome:
    """All that is known after a check."""

    # What each file states.
    files: Mapping[Path, Sequence[Assertion]]
    problems: list[Problem] = field(default_factory=list)
    runs: int = 0
    # The runs in which the project's code raised.
    raised: int = 0
    # Seconds by kind of work.
    seconds: dict[str, float] = field(default_factory=dict)
    proved: Proved | None = None

    def of(self, kind: type[Kind]) -> list[Kind]:
        """All that is stated of one kind."""
        return [each for found in self.files.values() for each in found if isinstance(each, kind)]


def check(
    sources: Mapping[Path, str],
    runs: Sequence[Run],
    symbols: Sequence[Symbol],
    progress: Progress = lambda done, total, name: None,
    draws: Sequence[Draw] = (),
    absent: Mapping[Path, str] | None = None,
    proofs: Sequence[Proof] = (),
) -> Outcome:
    """
    Check what these files state against the runs and, for examples, against the draws. The code of
    the files in `absent` cannot run here.
    """
    clock, table = Clock(), SymbolTable(symbols)
    files = {path: _named(stated, path, text, table) for path, text in sources.items()}
    outcome = Outcome(files, runs=len(runs), seconds=clock.seconds)
    every = [assertion for found in files.values() for assertion in found]
    reasons = {path.resolve(): reason for path, reason in (absent or {}).items()}
    context = Context(table, Tracer(table), every, draws, reasons)
    for assertion in every:
        guarded(assertion, assertion.begin, context)
    texts = instrumented(sources, context)
    clock.lap("reading")
    for number, run in enumerate(runs, 1):
        progress(number, len(runs), run.name)
        found = list(check_run(run, context, texts, clock))
        outcome.problems += found
        outcome.raised += bool(found)
    if proofs:
        prover = Prover(context, lambda run: source_of(run, texts))
        outcome.proved = prover.prove(proofs)
        outcome.problems += outcome.proved.problems
        outcome.problems += [Problem(each.name, each.text) for each in outcome.proved.single]
        clock.lap("proofs")
    for assertion in every:
        guarded(assertion, assertion.end, context)
        outcome.problems += assertion.problems
    clock.lap("conclusions")
    return outcome


def prove(
    sources: Mapping[Path, str],
    proofs: Sequence[Proof],
    symbols: Sequence[Symbol],
    prime: int = PRIME,
    seed: int = 0,
) -> Proved:
    """Prove what can be proved, and nothing else. The problems are those of the proofs."""
    table = SymbolTable(symbols)
    every = [each for p, text in sources.items() for each in _named(stated, p, text, table)]
    context = Context(table, Tracer(table), every)
    for assertion in every:
        guarded(assertion, assertion.begin, context)
    texts = instrumented(sources, context)
    found = Prover(context, lambda run: source_of(run, texts), prime, seed).prove(proofs)
    # Of what cannot be read nothing was compared.
    found.problems += [problem for assertion in every for problem in assertion.problems]
    found.problems += [p.watched.problem for p in context.of(Claim) if p.watched.problem]
    found.problems += [Problem(each.name, each.text) for each in found.single]
    found.problems += [problem for each in context.of(Identity) for problem in each.problems]
    replays = [each.replay for each in context.of(Algorithm) if each.replay]
    found.problems += [problem for replay in replays for problem in replay.wrong()]
    return found


def check_run(
    run: Run, context: Context, texts: Mapping[Path, Instrumented], clock: Clock
) -> Iterator[Problem]:
    """Make a run, and pass it to all that is stated."""
    try:
        items = context.tracer.execute(run, source_of(run, texts))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        yield Problem(run.name, traceback(error))
        return
    finally:
        clock.lap("tracing")
    for assertion in context.assertions:
        guarded(assertion, assertion.on_run, run, items)
    clock.lap("replay")


def guarded(assertion: Assertion, method: Callable[..., None], *arguments: Any) -> None:
    """Call a method of what is stated; a formula that is too deep for it does not end the check."""
    try:
        method(*arguments)
    except RecursionError:
        if not assertion.problems:
            assertion.fail(f"cannot be checked: {TOO_DEEP}")


def instrumented(sources: Mapping[Path, str], context: Context) -> dict[Path, Instrumented]:
    """The texts of the C files with probes in them."""
    files = {path: text for path, text in sources.items() if not is_page(path)}
    found = {path.resolve(): text for path, text in files.items() if language(path) is C}
    watched = context.tracer.functions
    return {
        path: instrument(text, watched.of(str(path)), context.table) for path, text in found.items()
    }


def source_of(run: Run, texts: Mapping[Path, Instrumented]) -> Instrumented | None:
    """The source of a run with the probes in it; without any, if it is not checked."""
    if run.source is None:
        return None
    found = texts.get(run.source.resolve())
    return found or Instrumented(language(run.source).read(run.source), [])


class Clock:
    """Seconds by kind of work."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = perf_counter()

    def lap(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.last
        self.last = now


def sources(paths: Iterable[Path]) -> dict[Path, str]:
    """The Python and C files and the pages of these files and folders, with their text."""
    files: list[Path] = []
    for path in paths:
        found = [path]
        if path.is_dir():
            found = sorted(file for file in path.rglob("*") if _states(file))
        if not found:
            raise ValueError(f"{path}: no Python files here, nor C, nor pages")
        files += found
    for path in files:
        if not is_page(path) and language(path) not in STATEMENTS:
            raise ValueError(f"{path}: formulas in {path.suffix} files are not checked")
    return {
        path: _named(pages.read if is_page(path) else language(path).read, path) for path in files
    }


def _states(path: Path) -> bool:
    """Whether the formulas of a file in a folder are checked."""
    return is_page(path) or path.suffix in SUFFIXES and language(path) in STATEMENTS


def _named(reader: Callable[..., Found], path: Path, *more: Any) -> Found:
    """What a reader finds in a file; a `ValueError` with the file's name if it is not valid."""
    try:
        return reader(path, *more)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise ValueError(f"{path}{line}: cannot be read: {error.msg}") from error

"""
Whether the check finds a slip.

The check of the whole package takes seconds, and there are thousands of mutants. So a mutant is
first shown to a few runs. What fails there fails in all of them. Only "never checked" does not
count until all have been made. What no run shows, the proofs are asked about: of a few
configurations first, and then of all.
"""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import combinations, islice
from pathlib import Path
from time import perf_counter
from types import ModuleType
from typing import NamedTuple

from mutants import DRAWS, PACKAGE, ROOT, SYMBOLS, TABLE, Mutant

from sidenotes.check import checker, runs
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.assertion import Context
from sidenotes.check.claims.identity import Identity
from sidenotes.check.claims.registry import stated
from sidenotes.check.proof.prover import Prover
from sidenotes.check.proof.task import Proof
from sidenotes.check.runs import Run
from sidenotes.check.watch.tracer import Tracer

LIMIT = 300
# What can still turn out to be otherwise, as long as not all runs have been made.
NOT_YET = ("never checked", "never replayed", "this row never ran", "never evaluated")
NOT_YET += ("the right side says", "the left side says", "nothing tests")


class Verdict(NamedTuple):
    # What the check says; empty if it says nothing.
    found: str
    # In which stage.
    stage: int
    seconds: float


# Whose runs say most about a file.
CLASSES = {"amsgrad.py": "AMSGrad", "radam.py": "RAdam", "nadam.py": "NAdam"}
CLASSES |= {"adabelief.py": "AdaBelief"}


def stages(every: Sequence[Run], file: str) -> Iterator[list[Run]]:
    """A few runs, in which each flag is on and off; some more, for each two flags; all."""
    one, two = choice()
    few = [every[i] for i in one]
    yield [run for run in few if run.subject == CLASSES.get(file, "Adam")]
    yield few
    yield [every[i] for i in two]
    yield every


@lru_cache
def choice() -> tuple[list[int], list[int]]:
    """The numbers of the runs that come first. Once known, they hold in all processes."""
    every = as_it_is()
    return chosen(every, 1), chosen(every, 2)


def chosen(every: Sequence[Run], size: int) -> list[int]:
    """Runs, as few as come easily, in which all combinations of so many things are met."""
    features = [{(run.subject, *pair) for pair in combinations(told(run), size)} for run in every]
    missing, found = set().union(*features), []
    while missing:
        best = max(range(len(every)), key=lambda i: len(features[i] & missing))
        missing -= features[best]
        found.append(best)
    return found


def told(run: Run) -> list[str]:
    # The name tells the flags, and whether there is decay.
    return [*run.name.split("), draw")[0].partition("(")[2].split(", "), *run.algorithms]


@lru_cache
def as_it_is() -> list[Run]:
    """The runs of the package without a slip."""
    return list(runs.load(ROOT / "tools/checks/optimizers.py").runs("cpu"))


def judge(mutant: Mutant, thorough: bool = True) -> Verdict:
    """Check the package with this slip; not with all runs, if it is known to survive."""
    begin = perf_counter()
    with within(LIMIT):
        try:
            how = {"line": beside_code, "identity": between_algorithms}.get(mutant.kind, on_a_page)
            found, stage = how(mutant, thorough)
        except Exception:
            found, stage = traceback.format_exc().strip().rpartition("\n")[2], 0
    return Verdict(found, stage, perf_counter() - begin)


def on_a_page(mutant: Mutant, thorough: bool) -> tuple[str, int]:
    """A slip in a formula. The code is as it was, and no other file speaks of it."""
    sources = {mutant.path: mutant.text()}
    found, stage = checked(sources, as_it_is(), mutant.file, thorough)
    return (found, stage) if found or not thorough else refuted(sources, mutant.file)


def between_algorithms(mutant: Mutant, thorough: bool) -> tuple[str, int]:
    """A slip in an identity. It is proved, and in no other way shown, so no run is made."""
    others = [each for each in algorithms() if each.place.path != mutant.path]
    own = stated(mutant.path, mutant.text(), TABLE)
    context = Context(TABLE, Tracer(TABLE), [*others, *own])
    prover = Prover(context, lambda run: None)
    for identity in context.of(Identity):
        if (
            identity.place.line
            <= mutant.line
            <= identity.place.line + identity.place.tex.count("\n")
        ):
            prover._prove_identity(identity, proofs())
            for problem in identity.problems:
                return f"{problem.place}: {problem.text}", 5
    return "", 5


@lru_cache
def algorithms() -> list[Algorithm]:
    """The algorithms of the package, which identities name."""
    every = [each for path, text in PACKAGE.items() for each in stated(path, text, TABLE)]
    found = [each for each in every if isinstance(each, Algorithm)]
    context = Context(TABLE, Tracer(TABLE), every)
    for each in found:
        each.begin(context)
    return found


@lru_cache
def proofs() -> list[Proof]:
    return list(runs.load(ROOT / "tools/checks/exact.py").proofs())


def beside_code(mutant: Mutant, thorough: bool) -> tuple[str, int]:
    """A slip in the code, which has to be imported."""
    with copied(mutant) as folder:
        every = list(runs.load(ROOT / "tools/checks/optimizers.py").runs("cpu"))
        files = sorted((folder / "labml_optim").glob("*.py"))
        sources = checker.sources(files)
        found, stage = checked(sources, every, mutant.file, thorough)
        return (found, stage) if found or not thorough else refuted(sources, mutant.file)


def checked(
    sources: Mapping[Path, str], every: Sequence[Run], file: str, thorough: bool
) -> tuple[str, int]:
    last = 4 if thorough else 3
    for stage, some in enumerate(islice(stages(every, file), last), 1):
        for problem in checker.check(sources, some, SYMBOLS, draws=DRAWS).problems:
            if stage == 4 or not problem.text.startswith(NOT_YET):
                return f"{problem.place}: {problem.text}", stage
    return "", last


def refuted(sources: Mapping[Path, str], file: str) -> tuple[str, int]:
    """What the proofs say. Those of the class in the file come first, and most are like others."""
    proofs = list(runs.load(ROOT / "tools/checks/exact.py").proofs())
    proofs.sort(key=lambda proof: proof.subject != CLASSES.get(file, "Adam"))
    own = sum(proof.subject == proofs[0].subject for proof in proofs)
    few = proofs[: own : max(1, own // 8)]
    for some in (few, proofs):
        for problem in checker.prove(sources, some, SYMBOLS).problems:
            return f"{problem.place}: {problem.text}", 5
    return "", 5


@contextmanager
def copied(mutant: Mutant) -> Iterator[Path]:
    """A copy of the package with the slip in it, which is what `import labml_optim` finds here."""
    before = taken_out()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "labml_optim", folder / "labml_optim", ignore=skip)
        (folder / "labml_optim" / mutant.file).write_text(mutant.text(), encoding="utf-8")
        sys.path.insert(0, name)
        try:
            yield folder
        finally:
            sys.path.remove(name)
            taken_out()
            sys.modules.update(before)


def taken_out() -> dict[str, ModuleType]:
    """The modules of the package, and those that name its classes, to be imported anew."""
    names = [name for name in sys.modules if name.split(".")[0] in ("labml_optim", "checks")]
    return {name: sys.modules.pop(name) for name in names}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """A slip can make a loop without end. It is the time of the processor that counts."""

    def late(*_: object) -> None:
        raise TimeoutError(f"not done after {seconds} s of the processor")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

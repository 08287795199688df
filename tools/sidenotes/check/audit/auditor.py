r"""
# The auditor

Each configuration is [proved](../proof/prover.py) by itself, so that one that differs does not hide
another. One that no exact number can go through makes steps on floats instead, from states that are
drawn, and the first step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random

from ...math.symbols import Symbol
from ..algorithm.replay import Replay
from ..claims.algorithm import Algorithm
from ..claims.assertion import Context
from ..claims.registry import stated
from ..problems import Place, Problem, one_line
from ..proof.ground import PRIME
from ..proof.guards import Single
from ..proof.prover import Prover
from ..proof.task import Proof
from ..runs import Run
from ..symbol_table import SymbolTable
from ..watch.tracer import Tracer
from .subject import Subject

Edits = Sequence[tuple[str, str]]
# How often a configuration is tested that cannot be proved.
DRAWS = 40


@dataclass
class Verdict:
    """What became of a subject; configurations are told by their names."""

    subject: Subject
    # Those that were proved, with the number of ways through the code.
    proved: dict[str, int] = field(default_factory=dict)
    # Those that were tested, with what has no exact value.
    tested: dict[str, str] = field(default_factory=dict)
    # Those in which code and algorithm differ.
    differs: dict[str, Problem] = field(default_factory=dict)
    # What could not be decided, and rows of the algorithm that no configuration came to.
    failed: list[Problem] = field(default_factory=list)
    # Questions of a first step that had one answer only: nothing is known of another.
    single: list[Single] = field(default_factory=list)
    # The same for the algorithm that says what the code does.
    mended: Verdict | None = None

    @property
    def word(self) -> str:
        if self.differs:
            return "differs"
        return "failed" if self.failed else "tested" if self.tested else "proved"

    @property
    def ways(self) -> int:
        return sum(self.proved.values())

    @property
    def configurations(self) -> int:
        return len(self.proved) + len(self.tested) + len(self.differs)

    def problems(self) -> Iterator[Problem]:
        """What the description does not say."""
        yield from self.failed
        if not self.configurations:
            yield Problem(self.subject.name, "no configuration")
        if not self.mended:
            yield from self.differs.values()
            return
        yield from self.mended.problems()
        if not self.differs:
            yield Problem(self.subject.name, "the difference that is told is not there")


class Auditor:
    """Knows the algorithms of some files."""

    def __init__(
        self,
        sources: Mapping[Path, str],
        symbols: Sequence[Symbol] = (),
        prime: int = PRIME,
        seed: int = 0,
    ) -> None:
        self.table, self.prime, self.seed = SymbolTable(symbols), prime, seed
        every = [each for path, text in sources.items() for each in stated(path, text, self.table)]
        found = [each for each in every if isinstance(each, Algorithm)]
        self.algorithms = {each.called: each for each in found}

    def audit(self, subject: Subject) -> Verdict:
        """A `ValueError` if there is no such algorithm, or it cannot be read."""
        verdict = self._verdict(subject, ())
        if subject.mended:
            verdict.mended = self._verdict(subject, subject.mended)
        return verdict

    def _verdict(self, subject: Subject, edits: Edits) -> Verdict:
        verdict, ran = Verdict(subject), set[int]()
        replay = self._algorithm(subject.block, edits)[1]
        for proof in subject.proofs:
            algorithm, fresh = self._algorithm(subject.block, edits)
            named = replace(proof, algorithms=[subject.block])
            self._decide(verdict, named, algorithm, fresh)
            ran |= {row.number for row in algorithm.program.rows if fresh.ran(row)}
        for row in replay.program.rows if subject.proofs else ():
            if row.number not in ran:
                place = replay.places[row.number]
                verdict.failed.append(Problem(place, "no configuration came to this row"))
        return verdict

    def _algorithm(self, block: str, edits: Edits) -> tuple[Algorithm, Replay]:
        """The algorithm, with nothing compared yet."""
        if block not in self.algorithms:
            known = ", ".join(self.algorithms) or "none"
            raise ValueError(f"there is no algorithm {block}; known: {known}")
        formula = self.algorithms[block].formula
        place = replace(formula.place, tex=edited(formula.tex, edits))
        algorithm = Algorithm(replace(formula, place=place))
        if not algorithm.replay:
            raise ValueError(str(algorithm.problems[0]))
        return algorithm, algorithm.replay

    def _decide(self, verdict: Verdict, proof: Proof, algorithm: Algorithm, replay: Replay) -> None:
        context = Context(self.table, Tracer(self.table), [algorithm])
        proved = Prover(context, lambda run: None, self.prime, self.seed).prove([proof])
        if proved.refused:
            (verdict.tested[proof.name],) = proved.refused.values()
            for run in tests(proof):
                replay.replay(run, context.tracer.execute(run))
        verdict.single += proved.single
        wrong = replay.wrong()
        if wrong:
            verdict.tested.pop(proof.name, None)
            verdict.differs[proof.name] = wrong[0]
        elif proved.problems:
            verdict.failed += proved.problems
        elif not proved.refused:
            verdict.proved[proof.name] = proved.ways


def edited(tex: str, edits: Edits) -> str:
    """
    The text with these edits, each of which has to fit in one place.

    >>> edited("a + b", [("+ b", "- b")])
    'a - b'
    """
    for old, new in edits:
        if tex.count(old) != 1:
            raise ValueError(f"stands {tex.count(old)} times in the algorithm, not once: {old}")
        tex = tex.replace(old, new)
    return tex


def tests(proof: Proof) -> Iterator[Run]:
    """Runs of one step on floats: the first one, and others from states that are drawn."""
    draw = Random(proof.name)
    for number in range(DRAWS):
        floats = {name: domain.draw(draw) for name, domain in proof.inputs.items()}
        yield Run(
            name=f"{proof.name}, draw {number}",
            subject=proof.subject,
            flags=proof.flags,
            start=partial(proof.start, floats, number % 4 == 0),
            given=[[floats[proof.given]]],
            algorithms=proof.algorithms,
        )


def told(problem: Problem) -> str:
    """A problem on one line: where, and which symbol, or what was raised."""
    rows = problem.text.splitlines()
    first = rows[-1 if rows[0].startswith("Traceback") else 0].partition(" (element")[0]
    place = problem.place
    return f"{place}: {first}" + (f"  [{one_line(place.tex)}]" if isinstance(place, Place) else "")

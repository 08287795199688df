r"""
# All ways through the code

A step takes one of several ways, as the numbers are. Each is found and proved: a question that has
had one answer so far is asked again with other floats, until it has had both. A question about an
input and a constant says which floats. For others, numbers of all sizes are tried in each input,
and what has helped elsewhere comes first. If an equality is to hold, the input is not any number,
but that one.

A question that never has the other answer is an error: of that way nothing would be known. It is
none if the domain of an input excludes it, as that of a learning rate excludes that it is negative.
A first step may ask more than others, and begins with fixed numbers: there it is told, and whoever
proves decides what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from random import Random
from typing import Any, NamedTuple

from ..runs import Run
from .arithmetic import exact
from .ground import PRIME, Ground, Redraw, Refused, Told, Undefined
from .guards import Asked, Guard, Path, Single, Stated, Tree
from .numbers import Exact
from .roots import Evidence
from .task import Case, Change, Changes, Proof, know

LARGE = 1e7
# How often all is drawn again before the floats are given up.
DRAWS = 200
# And until it is known which roots depend on others.
MOST = 10_000


class Way(NamedTuple):
    run: Run
    ground: Ground
    inputs: Mapping[str, Exact]


class Unreached(Exception):
    """A question that never had the other answer."""


class Refuted(Exception):
    """On one way, code and formula differ; where, what compares has told. No other way is taken."""


@dataclass
class Search:
    """Of one configuration: the ways that were taken, and with which numbers."""

    proof: Proof
    draw: Random
    # Whether it is the first step.
    fresh: bool = False
    tree: Tree = field(default_factory=Tree)
    cases: list[Case] = field(default_factory=list)
    # On which ways it is known what roots depend on, and with which inputs being one number.
    shown: set[tuple[object, ...]] = field(default_factory=set)
    # Whether the case that was not taken last had no roots.
    stuck: bool = False


@dataclass
class Explorer:
    """
    Explores configurations. `execute` makes a run and compares what it can; `rehearse` computes the
    formulas alone, which finds out sooner whether all roots exist.
    """

    execute: Any
    rehearse: Any
    prime: int = PRIME
    seed: int = 0
    # What has helped, for a question and an answer.
    hints: dict[tuple[object, ...], list[Changes]] = field(default_factory=dict)
    leaves: int = 0
    # Questions that only a first step asks, and that had one answer.
    single: list[Single] = field(default_factory=list)
    grounds: list[Told] = field(default_factory=list)

    def explore(self, proof: Proof) -> None:
        """
        Prove all ways of a configuration, and the start. `Unreached` if that cannot be done,
        `Refuted` if it is not so.
        """
        draw = Random(f"{self.seed} {proof.name}")
        fixed = frozenset(n for n, d in proof.inputs.items() if d.is_one_number)
        first = Case({n: d.draw(draw) for n, d in proof.inputs.items()}, fixed)
        begun, search = Search(proof, draw, fresh=True), Search(proof, draw)
        for step, own in (("first step", begun), ("step", search)):
            if not self._add(own, first):
                raise Unreached(f"the {step} cannot be made on exact numbers")
        self._complete(search, set())
        # From what it begins with, the first step is a step like any other, but for what its code
        # alone asks.
        self._complete(begun, search.tree.questions())
        self.leaves += len(search.tree.leaves)

    def _complete(self, search: Search, answered: set[Asked]) -> None:
        """Take all ways, but for questions that had both answers before."""
        done: set[object] = set()
        while todo := next((each for each in search.tree.open() if each[0] not in done), None):
            node, guard, _, case = todo
            done.add(node)
            begins = search.fresh and isinstance(guard.where, Stated) and not guard.asked[1]
            if not begins and guard.asked not in answered:
                self._answer(search, guard, search.cases[case], node)

    def _answer(self, search: Search, guard: Guard, case: Case, node: tuple[object, ...]) -> None:
        """Find floats that give a question the other answer."""
        proof, name = search.proof, guard.about.name if guard.about else None
        if name and not proof.inputs[name].admits(guard):
            return
        hints = self.hints.setdefault((*guard.question, not guard.answer), [])
        for changes in self._changes(proof, guard, case, hints):
            self._add(search, case.altered(changes))
            if len(search.tree.answers[node]) == 2:
                if changes in hints:
                    hints.remove(changes)
                hints.insert(0, changes)
                break
        else:
            other = f"{guard.where}: in {proof.name} no numbers were found for which this is"
            other += f" {'false' if guard.answer else 'true'}"
            if not search.fresh:
                raise Unreached(f"{other}, so nothing is known of that way")
            # What is remembered is one number there, so perhaps there is no such way.
            self.single.append(Single(proof.name, guard.where, f"{other} at the first step"))
            return
        if guard.form == "=" and not name:
            self._vanish(search, guard, search.cases[search.tree.answers[node][False]])

    def _vanish(self, search: Search, guard: Guard, case: Case) -> None:
        """A product can be zero for each of its factors, of which a sum is no input."""
        inputs = search.proof.inputs
        begin = f"{guard.where}: in {search.proof.name}"
        if not guard.factors <= inputs.keys():
            raise Unreached(f"{begin} a sum may be zero, and no input says when it is")
        for each in [name for name in inputs if name in guard.factors and 0 in inputs[name]]:
            zero = case.altered(((each, 0.0, True),))
            if zero not in search.cases and not self._add(search, zero) and search.stuck:
                raise Unreached(f"{begin} there are no roots with {each} = 0")

    def _changes(
        self, proof: Proof, guard: Guard, case: Case, hints: list[Changes]
    ) -> Iterator[Changes]:
        pin = guard.form == "=" and not guard.answer
        about = guard.about
        near = [about.constant] if about else []
        # What a factor of it is comes first.
        names = sorted(proof.inputs, key=lambda name: name not in guard.factors)
        if about and about.name:
            names, turned = [about.name], -case.floats[about.name]
            if not about.constant and guard.form != "=" and turned in proof.inputs[about.name]:
                yield ((about.name, turned, False),)
        yield from [hint for hint in hints if all(name in proof.inputs for name, *_ in hint)]
        # One that is large decides which sign a sum has.
        for name in names if not pin else ():
            for value in (LARGE, -LARGE) if proof.inputs[name].low < 0 else ():
                yield ((name, value, False),)
        for name in names:
            for value in proof.inputs[name].corners(near):
                yield ((name, value, pin),)
        yield from combinations(self._signs(proof, case), 2)

    def _signs(self, proof: Proof, case: Case) -> Iterator[Change]:
        """Other signs of inputs that may have any: two together may answer what one does not."""
        for name, domain in proof.inputs.items():
            for value in (-case.floats[name], 1.0, -1.0, 0.0) if domain.low < 0 else ():
                if value in domain:
                    yield name, value, not value

    def _add(self, search: Search, case: Case) -> bool:
        """Take the way of a case. Where the way does not ask for it, an input is any number."""
        while path := self._take(search, case):
            asked = path.equal | {n for n, d in search.proof.inputs.items() if d.is_one_number}
            if case.pinned <= asked:
                search.tree.add(path, len(search.cases))
                search.cases.append(case)
                return True
            case = case._replace(pinned=case.pinned & asked)
        return False

    def _take(self, search: Search, case: Case) -> Path | None:
        """
        The way that a case takes, proved; `None` if there it has no value. More is drawn until
        each root that may depend on others has been none for once.
        """
        path, roots = None, Evidence()
        for drawn in range(MOST):
            if path and (not roots.open or (path.way, case.fixed) in search.shown):
                search.shown.add((path.way, case.fixed))
                return path
            way = self._draw(search, case)
            ground, proof, fresh = way.ground, search.proof, search.fresh
            try:
                know(ground, proof, way.inputs)
                self.rehearse(proof, way, fresh)
                if not path or max(roots.open) >= len(ground.roots):
                    self.execute(proof, way, fresh)
            except Redraw:
                roots.independent.add(ground.missing)
                if not path and drawn > DRAWS:
                    search.stuck = True
                    return None
                continue
            except Undefined:
                search.stuck = False
                return None
            finally:
                self.grounds.append(ground.told())
            if ground.refuted:
                raise Refuted
            path = path or ground.path
            roots.exist(ground, way.inputs.values())
        raise Refused(f"{proof.name}: too many roots have to exist")

    def _draw(self, search: Search, case: Case) -> Way:
        ground = Ground(Random(search.draw.getrandbits(512)), self.prime)
        inputs = {
            name: Exact.input(ground, value, name, name in case.pinned)
            for name, value in case.floats.items()
        }
        return Way(self._run(search.proof, ground, inputs, search.fresh), ground, inputs)

    def _run(self, proof: Proof, ground: Ground, inputs: Mapping[str, Exact], fresh: bool) -> Run:
        return Run(
            name=f"{proof.name}, on exact numbers",
            subject=proof.subject,
            flags=proof.flags,
            start=partial(proof.start, inputs, fresh),
            given=[[inputs[proof.given]]],
            algorithms=proof.algorithms,
            source=proof.source,
            arithmetic=exact(ground),
            computing=ground.recorded,
        )

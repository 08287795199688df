r"""
# An algorithm with something else in it

An algorithm in which some symbols are something else, as [an identity](../claims/identity.py) says.
What a step begins with, a hyper-parameter, what it is given or $x_{t-1}$, is changed before the
step; there $t$ is the number of the step. What rows make, they make otherwise: each row that
assigns the symbol assigns what is said instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..formula.symbols import shifted
from ..formula.tree import Assign, Node, names
from ..values.arithmetic import Arithmetic
from ..values.arrays import Value
from ..values.evaluator import evaluate
from .nesting import nest
from .program import Env, Program
from .rows import Row


@dataclass(frozen=True)
class Altered:
    """`original` is the program of the block `tex`; `begins` are the changes before a step."""

    original: Program
    program: Program
    begins: Sequence[Assign]

    @classmethod
    def make(cls, original: Program, tex: str, changes: Sequence[Assign]) -> Altered:
        """A `ValueError` if a symbol is neither given nor made there."""
        given = inputs(original)
        made = {assign.target.key for row in original.rows for assign in row.assigns}
        instead: dict[str, Assign] = {}
        for change in changes:
            name = change.target.key
            if name not in given | made:
                raise ValueError(f"{name} is neither given to this algorithm nor made by it")
            if name not in given:
                instead[name] = change
        found = tuple(_with(row, instead) for row in original.rows)
        program = replace(original, rows=found, nested=nest(tex, found))
        return cls(original, program, [each for each in changes if each.target.key in given])

    @cached_property
    def inputs(self) -> set[str]:
        """All that a step depends on, before it is changed."""
        read = {name for change in self.begins for name in names(change.value)}
        return (inputs(self.program) | read) - {"t"}

    @cached_property
    def carried(self) -> set[str]:
        """What lives on from step to step, as $x_t$, even if after the change nothing reads it."""
        given = inputs(self.program) | inputs(self.original)
        return {name for name in self.program.present if shifted(name, "t", "t-1") in given}

    def begin(self, values: Mapping[str, Value], arithmetic: Arithmetic) -> Env:
        """What the step begins with."""
        known = {**values, "t": now(values["t"], arithmetic)}
        changed = {c.target.key: evaluate(c.value, known, arithmetic) for c in self.begins}
        return {**values, **changed}

    def run(
        self, values: Mapping[str, Value], flags: Mapping[str, bool], arithmetic: Arithmetic
    ) -> Env:
        """One step, from any state."""
        begun = self.begin(values, arithmetic)
        env = dict(begun)
        self.program.start(env, flags, arithmetic)
        env.update(begun)
        variable = self.program.nested.loop.variable
        given = env.pop(variable.key) if variable else 0.0
        before = dict(env)
        self.program.run(given, env, flags, arithmetic)
        self._refuse_memory(before, env)
        return env

    def _refuse_memory(self, before: Env, env: Env) -> None:
        """Only what is a function of time goes on from step to step, and the count."""
        for name in sorted((self.program.inherited & before.keys()) - {"t"}):
            if shifted(name, "t-1", "t") == name and env.get(name) is not before[name]:
                raise ValueError(f"{name} is not what it was, when the step is over")

    def within(
        self, values: Mapping[str, Value], after: Mapping[str, Value], arithmetic: Arithmetic
    ) -> Env:
        """What the rows of a step know, where `after` is the end: $x_{t-1}$ is from before it."""
        next_ = {shifted(name, "t", "t-1") for name in self.program.present}
        begun = self.begin(values, arithmetic)
        known = {name: value for name, value in after.items() if name not in next_}
        return {**known, **{name: begun[name] for name in begun if name in next_}}

    def start(
        self, values: Mapping[str, Value], flags: Mapping[str, bool], arithmetic: Arithmetic
    ) -> Env:
        """What is there before the first step, as far as the rows above the loop say it."""
        env = {name: value for name, value in values.items() if "t-1" not in name}
        self.program.start(env, flags, arithmetic)
        return env


def now(t: Value, arithmetic: Arithmetic) -> Value:
    """The number of the step that comes after so many."""
    return arithmetic.combine("+", t, arithmetic.number(1.0))


def inputs(program: Program) -> set[str]:
    """The symbols that a program reads and does not make: no flags, and not its count."""
    made = {assign.target.key for row in program.rows for assign in row.assigns}
    read = {name for node in _nodes(program.rows) for name in names(node)}
    variable = program.nested.loop.variable
    given = {variable.key} if variable else set()
    return {name for name in read - made if not name.startswith(r"\texttt{")} | given


def _nodes(rows: Sequence[Row]) -> Iterator[Node]:
    for row in rows:
        yield from (assign.value for assign in row.assigns)
        if row.condition:
            yield row.condition


def _with(row: Row, instead: Mapping[str, Assign]) -> Row:
    found = (
        replace(assign, value=instead[assign.target.key].value)
        if assign.target.key in instead
        else assign
        for assign in row.assigns
    )
    return replace(row, assigns=tuple(found))

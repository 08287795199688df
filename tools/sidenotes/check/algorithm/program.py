r"""
# An algorithm that runs

The block of equations at the head of a page is a program: [`rows.py`](rows.py) reads it, and here
it is run. The rows above its loop set the start; the rows in the loop make one pass, with the value
that the loop gives, a gradient say.

## Time

An index $t$ means the present pass, $t-1$ the one before. So after a pass whatever was
assigned as $x_t$ is the $x_{t-1}$ of the next, and a row $x_0 \leftarrow \dots$ above the loop sets
the $x_{t-1}$ of the first. A name without $t$ keeps its value, as the count $t$ itself does.

A block must say all of it. If a pass reads $x_{t-1}$ and none of its rows assigns $x_t$, because
no branch was taken, say, then $x$ does not silently stay as it is: that is an error.

>>> block = program(r'''\begin{align*}
... & s_0 \leftarrow 0 \\
... & \text{for each term } a_t\text{:} \\
... & \quad s_t \leftarrow s_{t-1} + a_t \\
... & \quad s_t \leftarrow -s_t && \text{if } \texttt{alternating}
... \end{align*}''', ())
>>> env = {}
>>> block.start(env, {})
>>> for a in (3.0, 4.0):
...     block.run(a, env, {"alternating": True})
>>> env["s_t"], env["s_{t-1}"]
(-1.0, -1.0)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from ..formula.symbols import shifted
from ..formula.tokens import CannotParse, FormulaError
from ..formula.tree import Flag, flag_key, names, walk
from ..problems import Place
from ..values.arithmetic import Arithmetic
from ..values.arrays import Value
from ..values.evaluator import evaluate, truth
from ..values.floats import FLOATS
from .nesting import Branch, Nested, Statement, nest
from .rows import Row, rows

Ran = Counter[tuple[int, frozenset[str]]]
Env = dict[str, Value]
Flags = Mapping[str, bool]


class NeverAssigned(FormulaError):
    """A pass that reads $x_{t-1}$ and does not say what $x_t$ is; `key` is $x_t$."""

    def __init__(self, key: str, read_as: str, row: Row) -> None:
        super().__init__(f"{read_as} is read, but {key} is never assigned in this pass", row.start)
        self.key, self.row = key, row.number


# ## The program


@dataclass(frozen=True)
class Program:
    rows: tuple[Row, ...]
    nested: Nested
    # How often each row ran: by its number, and the flags that were on. A row with `if` or `else`
    # runs when its case is taken.
    ran: Ran = field(default_factory=Counter, compare=False)
    # Where the rows of `cases` begin that held.
    taken: set[int] = field(default_factory=set, compare=False)
    # Where the rows stand, by their numbers, if that is known.
    places: dict[int, Place] = field(default_factory=dict, compare=False)
    # What each row has made that ran in the last pass, or in the rows above the loop.
    made: dict[int, list[Value]] = field(default_factory=dict, compare=False)
    # What the last pass has read before it was assigned there.
    inherited: set[str] = field(default_factory=set, compare=False)

    @cached_property
    def flags(self) -> frozenset[str]:
        """The flags in the conditions."""
        nodes = (node for row in self.rows if row.condition for node in walk(row.condition))
        return frozenset(node.name for node in nodes if isinstance(node, Flag))

    @cached_property
    def present(self) -> frozenset[str]:
        """The symbols $x_t$ that a pass can assign, and what the loop gives."""
        variable = self.nested.loop.variable
        keys = {*self._targets, *([variable.key] if variable else [])}
        return frozenset(x for x in keys if shifted(x, "t", "t-1") != x)

    @cached_property
    def transient(self) -> frozenset[str]:
        r"""Symbols like $\tilde x_{t-1}$: assigned in a pass, where $\tilde x_t$ never is."""
        return frozenset(
            x for x in self._targets if shifted(x, "t-1", "t") not in {x, *self.present}
        )

    @property
    def _targets(self) -> list[str]:
        return [assign.target.key for row in self.rows for assign in row.assigns]

    def start(self, env: Env, flags: Flags, arithmetic: Arithmetic = FLOATS) -> None:
        """Run the rows above the loop."""
        start = self._pass(env, flags, arithmetic)
        start.execute(self.nested.before)
        if self.nested.loop.counter:
            start[self.nested.loop.counter.key] = 0.0
        env.update(start)
        env.update({shifted(name, "0", "t-1"): start[name] for name in start.assigned})

    def run(self, value: Value, env: Env, flags: Flags, arithmetic: Arithmetic = FLOATS) -> None:
        """
        Run one pass, with the value that the loop gives it. After it, `env` holds each $x_t$ under
        this name, and under that of $x_{t-1}$ for the next pass. An error leaves `env` as it was.
        """
        # What the pass before has assigned, and this one must assign itself.
        old = self.present | self.transient
        kept = {name: env[name] for name in env if name not in old}
        this = self._pass(kept, flags, arithmetic)
        loop = self.nested.loop
        if loop.variable:
            this[loop.variable.key] = value
        if loop.counter:
            this[loop.counter.key] = this[loop.counter.key] + 1.0  # type: ignore[operator]
        this.execute(self.nested.body)
        this.check()
        self.inherited.clear()
        self.inherited.update(this.inherited)
        for name in self.present:
            before = shifted(name, "t", "t-1")
            if name in this.assigned:
                this[before] = this[name]
            else:
                this.pop(before, None)
        env.clear()
        env.update(this)

    def _pass(self, env: Env, flags: Flags, arithmetic: Arithmetic) -> Pass:
        self.made.clear()
        return Pass(env, flags, self, arithmetic)

    def refuse_count(self, steps: int, env: Mapping[str, Value]) -> None:
        """A `FormulaError` if the loop is known to make another number of passes."""
        last = self.nested.loop.last
        if last and names(last) <= env.keys() and evaluate(last, env) != steps:
            text = f"the loop makes {evaluate(last, env)} passes, and the run {steps} steps"
            raise FormulaError(text, last.start)


def program(tex: str, symbols: Collection[str]) -> Program:
    """The program that a block of aligned rows is; `symbols` are the keys that are known."""
    found = tuple(rows(tex, symbols))
    before = [*takewhile(lambda row: row.role != "loop", found)]
    for row in before:
        _refuse_time(tex, row)
    nested = nest(tex, found)
    for row in found:
        if any(assign.target == nested.loop.counter for assign in row.assigns):
            raise _error(tex, row, row.start, "the loop counts t already")
        if row.starts and row not in before:
            raise _error(tex, row, row.start, "the start is above the loop")
    return Program(found, nested)


def _refuse_time(tex: str, row: Row) -> None:
    """A row above the loop sets $x_0$. It runs before there is an $x_t$ or an $x_{t-1}$."""
    for target in (assign.target for assign in row.assigns):
        if {shifted(target.key, index, "0") for index in ("t", "t-1")} != {target.key}:
            raise _error(tex, row, target.start, "before the loop there is no t")


def _error(tex: str, row: Row, position: int, text: str) -> CannotParse:
    error = CannotParse(text, tex[: row.end], position)
    error.row = row.number
    return error


# ## One pass


class Pass(dict[str, Value]):
    """The values during a pass. They remember what was assigned, and what was read before that."""

    def __init__(self, env: Env, flags: Flags, program: Program, arithmetic: Arithmetic) -> None:
        super().__init__(env)
        self.arithmetic = arithmetic
        self.ran, self.taken, self.made = program.ran, program.taken, program.made
        self.places = program.places
        self.update({flag_key(name): value for name, value in flags.items()})
        self.on = frozenset(name for name, value in flags.items() if value)
        self.assigned: set[str] = set()
        self.inherited: dict[str, Row] = {}
        self.row: Row | None = None

    def __setitem__(self, name: str, value: Value) -> None:
        self.assigned.add(name)
        super().__setitem__(name, value)

    def __getitem__(self, name: str) -> Value:
        if self.row and name not in self.assigned:
            self.inherited.setdefault(name, self.row)
        return super().__getitem__(name)

    def execute(self, statements: tuple[Statement, ...]) -> None:
        for statement in statements:
            self.row = row = statement.row if isinstance(statement, Branch) else statement
            try:
                if isinstance(statement, Branch):
                    self.branch(statement)
                else:
                    self.assign(row)
            except FormulaError as error:
                error.row = error.row or row.number
                raise

    def branch(self, branch: Branch) -> None:
        if self.admits(branch.row):
            self.count(branch.row)
            self.execute(branch.body)
        elif branch.else_row:
            self.count(branch.else_row)
            self.execute(branch.otherwise)

    def assign(self, row: Row) -> None:
        if self.admits(row):
            self.count(row)
            for assign in row.assigns:
                value = evaluate(assign.value, self, self.arithmetic, self.taken)
                self[assign.target.key] = value
                self.made[row.number].append(value)

    def count(self, row: Row) -> None:
        self.ran[row.number, self.on] += 1
        self.made[row.number] = []

    def admits(self, row: Row) -> bool:
        """Whether the condition of a row holds, or the row has none."""
        return row.condition is None or truth(row.condition, self, self.arithmetic)

    def check(self) -> None:
        """Refuse a pass that has read an $x_{t-1}$ and has assigned no $x_t$."""
        for before, row in self.inherited.items():
            name = shifted(before, "t-1", "t")
            if name != before and name not in self.assigned:
                raise NeverAssigned(name, before, row)

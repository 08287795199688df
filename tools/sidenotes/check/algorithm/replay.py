r"""
# Replaying an algorithm

The block of equations at the head of a module is run as a [program](program.py), over what the real
run was given, and after every step all that the run remembers is compared with what the program
says. [Tracing](../watch/tracer.py) finds the line that is wrong; this finds what no line says: a
decay that is skipped, a function that is never called, a state that starts elsewhere than at zero.

The program gets the hyper-parameters and the item as it was before the first step. It must assign
all else itself, and everything that lives on from step to step.

A proof replays one pass from any state. So what a pass reads of the one before is to be in the
state of the run, where it is compared, or to be the same in all passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..formula.symbols import shifted, subscripts, with_subscripts
from ..formula.tokens import FormulaError
from ..problems import Place, Problem
from ..runs import Run
from ..values.arithmetic import Arithmetic
from ..values.arrays import Value, plain
from ..values.compare import Tally, deviation
from ..watch.values import ItemValues
from ..watch.watched import Configuration, configuration, told
from .program import Env, Program
from .rows import Row

# Called after each step with the values, where that is, and the number of the step. In the values,
# $x_1$ is what $x_t$ was at the end of the first step.
Listener = Callable[[Mapping[str, Value], str, int], None]


@dataclass
class Memory:
    """What passes read of the one before and no state of a run holds, and what they change."""

    read: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


class Replay:
    """The replays of one program, in all runs."""

    def __init__(self, program: Program, place: Place, places: Mapping[int, Place]):
        self.program, self.place = program, place
        # The places of the rows, by their numbers.
        self.places = places
        self.runs = self.steps = 0
        # The runs that were proofs, and the configurations that were replayed and that were proved.
        self.proofs = 0
        self.configurations: set[Configuration] = set()
        self.proved: set[Configuration] = set()
        self.underway: set[Configuration] = set()
        # What the passes of a configuration remember by themselves, in its proofs.
        self.memory: dict[Configuration, Memory] = {}
        # How often each row ran, by its number.
        self.counted: Counter[int] = Counter()
        # The symbols that were compared.
        self.symbols: dict[str, Tally] = {}
        # Those that ever had a value.
        self.known: set[str] = set()
        self.listeners: list[Listener] = []
        # A row that could not be run.
        self.problem: Problem | None = None

    def replay(self, run: Run, items: Sequence[ItemValues]) -> None:
        """Replay a run that has been made."""
        self.runs += not run.is_proof
        self.proofs += run.is_proof
        self.configurations.add(configuration(run))
        if run.is_proof:
            self.underway.add(configuration(run))
        for number, item in enumerate(items):
            given = [row[number] for row in run.given]
            try:
                self._replay_item(run, item, [plain(value) for value in given if value is not None])
            except FormulaError as error:
                row = next((row for row in self.program.rows if row.contains(error.position)), None)
                place = self.places[row.number] if row else self.place
                self.problem = self.problem or Problem(place, f"{run.name}: {error}")
            except Exception as error:
                self.problem = self.problem or Problem(self.place, f"{run.name}: {told(error)}")

    def _replay_item(self, run: Run, item: ItemValues, given: Sequence[Value]) -> None:
        start = {shifted(symbol, "t", "t-1"): item.values[0][symbol] for symbol in item.item.start}
        env: dict[str, Value] = {**item.given[0], **start}
        self.program.ran.clear()
        with run.computing():
            self.program.start(env, run.flags, run.arithmetic)
        self._count()
        if item.item.before is not None:
            self._go_on(item, env)
        self.program.refuse_count(len(given), env)
        history: dict[str, Value] = {}
        for step, value in enumerate(given, 1):
            past = {shifted(symbol, "t", "t-1") for symbol in self.program.present}
            before = {symbol: env[symbol] for symbol in past if symbol in env}
            self.program.ran.clear()
            env.update(item.given[step])
            begun = dict(env)
            with run.computing():
                self.program.run(value, env, run.flags, run.arithmetic)
            where = f"{run.name}, step {step}, item {item.number}"
            self._compare(item.values[step], env, self._count(), where, step, run.arithmetic)
            present = {symbol: env[symbol] for symbol in self.program.present if symbol in env}
            history |= {shifted(symbol, "t", str(step)): x for symbol, x in present.items()}
            if run.is_proof:
                self._see_memory(begun, env, run, item)
            else:
                self._notify({**history, **env, **before}, where, step)
        self.steps += len(given)

    def _go_on(self, item: ItemValues, env: dict[str, Value]) -> None:
        """Begin in the middle: after some steps, with all values that are there."""
        assert item.item.before is not None
        env["t"] = item.item.before
        for symbol, value in item.values[0].items():
            env[shifted(symbol, "t", "t-1")] = value

    def _see_memory(self, begun: Env, env: Env, run: Run, item: ItemValues) -> None:
        held = {shifted(s, "t", "t-1") for values in item.values for s in values}
        found = self.memory.setdefault(configuration(run), Memory())
        found.read |= self.program.inherited - held
        # A value that differs, and is not read, refutes nothing: so these are not compared.
        others = begun.keys() - held - {"t"}
        found.changed |= {name for name in others if env.get(name) is not begun[name]}
        if "t" in found.read & begun.keys():
            after = run.arithmetic.combine("+", begun["t"], run.arithmetic.number(1.0))
            found.changed |= {"t"} if deviation(env["t"], after, run.arithmetic)[0] else set()
        for name in sorted(found.read & found.changed):
            text = f"{name} is not what the next step reads: no state of the run holds it"
            self.problem = self.problem or Problem(self.place, f"{text}\n    in {run.name}")

    def _count(self) -> set[int]:
        """The rows that have just run, by their numbers."""
        found = {number for number, _ in self.program.ran}
        self.counted.update(found)
        return found

    def _compare(
        self,
        actual: Mapping[str, Value],
        env: Mapping[str, Value],
        ran: set[int],
        where: str,
        step: int,
        arithmetic: Arithmetic,
    ) -> None:
        """All that the run remembers, in the order in which the program computes it."""
        origin = {
            assign.target.key: row
            for row in self.program.rows
            for assign in row.assigns
            if row.number in ran
        }
        order = [*origin]
        for symbol in sorted(actual, key=lambda s: order.index(s) if s in order else -1):
            tally = self.symbols.setdefault(symbol, Tally())
            row = origin.get(symbol)
            place = self.places[row.number] if row else self.place
            if symbol in env:
                what = f"{symbol} is"
                tally.compare(actual[symbol], env[symbol], place, what, where, step, arithmetic)
            else:
                text = f"the algorithm does not say what {symbol} is\n    in {where}"
                tally.fail(Problem(place, text), step)

    def _notify(self, env: Mapping[str, Value], where: str, step: int) -> None:
        self.known |= env.keys()
        for listener in self.listeners:
            listener(env, where, step)

    def wrong(self) -> list[Problem]:
        """A row that could not be run, or what each symbol got wrong, the first step first."""
        if self.problem:
            return [self.problem]
        found = sorted(self.symbols.values(), key=lambda tally: tally.step)
        return [tally.problem for tally in found if tally.problem]

    def problems(self) -> Iterator[Problem]:
        """The same, and rows that never ran."""
        yield from self.wrong()
        if self.problem:
            return
        for symbol in (s for s, each in self.symbols.items() if not (each.problem or each.checks)):
            yield Problem(self.place, f"{symbol} was never compared: it had no elements")
        for row in (
            row for row in self.program.rows if self.runs + self.proofs and not self.ran(row)
        ):
            yield Problem(self.places[row.number], "this row never ran")

    def ran(self, row: Row) -> int:
        """How often a row ran; that of the loop, how often its body did."""
        return self.steps if row.role == "loop" else self.counted[row.number]

    def is_of_another_step(self, symbol: str) -> bool:
        """Whether it is $x_t$ with a number for $t$."""
        stem, parts = subscripts(symbol)
        numbers = [n for n, part in enumerate(parts) if part.lstrip("-").isdigit()]
        at_t = [with_subscripts(stem, [*parts[:n], "t", *parts[n + 1 :]]) for n in numbers]
        return any(each in self.program.present for each in at_t)

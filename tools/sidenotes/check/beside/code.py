r"""
# The code beside an algorithm, as data

`lines` are pairs of a condition and the lines that run where it holds; those that always run, or of
which that cannot be told, are left out. Each of `formulas` has its place, what its value is on the
page, and the condition under which its line runs. The value is what a row of the algorithm makes,
or a formula of what is known when the step has ended: whatever agreed with what the real class made
in every step in which it came there. `ran` and `made` are what it did in the step that is shown at
first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ..algorithm.export import formula
from ..algorithm.program import Program
from ..formula import tree
from ..formula.tokens import FormulaError
from ..runs import Run
from ..symbol_table import SymbolTable
from ..values.arrays import Value
from ..values.compare import TOLERANCE, deviation
from ..values.evaluator import evaluate, truth
from ..watch.watched import Watched
from .conditions import Known, condition
from .coverage import Observer, Step
from .lines import Group, groups

Point = tuple[Run, Step]
# The formula of a display that begins on a line.
Shown = tuple[int, Watched]


def beside(
    path: Path,
    text: str,
    program: Program,
    displayed: Sequence[Shown],
    run: Run,
    table: SymbolTable,
) -> dict[str, Any]:
    """
    What the page shows of the file at `path`. A `ValueError` says what does not hold in a run of
    the panel.
    """
    assert run.panel
    observer = Observer(path, program, [watched for _, watched in displayed], table)
    points = [(each, step) for each in run.panel.variants for step in observer.steps(each)]
    first = list(observer.steps(run))[run.panel.step - 1]
    every, known = (1 << len(points)) - 1, list(_known(program, points))
    called = {line for _, step in points for line in step.lines}
    own = [group for group in groups(text) if group.function in called]
    return {
        "lines": list(_lines(own, points, known, every)),
        "ran": [line for group in own if _ran(group, first) for line in group.lines],
        "formulas": list(_formulas(program, displayed, points, first, known)),
    }


def _steps(held: Iterable[bool]) -> int:
    """The steps at which something held, as a number."""
    return sum(1 << number for number, holds in enumerate(held) if holds)


def _known(program: Program, points: Sequence[Point]) -> Iterator[tuple[Any, int]]:
    """What can decide whether a line runs."""
    for name in sorted(program.flags):
        yield tree.flag_key(name), _steps(run.flags[name] for run, _ in points)
    first = tree.Compare("=", tree.Name("t"), tree.Number(1.0))
    found = [node for row in program.rows if row.condition for node in tree.walk(row.condition)]
    for node in dict.fromkeys(n for n in (*found, first) if isinstance(n, tree.Compare)):
        try:
            yield formula(node), _steps(truth(node, step.env) for _, step in points)
        except FormulaError:
            # It compares what not every step has.
            continue


def _ran(group: Group, step: Step) -> bool:
    return not step.lines.isdisjoint(group.seen)


def _lines(
    own: Sequence[Group], points: Sequence[Point], known: Known, every: int
) -> Iterator[list[Any]]:
    found: dict[int, list[int]] = {}
    for group in own:
        ran = _steps(_ran(group, step) for _, step in points)
        found.setdefault(ran, []).extend(group.lines)
    for ran, lines in found.items():
        when = condition(ran, known, every)
        if when is not True and when is not None:
            yield [when, lines]


# ## Formulas


def _formulas(
    program: Program,
    displayed: Sequence[Shown],
    points: Sequence[Point],
    first: Step,
    known: Known,
) -> Iterator[dict[str, Any]]:
    every, own = (1 << len(points)) - 1, dict[str, tree.Expression]()
    for number, (line, each) in enumerate(displayed):
        met = [(step, step.made[number]) for _, step in points if number in step.made]
        when = condition(_steps(number in step.made for _, step in points), known, every)
        value = met and _value(program, each, met, own)
        if not value or when is None:
            continue
        yield {
            "line": line,
            "target": each.target,
            **value,
            **({} if when is True else {"if": when}),
            "made": first.made.get(number),
        }


def _value(
    program: Program,
    watched: Watched,
    met: Sequence[tuple[Step, Value]],
    own: dict[str, tree.Expression],
) -> dict[str, Any] | None:
    """Where the value stands in the algorithm, or how to compute it."""
    target = watched.formula.target
    assigned = [
        (row.number, n, a.target) for row in program.rows for n, a in enumerate(row.assigns)
    ]
    for number, index, symbol in assigned:
        if symbol == target and _agree(met, partial(_of_row, number, index)):
            return {"row": number, "index": index}
    for node in (target, watched.formula.value):
        if _agree(met, partial(_of_formula, node, own)):
            if target not in {symbol for *_, symbol in assigned}:
                own[watched.target] = watched.formula.value
            return {"formula": formula(node)}
    return None


def _of_row(number: int, index: int, step: Step) -> Value:
    return step.rows[number][index]


def _of_formula(node: tree.Expression, own: dict[str, tree.Expression], step: Step) -> Value:
    return evaluate(node, _with(step.env, own))


def _with(env: dict[str, Value], own: dict[str, tree.Expression]) -> dict[str, Value]:
    """What is known when a step has ended, with what the formulas above have named."""
    found = dict(env)
    for name, node in own.items():
        try:
            found[name] = evaluate(node, found)
        except FormulaError:
            # What it is made of is not there in this step.
            continue
    return found


def _agree(met: Collection[tuple[Step, Value]], value: Callable[[Step], Value]) -> bool:
    try:
        return all(deviation(made, value(step))[0] <= TOLERANCE for step, made in met)
    except (FormulaError, LookupError, ArithmeticError):
        return False

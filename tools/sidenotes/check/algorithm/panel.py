r"""
# What a page begins with that runs an algorithm

The [program](export.py), its rows as they are printed, what a reader can set, and the values of one
step, for those who have no script. The step is one of a real run, in which the algorithm has been
[replayed](replay.py) beside the code.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from ..formula.display import balanced
from ..formula.symbols import shifted
from ..formula.tree import flag_key
from ..runs import Panel, Run
from ..values.arrays import Value
from ..watch.values import ItemValues
from .export import exported
from .program import Program
from .rows import Row


def panel(program: Program, tex: str, run: Run, item: ItemValues) -> dict[str, Any]:
    """All of it, as JSON has it. A `ValueError` says what a page could not show."""
    assert run.panel
    given = [_number(row[0], "what is given") for row in run.given]
    if not 1 <= run.panel.step <= len(given):
        raise ValueError(f"there is no step {run.panel.step}")
    start = {shifted(symbol, "t", "t-1"): item.values[0][symbol] for symbol in item.item.start}
    values = {symbol: _number(value, symbol) for symbol, value in start.items()}
    # Flags that only other algorithms have change nothing here.
    flags = {name: bool(run.flags[name]) for name in run.flags if name in program.flags}
    env = {**item.constants, **values}
    shown = given[: run.panel.step]
    return {
        "program": exported(program),
        "rows": [_row(row, tex) for row in program.rows],
        "numbers": list(_numbers(run.panel, item.constants)),
        "flags": {flag_key(name): {"name": name, "value": flags[name]} for name in flags},
        "start": values,
        "given": given,
        "step": run.panel.step,
        "kind": run.panel.kind,
        "made": _made(program, dict(env), run.flags, shown),
        **_second(program, env, run, shown),
    }


def _second(
    program: Program, env: Mapping[str, Value], run: Run, given: list[float]
) -> dict[str, Any]:
    """The second column, if there is one."""
    assert run.panel
    flags = dict(run.panel.second)
    if not flags:
        return {}
    made = _made(program, dict(env), {**run.flags, **flags}, given)
    return {"second": {"flags": flags, "names": list(run.panel.columns), "made": made}}


def _number(value: Value | None, what: str) -> float:
    if not isinstance(value, float) or not math.isfinite(value):
        raise ValueError(f"{what} is {value!r}: a page shows one number")
    return value


def _numbers(panel: Panel, constants: Mapping[str, Value]) -> Iterator[dict[str, Any]]:
    """What a reader can set, each under all of its symbols."""
    for name, symbols in panel.numbers.items():
        known = [constants[symbol] for symbol in symbols if symbol in constants]
        if not known:
            raise ValueError(f"the run gives no value to {name}")
        yield {"name": name, "symbols": list(symbols), "value": _number(known[0], name)}


def _row(row: Row, tex: str) -> dict[str, Any]:
    start, end = balanced(tex, row.start, row.end)
    # A remark stands in a column of its own, and a row that is printed alone has none.
    shown = tex[start:end].replace("&&", r"\qquad").replace("&", "")
    targets = [assign.target.key for assign in row.assigns]
    return {
        "number": row.number,
        "depth": row.depth,
        "role": row.role,
        "tex": " ".join(shown.split()),
        "targets": targets,
    }


def _made(
    program: Program, env: dict[str, Value], flags: Mapping[str, bool], given: list[float]
) -> dict[int, list[float]]:
    """What each row made that ran in the last of these steps, or above the loop."""
    program.start(env, flags)
    made = dict(program.made)
    for value in given:
        program.run(value, env, flags)
    made |= program.made
    loop = program.nested.loop
    made[loop.number] = [given[-1] if loop.variable else float(len(given))]
    return {row: [_number(each, "a value") for each in made[row]] for row in sorted(made)}

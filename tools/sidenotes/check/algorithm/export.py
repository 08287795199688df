r"""
# An algorithm as data

A page can run an algorithm, too: a [program](program.py) leaves Python as JSON, and
`assets/evaluator.js` runs that. A formula is a list, the operation first: $\beta_1 m_{t-1}$ is
`["*", "\\beta_1", "m_{t-1}"]`. A text is the name of a symbol or of a flag.

>>> from ..formula.parser import parse
>>> print(formula(parse(r"\sqrt{v_t} + \frac{\epsilon}{2}", ())))
['+', ['root', 'v_t', 2], ['/', '\\epsilon', 2.0]]

What is about arrays as a whole, such as a sum over an index, is refused: each element of a tensor
goes through an algorithm by itself, and a page follows one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..formula import tree
from ..formula.symbols import shifted
from ..formula.tokens import FormulaError
from .nesting import Branch, Statement
from .program import Program
from .rows import Row

# What the evaluator of the page knows of the functions, of one number or of several.
FUNCTIONS = frozenset(
    """abs acos asin atan ceil clip cos cosh exp floor log max min relu sigmoid sign sin sinh tan
    tanh""".split()
)
OPERATORS = {**{op: op for op in ("+", "-", "*", "/", "^")}, r"\odot": "*", r"\bmod": "mod"}


def exported(program: Program) -> dict[str, Any]:
    """
    The program, as JSON has it. A `FormulaError` says what a page could not compute.

    * `given` is what the loop gives, `counter` what counts its passes
    * `before` and `body` are the statements above the loop and in it
    * `old` are the names that a pass forgets before it begins
    * `carried` are the pairs of $x_t$, and $x_{t-1}$ of the next pass; `initial` those of $x_0$
    """
    loop = program.nested.loop
    assigned = [assign.target.key for row in _above(program) for assign in row.assigns]
    return {
        "given": loop.variable.key if loop.variable else None,
        "counter": loop.counter.key if loop.counter else None,
        "loop": loop.number,
        "before": [_statement(each) for each in program.nested.before],
        "body": [_statement(each) for each in program.nested.body],
        "old": sorted(program.present | program.transient),
        "carried": [[name, shifted(name, "t", "t-1")] for name in sorted(program.present)],
        "initial": [[name, shifted(name, "0", "t-1")] for name in assigned],
    }


def _above(program: Program) -> Sequence[Row]:
    return program.rows[: program.rows.index(program.nested.loop)]


def _statement(statement: Statement) -> dict[str, Any]:
    if not isinstance(statement, Branch):
        made = [[assign.target.key, formula(assign.value)] for assign in statement.assigns]
        guard = {"if": formula(statement.condition)} if statement.condition else {}
        return {"row": statement.number, **guard, "set": made}
    assert statement.row.condition
    return {
        "row": statement.row.number,
        "if": formula(statement.row.condition),
        "then": [_statement(each) for each in statement.body],
        "other": statement.else_row.number if statement.else_row else None,
        "else": [_statement(each) for each in statement.otherwise],
    }


def formula(node: tree.Node) -> Any:
    """A formula or a condition."""
    match node:
        case tree.Number(value):
            return value
        case tree.Name(key):
            return key
        case tree.Flag(name):
            return tree.flag_key(name)
        case tree.Minus(operand):
            return ["negative", formula(operand)]
        case tree.Root(operand, degree):
            return ["root", formula(operand), degree]
        case tree.Binary(op, left, right) if op in OPERATORS:
            return [OPERATORS[op], formula(left), formula(right)]
        case tree.Call(name, args) if name in FUNCTIONS:
            return [name, *map(formula, args)]
        case tree.Not(operand):
            return ["not", formula(operand)]
        case tree.Compare(op, left, right) | tree.Logic(op, left, right):
            return [op, formula(left), formula(right)]
        case tree.Cases(cases):
            return ["cases", *(_case(case) for case in cases)]
    raise FormulaError("this cannot be computed on a page", node.start)


def _case(case: tree.Case) -> list[Any]:
    return [formula(case.condition) if case.condition else True, formula(case.value)]

r"""
# What a module says

An annotated module says four kinds of things in formulas, and each is held to it in its own way.

* A **claim** stands in a comment in the body of a function and has an arrow:
  $$m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t$$
  It says what the next statement computes. [`trace`](trace.py) watches that statement.
* An **algorithm** is a display in a docstring that has a loop in it. [`replay`](replay.py) runs it.
  It goes by the name of the section: `adam` in the docstring of a module, `adam.Adam` in that of a
  class.
* A **definition** has an arrow too, but no statement to belong to, as in the docstring of a class.
  It is tested if some claim says the same.
* A **derivation** is a display without an arrow. A doctest below it, under the same heading, is
  what backs it; without one it is a formula that nobody has checked, and counted as that. One that
  says `=` and has only symbols of the algorithm in it is evaluated along with the algorithm.

What remains is prose: formulas within a line that state nothing. Here the four are found, and
nothing is run. A formula that cannot be read, or a claim on a statement that makes something else,
is a `Problem` with its file and line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .. import formulas, source
from .formula import parse
from .model import Place, Problem, Table
from .scan import CannotParse
from .statements import Guard, Made, guards, made
from .tree import Assign, Expression
from .tree import names as symbols

ARROW = r"\leftarrow"
LOOP = r"\text{for each"


@dataclass(frozen=True, eq=False)
class Claim:
    """A formula and the statement that it speaks of."""

    place: Place
    formula: Assign
    made: Made
    # The names under which the code may hold the left side.
    names: tuple[str, ...]
    # What stands on the right.
    symbols: frozenset[str]
    # First and last line of the statement.
    first: int
    last: int
    # The function around it: its name, and the line on which it begins, decorators included.
    function: tuple[str, int]
    guards: tuple[Guard, ...]


@dataclass(frozen=True)
class Algorithm:
    name: str
    place: Place


@dataclass(frozen=True)
class Definition:
    place: Place
    formula: Assign


@dataclass(frozen=True, eq=False)
class Derivation:
    place: Place
    backed: bool
    # The sides of its equals signs, if they are all expressions.
    sides: tuple[Expression, ...]


@dataclass
class Module:
    """All that one file says."""

    path: Path
    claims: list[Claim] = field(default_factory=list)
    algorithms: list[Algorithm] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, text: str, table: Table) -> Module:
    """What the module says whose file is `path` and whose source is `text`."""
    module = Module(path)
    statements = Statements(text)
    for section in source.parse(text, path.stem):
        first = next(iter(section.code), 0)
        function = statements.function(first) if section.kind == "comment" else None
        for place in _formulas(section, path):
            try:
                if ARROW in place.tex and function:
                    module.claims.append(_claim(place, first, function, statements, table))
                else:
                    _add(module, place, section, table)
            except CannotParse as error:
                # In prose a line may say `…`, or what would be wrong.
                if place.display or function:
                    line = place.line + place.tex.count("\n", 0, error.position)
                    at = Place(path, line, place.tex)
                    module.problems.append(Problem(at, f"cannot be read: {error}"))
            except ValueError as error:
                module.problems.append(Problem(place, str(error)))
    return module


def _add(module: Module, place: Place, section: source.Section, table: Table) -> None:
    """A formula that is not a claim."""
    if ARROW not in place.tex:
        if place.display:
            module.derivations.append(_derivation(place, section, table))
    elif LOOP not in place.tex:
        module.definitions += _definitions(place, table)
    elif other := [found for found in module.algorithms if found.name == section.name]:
        raise ValueError(f"a second algorithm in this docstring; the first is {other[0].place}")
    else:
        module.algorithms.append(Algorithm(section.name, place))


def _formulas(section: source.Section, path: Path) -> list[Place]:
    """All formulas of a note."""
    lines = section.note.split("\n")
    found: list[Place] = []

    def collect(tex: str, display: bool, line: int) -> str:
        # The text of a display may begin on the line below its dollars.
        line += tex.partition("\n")[0] not in lines[line]
        found.append(Place(path, section.note_first + line, tex, display))
        return ""

    formulas.replace(section.note, collect)
    return found


class Statements:
    """The statements of a module, by the line on which they begin, and the functions around."""

    def __init__(self, text: str):
        self.begins: dict[int, ast.stmt] = {}
        self.functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
        for _, node in source.walk(source.syntax(text), ""):
            if isinstance(node, ast.stmt):
                self.begins.setdefault(node.lineno, node)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                self.functions.append(node)

    def function(self, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function in whose body the line stands."""
        around = [f for f in self.functions if f.lineno < line <= (f.end_lineno or 0)]
        return around[-1] if around else None


def _claim(
    place: Place,
    line: int,
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    statements: Statements,
    table: Table,
) -> Claim:
    formula = _assignment(place.tex, table)
    statement = statements.begins.get(line)
    if statement is None:
        raise ValueError("no statement begins below this formula")
    names = table.holders(formula.target.key)
    top = min([function.lineno, *(part.lineno for part in function.decorator_list)])
    return Claim(
        place,
        formula,
        made(statement, names),
        names,
        frozenset(symbols(formula.value)),
        statement.lineno,
        statement.end_lineno or statement.lineno,
        (function.name, top),
        guards(function.body, statement),
    )


def _assignment(tex: str, table: Table) -> Assign:
    node = parse(tex, table.names)
    if not isinstance(node, Assign):
        raise ValueError("not of the form: symbol, arrow, expression")
    return node


def _definitions(place: Place, table: Table) -> Iterator[Definition]:
    """The rows of a display without a loop. What follows `&&` in a row is a remark."""
    offset = 0
    for row in re.split(r"(\\\\(?:\[[^]]*\])?)", place.tex):
        formula = row.split("&&")[0]
        tex = re.sub(r"\\(?:begin|end)\{\w+\*?\}|&", lambda m: " " * len(m[0]), formula)
        if ARROW in tex:
            begin = offset + len(tex) - len(tex.lstrip())
            line = place.line + place.tex.count("\n", 0, begin)
            yield Definition(Place(place.path, line, tex.strip()), _assignment(tex.strip(), table))
        offset += len(row)


def _derivation(place: Place, section: source.Section, table: Table) -> Derivation:
    below = "\n".join(section.note.split("\n")[place.line - section.note_first :])
    part = re.split(r"^#{1,6} ", below, flags=re.MULTILINE)[0]
    try:
        sides = [parse(side, table.names) for side in _sides(place.tex)]
    except CannotParse:
        sides = []
    values = tuple(side for side in sides if isinstance(side, Expression))
    return Derivation(place, ">>>" in part, values if len(values) == len(sides) > 1 else ())


def _sides(tex: str) -> list[str]:
    r"""What stands between equals signs that are not inside braces.

    >>> _sides(r"a_{i=1} = b = c")
    ['a_{i=1} ', ' b ', ' c']
    """
    depth, sides = 0, [""]
    for sign in tex:
        depth += (sign == "{") - (sign == "}")
        if sign == "=" and not depth:
            sides.append("")
        else:
            sides[-1] += sign
    return sides

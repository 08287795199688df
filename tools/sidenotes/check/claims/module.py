r"""
# What a module says

An annotated module says five kinds of things in formulas, and each is held to it in its own way.

* A **claim** stands in a comment in the body of a function and has an arrow:
  $$m_t \leftarrow \beta m_{t-1} + (1 - \beta)\,g_t$$
  It says what the next statement computes. [`trace`](../watch/tracer.py) watches that statement.
* An **algorithm** is a display in a docstring that has a loop in it.
  [`replay`](../algorithm/replay.py) runs it. It goes by the name of the section: `adam` in the
  docstring of a module, `adam.Adam` in that of a class.
* A **definition** has an arrow too, but no statement to belong to, as in the docstring of a class.
  It is tested if some claim says the same.
* A **derivation** is a display without an arrow. [`derivations`](derivations.py) tells how far it
  is tested.
* An **opinion** is a formula in a quotation, in lines that begin with `>`: there the author speaks,
  of what nobody has tested. It is counted, and that is all.

What remains is prose: formulas within a line that state nothing. Here the five are found, in
Python and in C, and nothing is run. A formula that cannot be read, or a claim on a statement that
makes something else, is a `Problem` with its file and line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ...languages.registry import C, language
from ...languages.sections import Section
from ...math import formulas
from ..formula.parser import parse
from ..formula.tokens import CannotParse
from ..formula.tree import Assign
from ..formula.tree import names as symbols
from ..model import Place, Problem, Table
from . import c as in_c
from . import derivations
from .derivations import Derivation
from .python import Made, Statement, Statements, chosen

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
    statement: Statement


@dataclass(frozen=True)
class Algorithm:
    name: str
    place: Place


@dataclass(frozen=True)
class Definition:
    place: Place
    formula: Assign


@dataclass(frozen=True)
class Opinion:
    """A formula of the author's own, set off as such."""

    place: Place


@dataclass
class Module:
    """All that one file says."""

    path: Path
    claims: list[Claim] = field(default_factory=list)
    algorithms: list[Algorithm] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(path: Path, text: str, table: Table) -> Module:
    """What the module says whose file is `path` and whose source is `text`."""
    module = Module(path)
    spoken = language(path)
    statements = in_c.Statements(text) if spoken is C else Statements(text)
    for section in spoken.parse(text, path.stem):
        first = next(iter(section.code), 0)
        beside = section.kind == "comment" and statements.inside(first)
        places = _formulas(section, path)
        displays = [place.line for place in places if place.display]
        for place in places:
            end = min([line for line in displays if line > place.line], default=section.last + 1)
            try:
                if _quoted(place, section):
                    module.opinions.append(Opinion(place))
                elif ARROW in place.tex and beside:
                    module.claims.append(_claim(place, statements.at(first), table))
                elif ARROW in place.tex:
                    _add(module, place, section, table)
                elif place.display:
                    note = section.note, section.note_first
                    module.derivations += derivations.read(place, *note, end, table)
            except CannotParse as error:
                # In prose a line may say `…`, or what would be wrong.
                if place.display or beside:
                    line = place.line + place.tex.count("\n", 0, error.position)
                    at = Place(path, line, place.tex)
                    module.problems.append(Problem(at, f"cannot be read: {error}"))
            except ValueError as error:
                module.problems.append(Problem(place, str(error)))
    return module


def _add(module: Module, place: Place, section: Section, table: Table) -> None:
    """A formula with an arrow that is not a claim."""
    if LOOP not in place.tex:
        module.definitions += _definitions(place, table)
    elif other := [found for found in module.algorithms if found.name == section.name]:
        raise ValueError(f"a second algorithm in this docstring; the first is {other[0].place}")
    else:
        module.algorithms.append(Algorithm(section.name, place))


def _formulas(section: Section, path: Path) -> list[Place]:
    """All formulas of a note."""
    lines = section.note.split("\n")
    found: list[Place] = []

    def collect(tex: str, display: bool, line: int) -> str:
        # The text of a display may begin on the line below its dollars.
        line += tex.partition("\n")[0] not in lines[line]
        found.append(Place(path, section.note_first + line, tex, display))
        return ""

    formulas.replace(section.note, collect, lambda line: f"{path}:{section.note_first + line}")
    return found


def _quoted(place: Place, section: Section) -> bool:
    """Whether the paragraph of a formula is a quotation."""
    lines = section.note.split("\n")[: place.line - section.note_first + 1]
    paragraph = "\n".join(lines).rpartition("\n\n")[2]
    return paragraph.lstrip().startswith(">")


def _claim(place: Place, statement: Statement | None, table: Table) -> Claim:
    formula = _assignment(place.tex, table)
    if statement is None:
        raise ValueError("no statement begins below this formula")
    names = table.holders(formula.target.key)
    made = chosen(statement.makes, names)
    right = frozenset(symbols(formula.value))
    return Claim(place, formula, made, names, right, statement)


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

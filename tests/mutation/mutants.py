r"""
All mutants of the package, and of the notes on it.

A formula is mutated if the checker computes its value: a claim beside code, an algorithm, an
equation that is evaluated along with one or compared with the function of an example; or if the
prover compares what it names, as in an identity. What means the same after an edit as before is no
mutant. What cannot be read any more is an error of the
operator that made it: a slip that would show by itself says nothing about the check.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from random import Random

import formulas
import identities
import lines
from formulas import Edit

from sidenotes.check import runs
from sidenotes.check.algorithm.program import program
from sidenotes.check.algorithm.rows import Row
from sidenotes.check.claims.algorithm import Algorithm
from sidenotes.check.claims.claim import Claim
from sidenotes.check.claims.derivation import Derivation
from sidenotes.check.claims.identity import Identity
from sidenotes.check.claims.reading.assignments import assignments
from sidenotes.check.claims.reading.equations import equations
from sidenotes.check.claims.reading.identities import identity
from sidenotes.check.claims.registry import stated
from sidenotes.check.examples import compared_sides
from sidenotes.check.formula.tokens import CannotParse
from sidenotes.check.formula.tree import Assign, Node, Reduction, walk
from sidenotes.check.problems import Place
from sidenotes.check.symbol_table import SymbolTable
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "docs/notes"
FILES = [path for folder in (ROOT / "labml_optim", NOTES) for path in sorted(folder.glob("*.py"))]
PACKAGE = {path: path.read_text("utf-8") for path in FILES}
SYMBOLS = load(ROOT / "tools/checks/symbols.yml")
TABLE = SymbolTable(SYMBOLS)
DRAWS = list(runs.load(ROOT / "tools/checks/optimizers.py").draws())


class Unmade(ValueError):
    """What an operator has made cannot be read."""


@dataclass(frozen=True)
class Mutant:
    file: str
    # claim, algorithm, equation, identity or line
    kind: str
    operator: str
    edit: Edit
    # Whether this is a mutant at all. It takes time to find out.
    alters: Callable[[], bool] = field(compare=False, repr=False)

    @property
    def path(self) -> Path:
        return next(path for path in PACKAGE if path.name == self.file)

    def text(self) -> str:
        """The file with the slip in it."""
        return applied(PACKAGE[self.path], self.edit)

    @property
    def line(self) -> int:
        return PACKAGE[self.path].count("\n", 0, self.edit.start) + 1

    def change(self) -> tuple[str, str]:
        """The lines as they stand, and with the slip, without what they have around them."""
        text = PACKAGE[self.path]
        first = text.rfind("\n", 0, self.edit.start) + 1
        last = text.find("\n", self.edit.end)
        old, new = text[first:last], text[first : self.edit.start] + self.edit.text
        return " ".join(old.split()), " ".join((new + text[self.edit.end : last]).split())

    def __str__(self) -> str:
        old, new = self.change()
        return f"{self.file}:{self.line}: {self.kind}, {self.operator}\n  - {old}\n  + {new}"


@lru_cache(maxsize=2)
def every(seed: int) -> list[Mutant]:
    """All mutants. Where an operator has a choice, the seed makes it."""
    draw = Random(seed)
    found: dict[tuple[str, str], Mutant] = {}
    for path, text in PACKAGE.items():
        others = in_identities(path, text, Random(seed))
        for mutant in [*in_formulas(path, text, draw), *in_lines(path, text, draw), *others]:
            # Two operators can make the same slip.
            found.setdefault((mutant.file, mutant.text()), mutant)
    return list(found.values())


def in_lines(path: Path, text: str, draw: Random) -> Iterator[Mutant]:
    before = ast.dump(ast.parse(text))
    for name, edit in lines.mutants(text, draw):
        alters = partial(code_differs, applied(text, edit), before)
        yield Mutant(path.name, "line", name.replace("_", " "), edit, alters)


def code_differs(text: str, before: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != before
    except SyntaxError as error:
        raise Unmade(str(error)) from error


def in_formulas(path: Path, text: str, draw: Random) -> Iterator[Mutant]:
    for one in stated(path, text, TABLE):
        display = one.formula.place
        if isinstance(one, Claim):
            yield from of_tree("claim", display, one.watched.formula, assigned, draw)
        elif isinstance(one, Algorithm):
            yield from of_block(display, draw)
        elif isinstance(one, Derivation):
            sides = one.equation.sides
            for node in compared_sides(sides, DRAWS[0]) if one.function else sides:
                if node:
                    yield from of_tree("equation", display, node, equated, draw)


def in_identities(path: Path, text: str, draw: Random) -> Iterator[Mutant]:
    for one in stated(path, text, TABLE):
        if isinstance(one, Identity):
            place = one.formula.place
            changes = [
                (name, Edit(start + edit.start, start + edit.end, edit.text))
                for start, part, tree in identities.trees(place.tex, TABLE.names)
                for name, edit in edits(part, tree, draw)
            ]
            for name, operate in identities.OPERATORS.items():
                changes += [(name, edit) for edit in operate(place.tex, draw)]
            before = identified(place.tex)
            for name, edit in changes:
                tex = applied(place.tex, edit)
                if not refused(tex):
                    yield made(
                        "identity", name, place, edit, partial(differs, identified, tex, before)
                    )


# What a formula says, so that two can be compared.
Said = Callable[[str], object]


def assigned(tex: str) -> object:
    return assignments(tex, TABLE.names)


def equated(tex: str) -> object:
    found = [equation.sides for equation in equations(tex, TABLE.names)]
    if any(None in sides[-1:] for sides in found):
        raise CannotParse("a side", tex, 0)
    return found


def identified(tex: str) -> object:
    return identity(tex, TABLE.names)


def refused(tex: str) -> bool:
    """Whether it can be read, but states nothing: a symbol is two things behind one bar."""
    try:
        return not identified(tex)
    except ValueError as error:
        return not isinstance(error, CannotParse)


def of_tree(kind: str, place: Place, tree: Node, said: Said, draw: Random) -> Iterator[Mutant]:
    """Slips in a part of a display."""
    before = said(place.tex)
    for name, edit in edits(place.tex, tree, draw):
        alters = partial(differs, said, applied(place.tex, edit), before)
        yield made(kind, name, place, edit, alters)


def edits(tex: str, tree: Node, draw: Random) -> Iterator[tuple[str, Edit]]:
    """What the operators make of a tree."""
    named = {id(name) for name in targets(tree)}
    for node in walk(tree):
        for name, change in formulas.OPERATORS.items():
            if name not in formulas.OF_VALUES or id(node) not in named:
                yield from ((name, edit) for edit in change(tex, node, draw))


def targets(tree: Node) -> Iterator[Node]:
    """The symbols that are given a value."""
    for node in walk(tree):
        if isinstance(node, Assign):
            yield node.target
        elif isinstance(node, Reduction):
            yield node.index


def applied(tex: str, edit: Edit) -> str:
    return tex[: edit.start] + edit.text + tex[edit.end :]


def differs(said: Said, tex: str, before: object) -> bool:
    try:
        return said(tex) != before
    except CannotParse as error:
        raise Unmade(f"{error}, in {tex}") from error


def of_block(place: Place, draw: Random) -> Iterator[Mutant]:
    tex = place.tex
    block = formulas.Block(program(tex, TABLE.names), lambda tex: program(tex, TABLE.names))
    changes = [change for row in block.program.rows for change in of_row(tex, row, draw)]
    for name, operate in formulas.ROWS.items():
        found = operate(tex, block.program, draw)
        changes += [
            (name, edit)
            for edit in found
            if name not in formulas.OF_STRUCTURE or block.is_one(tex, edit)
        ]
    # Above the loop there is no t, and no author puts one there unseen.
    loop = next(row.start for row in block.program.rows if row.role == "loop")
    before = rows_of(tex)
    for name, edit in changes:
        if edit.start > loop or not TIMED.match(applied(tex, edit)[edit.start :]):
            alters = partial(differs, rows_of, applied(tex, edit), before)
            yield made("algorithm", name, place, edit, alters)


# A symbol with a time that is assigned to.
TIMED = re.compile(r"\{[^{}]*_(t|\{[^{}]*t(-1)?\})\}\s*\\leftarrow")


def of_row(tex: str, row: Row, draw: Random) -> Iterator[tuple[str, Edit]]:
    for tree in (*row.assigns, *([row.condition] if row.condition else [])):
        yield from edits(tex, tree, draw)


def rows_of(tex: str) -> object:
    """What the rows of a block say, wherever they stand."""
    rows = program(tex, TABLE.names).rows
    return [(row.depth, row.role, row.assigns, row.condition, row.variable) for row in rows]


def made(kind: str, name: str, place: Place, edit: Edit, alters: Callable[[], bool]) -> Mutant:
    """The edit, found again in the file, where lines begin with a `#` or are set in."""
    start, end = (in_file(place, offset) for offset in (edit.start, edit.end))
    # The lines below keep their numbers. A thin space means nothing, and no line stays empty.
    breaks = re.findall(r"\n *(?:# ?)?", PACKAGE[place.path][start:end])
    text = " ".join(edit.text.split("\n")) + "".join(rf"{line}\," for line in breaks)
    return Mutant(place.path.name, kind, name.replace("_", " "), Edit(start, end, text), alters)


def in_file(place: Place, offset: int) -> int:
    rows = place.tex.split("\n")
    number = place.tex.count("\n", 0, offset)
    column = offset - sum(len(row) + 1 for row in rows[:number])
    start, line = lines_of(place.path)[place.line + number - 1]
    return start + line.index(rows[number]) + column


@lru_cache
def lines_of(path: Path) -> list[tuple[int, str]]:
    found = PACKAGE[path].splitlines(keepends=True)
    return list(zip(accumulate(map(len, found), initial=0), found, strict=False))

r"""
All mutants of the package.

A formula is mutated if the checker computes its value: a claim beside code, an algorithm, an
equation that is evaluated along with one or compared with the function of an example. What cannot
be parsed after an edit, or means the same as before, is no mutant.
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
import lines
from formulas import Edit

from sidenotes.check import runs
from sidenotes.check.algorithm.program import Program, program
from sidenotes.check.claims import module as claims
from sidenotes.check.claims.examples import said as compared
from sidenotes.check.formula.parser import parse
from sidenotes.check.formula.tokens import CannotParse
from sidenotes.check.formula.tree import Node, walk
from sidenotes.check.model import Place, Table
from sidenotes.math.symbols import load

ROOT = Path(__file__).parents[2]
PACKAGE = {path: path.read_text("utf-8") for path in sorted((ROOT / "labml_optim").glob("*.py"))}
SYMBOLS = load(ROOT / "tools/checks/symbols.yml")
TABLE = Table(SYMBOLS)
DRAWS = list(runs.load(ROOT / "tools/checks/optimizers.py").draws())


@dataclass(frozen=True)
class Mutant:
    file: str
    # claim, algorithm, equation or line
    kind: str
    operator: str
    edit: Edit
    # Whether this is a mutant at all. It takes time to find out.
    alters: Callable[[], bool] = field(compare=False, repr=False)

    @property
    def path(self) -> Path:
        return ROOT / "labml_optim" / self.file

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


def every(seed: int) -> list[Mutant]:
    """All mutants. Where an operator has a choice, the seed makes it."""
    draw = Random(seed)
    found: dict[tuple[str, str], Mutant] = {}
    for path, text in PACKAGE.items():
        for mutant in [*in_formulas(path, text, draw), *in_lines(path, text, draw)]:
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
    except SyntaxError:
        return False


def in_formulas(path: Path, text: str, draw: Random) -> Iterator[Mutant]:
    module = claims.read(path, text, TABLE)
    for claim in module.claims:
        yield from of_tree("claim", claim.place, claim.formula, draw)
    for algorithm in module.algorithms:
        yield from of_block(algorithm.place, draw)
    for derivation in module.derivations:
        function = derivation.function
        sides = compared(derivation.sides, DRAWS[0]) if function else derivation.equation
        for node in sides:
            yield from of_tree("equation", derivation.place, node, draw)


def of_tree(kind: str, place: Place, tree: Node, draw: Random) -> Iterator[Mutant]:
    # Of an equation, it is one side.
    alone = " " * tree.start + place.tex[tree.start : tree.end]
    for node in walk(tree):
        for name, change in formulas.OPERATORS.items():
            for edit in change(place.tex, node, draw):
                alters = partial(differs, applied(alone, edit), tree)
                yield made(kind, name, place, edit, alters)


def applied(tex: str, edit: Edit) -> str:
    return tex[: edit.start] + edit.text + tex[edit.end :]


def differs(tex: str, tree: Node) -> bool:
    try:
        return parse(tex, TABLE.names) != tree
    except CannotParse:
        return False


def of_block(place: Place, draw: Random) -> Iterator[Mutant]:
    block = program(place.tex, TABLE.names)
    changes = [
        (name, edit)
        for row in block.rows
        for tree in (*row.assigns, *([row.condition] if row.condition else []))
        for node in walk(tree)
        for name, change in formulas.OPERATORS.items()
        for edit in change(place.tex, node, draw)
    ]
    changes += [
        (name, edit)
        for name, change in formulas.ROWS.items()
        for edit in change(place.tex, block, draw)
    ]
    for name, edit in changes:
        alters = partial(block_differs, applied(place.tex, edit), block)
        yield made("algorithm", name, place, edit, alters)


def block_differs(tex: str, block: Program) -> bool:
    try:
        return said(program(tex, TABLE.names)) != said(block)
    except CannotParse:
        return False


def said(block: Program) -> list[tuple[object, ...]]:
    """What the rows say, wherever they stand."""
    return [(row.depth, row.kind, row.assigns, row.condition, row.given) for row in block.rows]


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

r"""
Slips in formulas.

An operator takes a node of the tree of a formula, or a block of rows, and gives edits of its TeX.
The edits are made in the text, so what is mutated is what an author would have written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from sidenotes.check.algorithm.program import Program
from sidenotes.check.formula.display import balanced
from sidenotes.check.formula.tokens import CannotParse
from sidenotes.check.formula.tree import (
    Assign,
    Binary,
    Call,
    Compare,
    Expression,
    Flag,
    Minus,
    Name,
    Node,
    Number,
    Root,
    names,
)


class Edit(NamedTuple):
    start: int
    end: int
    text: str


Operator = Callable[[str, Node, Random], Iterator[Edit]]
OPERATORS: dict[str, Operator] = {}
# Those that make another expression of a symbol, which cannot be assigned to.
OF_VALUES: set[str] = set()


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


def of_values(function: Operator) -> Operator:
    OF_VALUES.add(function.__name__)
    return operator(function)


def tex_of(tex: str, node: Node) -> str:
    start, end = balanced(tex, node.start, node.end)
    return tex[start:end]


def bracketed(tex: str, node: Node) -> str:
    text = tex_of(tex, node)
    return in_brackets(text) if isinstance(node, Binary) and not text.startswith(r"\frac") else text


def in_brackets(text: str) -> str:
    # With plain brackets `x^{(t)}` would be refused, since it may be an index.
    return rf"\left({text}\right)"


def instead(tex: str, node: Node, text: str) -> Edit:
    """Another expression. Brackets keep it from what is beside it."""
    return Edit(*balanced(tex, node.start, node.end), f"{{{in_brackets(text)}}}")


def symbol(tex: str, node: Node, text: str) -> Edit:
    # A command just before must not swallow the first letter, nor one at the end the next.
    return Edit(*balanced(tex, node.start, node.end), f"{{{text}}}")


def renamed(*pairs: tuple[str, str]) -> Operator:
    """A symbol becomes another."""

    def rename(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
        for old, new in pairs:
            if isinstance(node, Name) and node.key == old:
                yield symbol(tex, node, new)

    return rename


def respelled(*pairs: tuple[str, str]) -> Operator:
    """A part of the spelling of a symbol becomes another."""

    def respell(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
        for old, new in pairs:
            if isinstance(node, Name) and (changed := node.key.replace(old, new)) != node.key:
                yield symbol(tex, node, changed)

    return respell


# ## Symbols

OPERATORS |= {
    "betas swapped": respelled(
        (r"\beta_1", r"\beta_2"), (r"\beta_2", r"\beta_1"), ("b_{1", "b_{2"), ("b_{2", "b_{1")
    ),
    "hat dropped": respelled((r"\hat ", ""), (r"\hat\epsilon", r"\epsilon")),
    "tilde dropped": respelled((r"\tilde\theta", r"\theta")),
    "bar dropped": respelled((r"\bar ", "")),
    "bar added": respelled(("v_", r"\bar v_"), ("s_", r"\bar s_")),
    "one moment for the other": respelled(("m_", "v_"), ("v_", "m_"), ("m_", "s_"), ("s_", "m_")),
    "t to t-1": respelled(("_t", "_{t-1}")),
    "t-1 to t": respelled(("_{t-1}", "_t")),
    "another epsilon": renamed(
        (r"\epsilon", r"\hat\epsilon"), (r"\hat\epsilon", r"\lambda"), (r"\epsilon", r"\lambda")
    ),
    "alpha_t and alpha": renamed((r"\alpha_t", r"\alpha"), (r"\alpha", r"\alpha_t")),
    "rho_t and rho_infinity": renamed((r"\rho_t", r"\rho_\infty"), (r"\rho_\infty", r"\rho_t")),
    "gradient for parameter": renamed(("g_t", r"\theta_{t-1}"), (r"\theta_{t-1}", "g_t")),
    "decay for learning rate": renamed((r"\lambda", r"\alpha"), (r"\alpha", r"\lambda")),
}

OTHERS = (
    *(r"\alpha", r"\beta_1", r"\beta_2", r"\epsilon", r"\lambda", "t", "g_t", "m_t", "v_t", "s_t"),
    *(r"\theta_{t-1}", r"\tilde\theta_{t-1}", r"\rho_t", "r_t", "d_t", r"\alpha_t", "m_{t-1}"),
)


@operator
def any_other_symbol(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Name):
        yield symbol(tex, node, draw.choice([other for other in OTHERS if other != node.key]))


@operator
def left_side_replaced(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign):
        other = draw.choice([name for name in OTHERS if name != node.target.key])
        yield symbol(tex, node.target, other)


# ## Arithmetic


@operator
def sign_flipped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op in "+-":
        sign = "-" if node.op == "+" else "+"
        yield instead(tex, node, f"{tex_of(tex, node.left)} {sign} {bracketed(tex, node.right)}")


@operator
def minus_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Minus):
        yield instead(tex, node, tex_of(tex, node.operand))


@operator
def negated(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign) and node.value != Number(0):
        yield instead(tex, node.value, f"-({tex_of(tex, node.value)})")


def without(op: str) -> Operator:
    """One side of an operation is forgotten."""

    def drop(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
        if isinstance(node, Binary) and node.op == op:
            for side in (node.left, node.right):
                yield instead(tex, node, bracketed(tex, side))

    return drop


OPERATORS |= {
    "summand dropped": without("+"),
    "one side of a difference dropped": without("-"),
    "factor dropped": without("*"),
    "numerator or denominator dropped": without("/"),
}


@operator
def power_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "^":
        yield instead(tex, node, bracketed(tex, node.left))


@operator
def power_changed(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "^":
        forms = ["{}-1", "{}+1", r"2 \cdot {}", "{}+2"]
        other = draw.choice(forms).format(tex_of(tex, node.right))
        yield instead(tex, node, f"{bracketed(tex, node.left)}^{{{other}}}")


@of_values
def squared(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Name):
        yield instead(tex, node, f"({node.key})^2")


@operator
def root_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Root):
        yield instead(tex, node, f"({tex_of(tex, node.operand)})")


@of_values
def root_added(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Name):
        yield instead(tex, node, rf"\sqrt{{{node.key}}}")


@operator
def cube_root(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Root):
        yield instead(tex, node, rf"\sqrt[3]{{{tex_of(tex, node.operand)}}}")


@operator
def fraction_turned_over(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "/":
        over, under = tex_of(tex, node.left), tex_of(tex, node.right)
        yield instead(tex, node, rf"\frac{{{under}}}{{{over}}}")


@operator
def quotient_to_product(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "/":
        yield instead(tex, node, f"({tex_of(tex, node.left)}) ({tex_of(tex, node.right)})")


@operator
def product_to_quotient(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "*":
        over, under = tex_of(tex, node.left), tex_of(tex, node.right)
        yield instead(tex, node, rf"\frac{{{over}}}{{{under}}}")


@operator
def sum_to_product(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op in "+-":
        yield instead(tex, node, f"({tex_of(tex, node.left)}) ({tex_of(tex, node.right)})")


@operator
def bracket_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    text = tex_of(tex, node)
    if isinstance(node, Binary) and text[0] == "(" and closing(text) == len(text) - 1:
        inner = text[1:-1].strip()
        before = re.sub(r"(\\[,;!]|\s)+$", "", tex[: node.start])
        # Nobody writes a number behind a factor.
        if not inner[0].isdigit() or before[-1:] in ("", *"+-={(,&"):
            yield Edit(*balanced(tex, node.start, node.end), f" {inner} ")


def closing(text: str) -> int:
    """The place of the bracket that closes the first one."""
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return place
    return -1


@operator
def constant_changed(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Number):
        yield instead(tex, node, f"{node.value + draw.choice([-1, 1, 2]):g}".replace("-1", "(-1)"))


@operator
def epsilon_moved(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    match node:
        case Binary("+", Root(inner) as root, Name() as term) if "epsilon" in term.key:
            yield instead(tex, node, rf"\sqrt{{{tex_of(tex, inner)} + {term.key}}}")
            yield instead(tex, node, rf"{tex_of(tex, root)} - {term.key}")
        case Binary("+", Binary("/", over, under), Name() as term) if "epsilon" in term.key:
            yield instead(
                tex, node, rf"\frac{{{tex_of(tex, over)} + {term.key}}}{{{tex_of(tex, under)}}}"
            )


@operator
def maximum_replaced(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Call) and len(node.args) == 2:
        one, other = (tex_of(tex, arg) for arg in node.args)
        for text in (rf"\min({one}, {other})", f"({one} + {other})", one, other):
            yield instead(tex, node, text)


@operator
def value_constant(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign):
        yield instead(tex, node.value, draw.choice(["0", "1"]))


# ## Conditions


@operator
def comparison_changed(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Compare):
        one, other = tex_of(tex, node.left), tex_of(tex, node.right)
        for sign in ("<", r"\le", ">", r"\ge"):
            yield Edit(node.start, node.end, f"{one} {sign} {other}")


@operator
def flag_negated(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Flag):
        yield Edit(node.start, node.end, rf"\text{{not }} {tex_of(tex, node)}")


FLAGS = "maximize absolute weight_decouple amsgrad optimized_update degenerate_to_sgd rectify"


@operator
def another_flag(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Flag):
        other = draw.choice([flag for flag in FLAGS.split() if flag != node.name])
        yield Edit(node.start, node.end, rf"\texttt{{{other}}}".replace("_", r"\_"))


# ## Rows


class Block(NamedTuple):
    """An algorithm, and how to read another."""

    program: Program
    read: Callable[[str], Program]

    def is_one(self, tex: str, edit: Edit) -> bool:
        """Whether it is still an algorithm after an edit that changes what belongs to what."""
        try:
            return bool(self.read(tex[: edit.start] + edit.text + tex[edit.end :]))
        except CannotParse:
            return False


Rows = Callable[[str, Program, Random], Iterator[Edit]]
ROWS: dict[str, Rows] = {}
# Those that change what belongs to what. Where nothing does any more, the slip shows by itself.
OF_STRUCTURE: set[str] = set()


def on_rows(function: Rows) -> Rows:
    ROWS[function.__name__] = function
    return function


def of_structure(function: Rows) -> Rows:
    OF_STRUCTURE.add(function.__name__)
    return on_rows(function)


class Cut(NamedTuple):
    """A row with its `&` and its indentation, but without the `\\` at its end."""

    start: int
    end: int
    # Where the next row begins.
    after: int


def cut(tex: str) -> list[Cut]:
    begin = re.search(r"\\begin\{align\*\}\s*", tex)
    end = re.search(r"\s*\\end\{align\*\}", tex)
    assert begin and end
    cuts, at = [], begin.end()
    for stop in re.finditer(r"\\\\(\[\w+\])?\s*", tex[: end.start()]):
        cuts.append(Cut(at, stop.start(), stop.end()))
        at = stop.end()
    return [*cuts, Cut(at, end.start(), end.start())]


@of_structure
def row_dropped(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    *most, last = cut(tex)
    for row in most:
        yield Edit(row.start, row.after, "")
    yield Edit(most[-1].end, last.end, "")


@on_rows
def row_repeated(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for found, row in zip(cut(tex), program.rows, strict=True):
        # To say the same twice changes nothing, if the row does not read what it makes.
        if any(assign.target.key in names(assign.value) for assign in row.assigns):
            yield Edit(found.end, found.end, rf" \\ {tex[found.start : found.end]}")


@of_structure
def rows_swapped(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    rows = zip(cut(tex), program.rows, strict=True)
    previous = None
    for found, row in rows:
        if previous and not independent(previous[1], row):
            one, other = previous[0], found
            first, second = tex[one.start : one.end], tex[other.start : other.end]
            between = tex[one.end : other.start]
            yield Edit(one.start, other.end, second + between + first)
        previous = found, row


def independent(one: object, other: object) -> bool:
    """Whether two rows come to the same in either order."""
    if (one.role, one.depth) != (other.role, other.depth) or one.role != "assign":  # type: ignore
        return False
    made, read = (
        [{a.target.key for a in row.assigns} for row in (one, other)],  # type: ignore
        [set().union(*(names(a.value) for a in row.assigns)) for row in (one, other)],  # type: ignore
    )
    return not (made[0] & (made[1] | read[1]) or made[1] & read[0])


@of_structure
def indented_otherwise(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for row in cut(tex):
        text = tex[row.start : row.end]
        for old, new in ((r"& \quad ", r"& \qquad "), (r"& \qquad ", r"& \quad "), ("& ", "")):
            if text.startswith(old):
                yield Edit(row.start, row.start + len(old), new or r"& \quad ")
                break


@on_rows
def guard_dropped(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for row in cut(tex):
        at = tex.find("&&", row.start, row.end)
        if at > 0:
            yield Edit(at, row.end, "")


@on_rows
def guard_added(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for found, row in zip(cut(tex), program.rows, strict=True):
        if row.role == "assign" and not row.condition and row.depth:
            yield Edit(found.end, found.end, r" && \text{if } \texttt{maximize} ")


@on_rows
def part_of_a_condition_dropped(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for found in re.finditer(r"(\\texttt\{\w+\})(\\text\{ and \}) ([^:]*)(?=\\text\{:)", tex):
        yield Edit(found.start(), found.end(), found[1])
        yield Edit(found.start(), found.end(), found[3])
        yield Edit(found.start(2), found.end(2), r"\text{ or }")


__all__ = ["OPERATORS", "ROWS", "Edit", "Expression"]

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
from sidenotes.check.algorithm.rows import Flag
from sidenotes.check.formula.tree import (
    Assign,
    Binary,
    Call,
    Compare,
    Expression,
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


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


def tex_of(tex: str, node: Node) -> str:
    return tex[node.start : node.end]


def bracketed(tex: str, node: Node) -> str:
    text = tex_of(tex, node)
    return f"({text})" if isinstance(node, Binary) and not text.startswith(r"\frac") else text


def instead(node: Node, text: str) -> Edit:
    # A command just before must not swallow the first letter, nor one at the end the next.
    return Edit(node.start, node.end, f"{{{text}}}")


def renamed(*pairs: tuple[str, str]) -> Operator:
    """A symbol, all of it or a part of its spelling, becomes another."""

    def rename(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
        if isinstance(node, Name):
            for old, new in pairs:
                if old in node.key and (changed := node.key.replace(old, new)) != node.key:
                    yield instead(node, changed)

    return rename


# ## Symbols

OPERATORS |= {
    "betas swapped": renamed(
        (r"\beta_1", r"\beta_2"), (r"\beta_2", r"\beta_1"), ("b_{1", "b_{2"), ("b_{2", "b_{1")
    ),
    "hat dropped": renamed((r"\hat ", ""), (r"\hat\epsilon", r"\epsilon")),
    "tilde dropped": renamed((r"\tilde\theta", r"\theta")),
    "bar dropped": renamed((r"\bar ", "")),
    "bar added": renamed(("v_", r"\bar v_"), ("s_", r"\bar s_")),
    "one moment for the other": renamed(("m_", "v_"), ("v_", "m_"), ("m_", "s_"), ("s_", "m_")),
    "t to t-1": renamed(("_t", "_{t-1}")),
    "t-1 to t": renamed(("_{t-1}", "_t")),
    "another epsilon": renamed((r"\epsilon", r"\hat\epsilon"), (r"\epsilon", r"\lambda")),
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
        yield instead(node, draw.choice([other for other in OTHERS if other != node.key]))


@operator
def left_side_replaced(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign):
        other = draw.choice([name for name in OTHERS if name != node.target.key])
        yield instead(node.target, other)


# ## Arithmetic


@operator
def sign_flipped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op in "+-":
        sign = "-" if node.op == "+" else "+"
        yield instead(node, f"{tex_of(tex, node.left)} {sign} {bracketed(tex, node.right)}")


@operator
def minus_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Minus):
        yield instead(node, tex_of(tex, node.operand))


@operator
def negated(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign) and node.value != Number(0):
        yield instead(node.value, f"-({tex_of(tex, node.value)})")


def without(op: str) -> Operator:
    """One side of an operation is forgotten."""

    def drop(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
        if isinstance(node, Binary) and node.op == op:
            for side in (node.left, node.right):
                yield instead(node, bracketed(tex, side))

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
        yield instead(node, bracketed(tex, node.left))


@operator
def power_changed(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "^":
        other = draw.choice(["{}-1", "{}+1", "2 {}", "{}+2"]).format(tex_of(tex, node.right))
        yield instead(node, f"{bracketed(tex, node.left)}^{{{other}}}")


@operator
def squared(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Name):
        yield instead(node, f"({node.key})^2")


@operator
def root_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Root):
        yield instead(node, f"({tex_of(tex, node.operand)})")


@operator
def root_added(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Name):
        yield instead(node, rf"\sqrt{{{node.key}}}")


@operator
def cube_root(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Root):
        yield instead(node, rf"\sqrt[3]{{{tex_of(tex, node.operand)}}}")


@operator
def fraction_turned_over(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "/":
        over, under = tex_of(tex, node.left), tex_of(tex, node.right)
        yield instead(node, rf"\frac{{{under}}}{{{over}}}")


@operator
def quotient_to_product(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "/":
        yield instead(node, f"({tex_of(tex, node.left)}) ({tex_of(tex, node.right)})")


@operator
def product_to_quotient(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op == "*":
        over, under = tex_of(tex, node.left), tex_of(tex, node.right)
        yield instead(node, rf"\frac{{{over}}}{{{under}}}")


@operator
def sum_to_product(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Binary) and node.op in "+-":
        yield instead(node, f"({tex_of(tex, node.left)}) ({tex_of(tex, node.right)})")


@operator
def bracket_dropped(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    text = tex_of(tex, node)
    if isinstance(node, Binary) and text[0] == "(" and text[-1] == ")":
        yield Edit(node.start, node.end, f" {text[1:-1]} ")


@operator
def constant_changed(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Number):
        yield instead(node, f"{node.value + draw.choice([-1, 1, 2]):g}".replace("-1", "(-1)"))


@operator
def epsilon_moved(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    match node:
        case Binary("+", Root(inner) as root, Name() as term) if "epsilon" in term.key:
            yield instead(node, rf"\sqrt{{{tex_of(tex, inner)} + {term.key}}}")
            yield instead(node, rf"{tex_of(tex, root)} - {term.key}")
        case Binary("+", Binary("/", over, under), Name() as term) if "epsilon" in term.key:
            yield instead(
                node, rf"\frac{{{tex_of(tex, over)} + {term.key}}}{{{tex_of(tex, under)}}}"
            )


@operator
def maximum_replaced(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Call) and len(node.args) == 2:
        one, other = (tex_of(tex, arg) for arg in node.args)
        for text in (rf"\min({one}, {other})", f"({one} + {other})", one, other):
            yield instead(node, text)


@operator
def value_constant(tex: str, node: Node, draw: Random) -> Iterator[Edit]:
    if isinstance(node, Assign):
        yield instead(node.value, draw.choice(["0", "1"]))


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

Rows = Callable[[str, Program, Random], Iterator[Edit]]
ROWS: dict[str, Rows] = {}


def on_rows(function: Rows) -> Rows:
    ROWS[function.__name__] = function
    return function


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


@on_rows
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


@on_rows
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
    if (one.kind, one.depth) != (other.kind, other.depth) or one.kind != "assign":  # type: ignore
        return False
    made, read = (
        [{a.target.key for a in row.assigns} for row in (one, other)],  # type: ignore
        [set().union(*(names(a.value) for a in row.assigns)) for row in (one, other)],  # type: ignore
    )
    return not (made[0] & (made[1] | read[1]) or made[1] & read[0])


@on_rows
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
        if row.kind == "assign" and not row.condition and row.depth:
            yield Edit(found.end, found.end, r" && \text{if } \texttt{maximize} ")


@on_rows
def part_of_a_condition_dropped(tex: str, program: Program, draw: Random) -> Iterator[Edit]:
    for found in re.finditer(r"(\\texttt\{\w+\})(\\text\{ and \}) ([^:]*)(?=\\text\{:)", tex):
        yield Edit(found.start(), found.end(), found[1])
        yield Edit(found.start(), found.end(), found[3])
        yield Edit(found.start(2), found.end(2), r"\text{ or }")


__all__ = ["OPERATORS", "ROWS", "Edit", "Expression"]

r"""
Slips in identities.

$$
\text{A}\big|_{x \leftarrow 2y,\ \texttt{flag} \leftarrow 0} \equiv \text{B}
\quad \text{if } x > 1
$$

What stands behind a bar, and the condition, are formulas, for which there are operators. Those here
change the rest: a name, a flag, whether something is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from random import Random
from typing import NamedTuple

from formulas import Edit

from sidenotes.check.algorithm.rows import RowParser, rows
from sidenotes.check.formula.tokens import tokenize
from sidenotes.check.formula.tree import Node

FLAG = re.compile(r"(\\texttt\{)([^{}]+)(\}\s*\\leftarrow\s*)([01])")
NAMED = re.compile(r"\\text\{(\w+)\}(?=\s*(?:\\[bB]igg?\b|\||\\equiv|\\q?quad|$))")
CONDITION = re.compile(r"\\quad\s*\\text\{\s*if\s*\}")
CLASSES = ("Adam", "AMSGrad", "RAdam", "AdaBelief")
# All classes have these.
FLAGS = ("maximize", "weight_decouple", "absolute", "optimized_update")


class Part(NamedTuple):
    """A change behind a bar; the one after it, if there is one, begins at `after`."""

    start: int
    end: int
    after: int


Operator = Callable[[str, Random], Iterator[Edit]]
OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    OPERATORS[function.__name__] = function
    return function


@operator
def another_algorithm(tex: str, draw: Random) -> Iterator[Edit]:
    for name in NAMED.finditer(tex):
        for other in CLASSES:
            if other.lower() != name[1].lower():
                yield Edit(*name.span(1), other)


@operator
def flag_the_other_way(tex: str, draw: Random) -> Iterator[Edit]:
    for flag in FLAG.finditer(tex):
        yield Edit(*flag.span(4), "01"[flag[4] == "0"])


@operator
def another_flag_fixed(tex: str, draw: Random) -> Iterator[Edit]:
    fixed = {flag[2].replace(r"\_", "_") for flag in FLAG.finditer(tex)}
    for flag in FLAG.finditer(tex):
        for other in FLAGS:
            if other not in fixed:
                yield Edit(*flag.span(2), other.replace("_", r"\_"))


@operator
def change_dropped(tex: str, draw: Random) -> Iterator[Edit]:
    for part in parts(tex):
        # A thin space means nothing, and no line stays empty.
        yield Edit(part.start, part.after, r"\,")


@operator
def change_moved_to_the_other_side(tex: str, draw: Random) -> Iterator[Edit]:
    middle = tex.index(r"\equiv")
    for part in parts(tex):
        others = [p for p in parts(tex) if (p.start < middle) is not (part.start < middle)]
        if others and part.start < middle:
            (at, *_), text = others[0], tex[part.start : part.end]
            yield Edit(part.start, at, tex[part.after : at] + text + ", ")


@operator
def condition_settled(tex: str, draw: Random) -> Iterator[Edit]:
    for found in CONDITION.finditer(tex):
        yield Edit(found.end(), len(tex.rstrip()), " 1 > 0")


def parts(tex: str) -> Iterator[Part]:
    """What is changed, on both sides."""
    for bar in re.finditer(r"\|_\{\s*(\\substack\{\s*)?", tex):
        end = closing(tex, bar.end())
        cuts = [cut for cut in separators(tex, bar.end(), end)]
        starts = [bar.end(), *(stop for _, stop in cuts)]
        ends = [*(start for start, _ in cuts), end]
        for start, stop, after in zip(starts, ends, [*starts[1:], end], strict=True):
            yield Part(start, stop, after)


def closing(tex: str, at: int) -> int:
    """Where the group ends in which this place is."""
    depth = 1
    while depth:
        depth += (tex[at] == "{") - (tex[at] == "}")
        at += 1
    return at - 1


def separators(tex: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Commas and ends of rows between changes, with what is empty behind them."""
    depth = 0
    for found in re.finditer(r"\\\\\s*|\\[,!;]|,(\\ |\s)*|[({)}]", tex[:end]):
        if found.start() >= start:
            depth += (found[0] in "({") - (found[0] in ")}")
            if not depth and (found[0].startswith((r"\\", ","))):
                yield found.span()


def trees(tex: str, symbols: Collection[str]) -> Iterator[tuple[int, str, Node]]:
    """The formulas in an identity, each with its place and the text in which its offsets count."""
    for part in parts(tex):
        text = tex[part.start : part.end]
        if not FLAG.match(text):
            yield from (
                (part.start, text, each) for row in rows(text, symbols) for each in row.assigns
            )
    for found in CONDITION.finditer(tex):
        text = tex[found.end() :]
        yield found.end(), text, RowParser(text, tokenize(text), len(text), symbols).condition()

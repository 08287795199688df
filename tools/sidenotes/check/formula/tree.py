r"""
# The tree of a formula

What a formula says, without how it is written: [`parse`](parser.py) makes these nodes, and
[`evaluate`](../values/evaluator.py) gives them values. `tex[node.start : node.end]` is the formula
of a node, brackets around it included. Two trees are equal if they mean the same, wherever they
stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Node:
    start: int = field(default=0, kw_only=True, compare=False, repr=False)
    end: int = field(default=0, kw_only=True, compare=False, repr=False)


class Expression(Node):
    """What has a value."""


@dataclass(frozen=True)
class Number(Expression):
    value: float


@dataclass(frozen=True)
class Name(Expression):
    key: str


@dataclass(frozen=True)
class Minus(Expression):
    operand: Expression


@dataclass(frozen=True)
class Binary(Expression):
    r"""
    An operation: one of `+ - * / ^ \bmod`, or `\odot`, a product element by element, or `@`, one of
    matrices.
    """

    op: str
    left: Expression
    right: Expression
    # How a product is written: the product of two vectors has several meanings.
    sign: str = field(default="", kw_only=True, compare=False, repr=False)


@dataclass(frozen=True)
class Root(Expression):
    operand: Expression
    degree: int = 2


@dataclass(frozen=True)
class Transpose(Expression):
    operand: Expression


@dataclass(frozen=True)
class Call(Expression):
    """A [function](functions.py) of values."""

    name: str
    args: tuple[Expression, ...]


@dataclass(frozen=True)
class Element(Expression):
    """$x_i$: an element of the array $x$. Indices count from 1."""

    array: Name
    indices: tuple[Expression, ...]


@dataclass(frozen=True)
class Member(Expression):
    """$g_i$: the member of a family of symbols, $g_1$, $g_2$ and so on."""

    key: str
    # The index takes the place of this one of its subscripts.
    place: int
    index: Expression


@dataclass(frozen=True)
class Range(Node):
    """The whole numbers from one to another."""

    first: Expression
    last: Expression


@dataclass(frozen=True)
class Values(Node):
    """The elements of an array, as values of an index."""

    array: Expression


@dataclass(frozen=True)
class Reduction(Expression):
    """
    A sum, a product, a maximum or a minimum over an index. Where `over` is missing, the index goes
    over all elements of the arrays that have it.
    """

    name: Literal["sum", "prod", "max", "min"]
    index: Name
    over: Range | Values | None
    body: Expression


@dataclass(frozen=True)
class Array(Expression):
    """The array of the values that an expression has for each value of an index."""

    index: Name
    body: Expression


# ## What holds or does not


@dataclass(frozen=True)
class Compare(Node):
    # One of `< <= > >= = !=`.
    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Flag(Node):
    """An option of the code, in `\\texttt`."""

    name: str


@dataclass(frozen=True)
class Not(Node):
    operand: Condition


@dataclass(frozen=True)
class Logic(Node):
    op: Literal["and", "or"]
    left: Condition
    right: Condition


Condition = Flag | Not | Logic | Compare


@dataclass(frozen=True)
class Case(Node):
    value: Expression
    # `None`: otherwise.
    condition: Condition | None


@dataclass(frozen=True)
class Cases(Expression):
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Assign(Node):
    target: Name
    value: Expression


# ## Going over a tree


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def children(node: Node) -> Iterator[Node]:
    for part in vars(node).values():
        for child in part if isinstance(part, tuple) else (part,):
            if isinstance(child, Node):
                yield child


def names(node: Node) -> set[str]:
    r"""
    The keys of all symbols and flags in a tree that need a value. The index of a sum does not: the
    sum itself gives it values.

    >>> sorted(names(Assign(Name("x"), Root(Binary("+", Name("y"), Number(1))))))
    ['x', 'y']
    """
    match node:
        case Name(key):
            return {key}
        case Flag(name):
            return {flag_key(name)}
        case Reduction(index=index, over=over, body=body):
            return (names(body) - {index.key}) | (names(over) if over else set())
        case Array(index, body):
            return names(body) - {index.key}
    found = {name for child in children(node) for name in names(child)}
    return found | {node.key} if isinstance(node, Member) else found


def idle(node: Node, taken: Collection[int]) -> Iterator[Case]:
    """The rows of `cases` in a tree that do not begin at one of these offsets."""
    return (each for each in walk(node) if isinstance(each, Case) and each.start not in taken)


def is_matrix(node: Node) -> bool:
    r"""
    Whether it is called what matrices are called, by a capital letter.

    >>> is_matrix(Name(r"\hat W_t")), is_matrix(Name("w")), is_matrix(Name(r"\Pi_t"))
    (True, False, False)
    """
    return isinstance(node, Name) and bool(re.match(r"(?:\\[a-z]+ )*[A-Z]", node.key))


def flag_key(name: str) -> str:
    r"""
    >>> print(flag_key("weight_decay"))
    \texttt{weight_decay}
    """
    return rf"\texttt{{{name}}}"

r"""
# The tree of a formula

What a formula says, without how it is written: `parse` in `formula.py` makes these
nodes. `tex[node.start : node.end]` is the formula of a node, brackets around it included. Two trees
are equal if they mean the same, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


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
    # One of `+ - * / ^`.
    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Root(Expression):
    operand: Expression
    degree: int = 2


@dataclass(frozen=True)
class Call(Expression):
    # One of `max`, `min`, `abs`.
    name: str
    args: tuple[Expression, ...]


@dataclass(frozen=True)
class Sum(Expression):
    index: Name
    first: Expression
    last: Expression
    body: Expression


@dataclass(frozen=True)
class Compare(Node):
    # One of `< <= > >= =`.
    op: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Assign(Node):
    target: Name
    value: Expression


def names(node: Node) -> set[str]:
    r"""
    The keys of all symbols in a tree. The index of a sum is none: the sum itself gives it values.

    >>> sorted(names(Assign(Name("x"), Root(Binary("+", Name("y"), Number(1))))))
    ['x', 'y']
    """
    nodes = list(walk(node))
    indices = {found.index.key for found in nodes if isinstance(found, Sum)}
    return {found.key for found in nodes if isinstance(found, Name)} - indices


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for part in vars(node).values():
        for child in part if isinstance(part, tuple) else (part,):
            if isinstance(child, Node):
                yield from walk(child)

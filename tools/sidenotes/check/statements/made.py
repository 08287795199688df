"""
# What a statement makes

A formula above a statement says what the statement computes. This is what has to be known of the
statement, in whatever language it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from .guards import Guard


@dataclass(frozen=True)
class Made:
    """
    Where to find what a statement made: a variable `name`, an entry or an attribute `name` of the
    variable `base`, the value returned, or an argument handed on to a function.
    """

    holder: Literal["variable", "entry", "attribute", "return", "argument"]
    name: str = ""
    base: str = ""

    def fits(self, names: Collection[str]) -> bool:
        """Whether it can be what a symbol with these names stands for."""
        return self.holder in ("return", "argument") or self.name in names

    def __str__(self) -> str:
        known = {"entry": f"{self.base}[{self.name!r}]", "attribute": f"{self.base}.{self.name}"}
        nameless = {"return": "the value returned", "argument": "the argument handed on"}
        return {**known, **nameless}.get(self.holder, self.name)

    def value(self, variables: Mapping[str, Any]) -> Any:
        """The value, out of the local variables of the frame."""
        if self.holder == "variable":
            return variables[self.name]
        base = variables[self.base]
        return base[self.name] if self.holder == "entry" else getattr(base, self.name)


class Function(NamedTuple):
    """The function around a statement."""

    name: str
    # The line on which it begins, decorators included, and that of its head.
    first: int
    head: int


@dataclass(frozen=True)
class Statement:
    # All that it makes.
    makes: tuple[Made, ...]
    first: int
    last: int
    function: Function
    guards: tuple[Guard, ...]

    def made(self, names: Collection[str]) -> Made:
        """What it makes under one of these names; a `ValueError` says what there is instead."""
        return chosen(self.makes, names)


def chosen(makes: Collection[Made], names: Collection[str]) -> Made:
    if not makes:
        raise ValueError("the statement below makes no value that could be compared")
    for thing in makes:
        if thing.fits(names):
            return thing
    listed = ", ".join(names) or "no name in the code"
    raise ValueError(
        f"the statement below makes {' and '.join(map(str, makes))}, but the table of symbols"
        f" gives {listed}"
    )

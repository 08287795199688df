r"""
# What C code reports

A step of a run in C leaves a list of reports for each item, each the number of [a
mark](instrument.py) and a value. A loop comes to a statement once for each element, so the values
that belong to one mark, in their order, are the elements of one value of the formula. What is
reported once is a number, and stands for as many elements as need be.

That a loop goes over the elements in their order is taken for granted. If one does not, or leaves
some out, values that belong to different elements are compared, and are not the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..claims.module import Claim
from ..formula.evaluator import Value
from .instrument import Mark


@dataclass
class Heard:
    """The functions that were called, and for each statement the variables and what it made."""

    entered: set[tuple[str, str, int]] = field(default_factory=set)
    statements: dict[Claim, tuple[Mapping[str, Value], Value]] = field(default_factory=dict)


def heard(reports: Iterable[tuple[int, float]], marks: Sequence[Mark]) -> Heard:
    """What the reports of one step say, in the order in which the statements were first reached."""
    found = Heard()
    variables: dict[Claim, dict[str, list[float]]] = {}
    made: dict[Claim, list[float]] = {}
    for number, value in reports:
        claim, name, done = marks[number]
        if done:
            made.setdefault(claim, []).append(value)
        elif name:
            variables.setdefault(claim, {}).setdefault(name, []).append(value)
        else:
            path, (function, first, _) = claim.place.path.resolve(), claim.statement.function
            found.entered.add((str(path), function, first))
    for claim, values in made.items():
        own = variables.get(claim, {})
        found.statements[claim] = {name: _value(own[name]) for name in own}, _value(values)
    return found


def _value(elements: list[float]) -> Value:
    return elements[0] if len(elements) == 1 else tuple(elements)

r"""
# What C code reports

A step of a run in C leaves a list of reports for each item, each the number of [a
probe](instrument.py) and a value. A loop comes to a statement once for each element, so the values
that belong to one probe, in their order, are the elements of one value of the formula. What is
reported once is a number, and stands for as many elements as needed.

It is assumed that a loop goes over the elements in their order. If one does not, or leaves
some out, values that belong to different elements are compared, and are not the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..values.arrays import Value
from .instrument import Probe
from .watched import Watched


@dataclass
class Readings:
    """
    One formula of each function that was called; and for each statement, the variables and what it
    made.
    """

    called: set[Watched] = field(default_factory=set)
    statements: dict[Watched, tuple[Mapping[str, Value], Value]] = field(default_factory=dict)


def readings(reported: Iterable[tuple[int, float]], probes: Sequence[Probe]) -> Readings:
    """What was reported in one step, in the order in which the statements were first reached."""
    found = Readings()
    variables: dict[Watched, dict[str, list[float]]] = {}
    made: dict[Watched, list[float]] = {}
    for number, value in reported:
        watched, name, after = probes[number]
        if after:
            made.setdefault(watched, []).append(value)
        elif name:
            variables.setdefault(watched, {}).setdefault(name, []).append(value)
        else:
            found.called.add(watched)
    for watched, values in made.items():
        own = variables.get(watched, {})
        found.statements[watched] = {name: _value(own[name]) for name in own}, _value(values)
    return found


def _value(elements: list[float]) -> Value:
    return elements[0] if len(elements) == 1 else tuple(elements)

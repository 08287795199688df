r"""
# Comparisons

Code and formula compare numbers, and go one way or the other. Each comparison is put in one of
three forms, in which its difference is an element $d$ of the field: $d < 0$; $d = 0$; and, for a
maximum, which of two numbers is taken, where it does not matter which one if they are equal. So
$\rho < 5$ and $\rho \ge 5$ are one question with two answers, and $\rho > 5$ is another question.

A question that has been asked on the same way before has the answer that it had then: the formula
asks what the code has asked. All others make up a tree, and [every way through
it](explore.py) has to be taken.

A question is told by the line that asks it: the nearest one that is not in a file that computes for
others, or the formula.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path as File
from types import CodeType, FrameType
from typing import Any, NamedTuple

TOOL = __file__.rpartition("proof")[0]
# Files whose comparisons are those of their callers.
CARRIERS = {
    str(File(__file__).with_stem(name))
    for name in ("guards", "ground", "numbers", "roots", "arithmetic")
}
# Files that compare for code in another language. Where that stands they have in a `place`.
HOSTS: set[str] = set()
# Functions of the tool that are at work on a formula: where it stands, of their variables.
FORMULAS: dict[CodeType, Callable[[Mapping[str, Any]], object]] = {}


class Stated(str):
    """Where a formula stands that asks."""


def where() -> str:
    """The line of code that compares, or of the formula."""
    frame = sys._getframe(1)
    while frame.f_back and (path := frame.f_code.co_filename) in CARRIERS | HOSTS:
        if path in HOSTS and "place" in frame.f_locals:
            return str(frame.f_locals["place"])
        frame = frame.f_back
    return _formula(frame) if path.startswith(TOOL) else f"{path}:{frame.f_lineno}"


def from_tool() -> bool:
    """Whether who calls the function that asks this is the tool."""
    return sys._getframe(2).f_code.co_filename.startswith(TOOL)


def _formula(frame: FrameType) -> str:
    found: FrameType | None = frame
    while found:
        if found.f_code in FORMULAS:
            return Stated(FORMULAS[found.f_code](found.f_locals))
        found = found.f_back
    return Stated("a formula")


Key = tuple[str, object]
# The form, and where it is asked.
Question = tuple[str, str]
# Elements, and names of inputs.
Factors = frozenset[int | str]


class About(NamedTuple):
    """What is compared with a constant: an input, if it has a name. `side` is its sign."""

    name: str | None
    constant: float
    side: int

    def turned(self) -> About:
        return self._replace(side=-self.side)


Asked = tuple[Question, About | None]


class Guard(NamedTuple):
    """A question that was asked, where, the answer, and the constant that it is about."""

    form: str
    where: str
    answer: bool
    about: About | None = None
    factors: Factors = frozenset()

    @property
    def question(self) -> Question:
        return self.form, self.where

    @property
    def asked(self) -> Asked:
        """The question, and which input and constant it is about, if it is about an input."""
        return self.question, self.about if self.about and self.about.name else None


class Single(NamedTuple):
    """A question with one answer: in which configuration, where, and what was not found."""

    name: str
    where: str
    text: str


@dataclass
class Path:
    """The questions on one way, in their order."""

    guards: list[Guard] = field(default_factory=list)
    known: dict[Key, bool] = field(default_factory=dict)
    # Of factors, whether they were found to be zero.
    zero: dict[int | str, bool] = field(default_factory=dict)
    # What was found to be equal to something: inputs, and the factors of what is zero.
    equal: set[int | str] = field(default_factory=set)
    # Whole numbers that elements are not below.
    lower: dict[int, int] = field(default_factory=dict)

    def ask(
        self,
        form: str,
        keys: tuple[object, object],
        answer: bool,
        about: About | None,
        factors: Factors,
    ) -> bool:
        """
        Ask a question, of which `keys` say what it is about, and what with the sign of the
        difference changed. The answer is the one that it had before.
        """
        for asked, other in self._same(form, *keys):
            if asked in self.known:
                return self.known[asked] != other
        implied = self._implied(form, *keys)
        if implied is not None:
            return implied
        self.known[form, keys[0]] = answer
        self.guards.append(Guard(form, where(), answer, about, factors))
        return answer

    def bound(self, element: int, constant: int) -> None:
        """A number has turned out to be at least a constant, a positive one."""
        self.lower[element] = max(constant, self.lower.get(element, constant))
        self.zero[element] = False

    def exceeds_zero(self, element: int, opposite: int) -> None:
        """It is known of a number that it is positive; `opposite` is its negative."""
        if element:
            self.zero[element] = False
            self.known["<", element], self.known["<", opposite] = False, True

    def exceeds(self, element: int, constant: int) -> bool:
        """Whether it is known that a number is larger than a constant."""
        return element in self.lower and constant < self.lower[element]

    def learn(self, factors: Factors, vanishes: bool, about: About | None) -> None:
        """A product of these factors is zero, or is not: so is none of them, or the one left."""
        self.equal |= {*factors, about.name if about and about.name else 0} if vanishes else set()
        # Of a sum that is zero nothing is left that tells which it is.
        left = self.unknown(factors - {0})
        if not vanishes or len(left) == 1:
            self.zero |= dict.fromkeys(left, vanishes)

    def unknown(self, factors: Factors) -> Factors:
        """Those that it is not known of that they are not zero."""
        return frozenset(each for each in factors if self.zero.get(each) is not False)

    def vanishes(self, factors: Factors) -> bool | None:
        """Whether a product of these factors is zero, if that is known."""
        found = [self.zero.get(factor) for factor in factors]
        return True if True in found else None if None in found else False

    def _same(self, form: str, key: object, opposite: object) -> Iterator[tuple[Key, bool]]:
        """The questions that it may have been, and whether they are answered the other way."""
        yield (form, key), False
        if form == "=":
            yield (form, opposite), False
        elif form == "max":
            yield (form, opposite), True
            yield ("<", key), False
            yield ("<", opposite), True
        else:
            yield ("max", key), False
            # If the other one was not taken, the two may be equal.
            if self.known.get(("max", opposite)):
                yield ("max", opposite), True

    def _implied(self, form: str, key: object, opposite: object) -> bool | None:
        """What follows from other questions about the difference: it has one of three signs."""
        above, below = (self.known.get(("<", each)) for each in (opposite, key))
        if above or below:
            return None if form == "max" else False
        zero = {self.known.get(("=", each)) for each in (key, opposite)}
        if form != "<" or not (True in zero or above is False and False in zero):
            return None
        return True not in zero

    @property
    def way(self) -> tuple[tuple[Question, bool], ...]:
        return tuple((guard.question, guard.answer) for guard in self.guards)

    def __iter__(self) -> Iterator[Guard]:
        return iter(self.guards)


@dataclass
class Tree:
    """The ways that were taken: for each question, the answers that it has had, and where from."""

    answers: dict[tuple[object, ...], dict[bool, int]] = field(default_factory=dict)
    guards: dict[tuple[object, ...], Guard] = field(default_factory=dict)
    leaves: set[tuple[object, ...]] = field(default_factory=set)

    def add(self, path: Path, case: int) -> None:
        """Take in a way, which the case of this number took."""
        prefix: tuple[object, ...] = ()
        for guard in path:
            node = (*prefix, guard.question)
            self.guards.setdefault(node, guard)
            self.answers.setdefault(node, {}).setdefault(guard.answer, case)
            prefix = (*node, guard.answer)
        self.leaves.add(prefix)

    def questions(self) -> set[Asked]:
        """Those that have had both answers, on some way."""
        return {self.guards[node].asked for node, had in self.answers.items() if len(had) == 2}

    def open(self) -> Iterator[tuple[tuple[object, ...], Guard, bool, int]]:
        """The questions with one answer: where, which, the answer that is missing, and the case."""
        for node, found in list(self.answers.items()):
            if len(found) == 1:
                ((answer, case),) = found.items()
                yield node, self.guards[node], not answer, case

r"""
# What exact numbers stand on

The field, the draws, and the record of what was compared. There is a new one for each run, and all
numbers of the run belong to it.

The field has $p$ elements, with $p \equiv 3 \pmod 4$. There $-1$ is not a square, and of $x$ and
$-x$ exactly one is. So squares can play the part of the positive numbers: products and quotients of
them are squares again, and each has one root that is a square itself, $x^{(p+1)/4}$, with
$\sqrt{ab} = \sqrt a \sqrt b$. An input is drawn as a square if its float is positive, and as the
negative of one if it is not, so that the sign is right of all that is made of inputs by products
and quotients. So that it is right of whole numbers as well, the prime that is taken by default is
one less than a multiple of 8 and of all primes below 100: those are squares then.

A sum of squares may be none. If the root of one is asked for, all is [drawn again](numbers.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, nan, prod
from random import Random
from typing import Any, NamedTuple

from .guards import Path, where

ODD_PRIMES = [n for n in range(3, 100, 2) if all(n % k for k in range(3, n, 2))]
PRIME = 2**198 * prod(ODD_PRIMES) - 1
Size = tuple[float, float]
# Among the factors of a number: a constant whose sign the field does not have.
UNSIGNED = "a constant"
# In place of its name: a sum that is known to be positive.
POSITIVE = "positive"
# The float of an exact number, which is the tool's.
plain: Callable[[Any], float] = float.__float__
# Two exponents of one base that differ by such a whole number have powers that are tied.
NEAR = 4


class Redraw(BaseException):
    """The root of something that has none here. No `Exception`: only the prover handles it."""


class Refused(BaseException):
    """Something that no exact number has a value for; the text says what."""


class Undefined(BaseException):
    """A division by zero, or a float that is zero by chance: nothing is said of this point."""


class Told(NamedTuple):
    """What is left of a ground: how many roots and differences there were, and the other counts."""

    roots: int
    differences: int
    degree: float
    looked: int
    draws: int


@dataclass
class Ground:
    draw: Random
    prime: int = PRIME
    # What was compared, while `recording`.
    path: Path = field(default_factory=lambda: Path(zero={UNSIGNED: False}))
    recording: bool = False
    # The inverses, roots and powers that were taken: of an element, and of a base and an exponent.
    inverses: dict[int, int] = field(default_factory=dict)
    roots: dict[int, int] = field(default_factory=dict)
    powers: dict[tuple[int, int], int] = field(default_factory=dict)
    # The constants that were met, as exact numbers.
    constants: dict[float, Any] = field(default_factory=dict)
    # The signs of sums.
    signs: dict[int, int] = field(default_factory=dict)
    # What is known of elements: which are at least 0 and below 1, which count something, and which
    # are positive.
    fractions: set[int] = field(default_factory=set)
    counts: set[int] = field(default_factory=set)
    positive: set[int] = field(default_factory=set)
    # Those of inputs that are never negative; and sums whose product is a square if, and only if,
    # it is positive.
    unsigned: set[int] = field(default_factory=set)
    settled: dict[int, frozenset[int]] = field(default_factory=dict)
    # Of roots that may depend on earlier ones: which they are, in their order, and the text of a
    # place; and which was the first that did not exist.
    unsure: dict[int, str] = field(default_factory=dict)
    missing: int | None = None
    # How many elements were drawn, those that would not do included; how many differences were
    # looked at, and the largest degree of their numerators.
    draws: int = 0
    differences: int = 0
    degree: float = 0
    # Whether two sides were compared that are not equal.
    refuted: bool = False

    def told(self) -> Told:
        return Told(len(self.roots), self.differences, self.degree, self.looked, self.draws)

    @property
    def looked(self) -> int:
        """How many pairs of elements may have been taken for the same, at most."""
        found = len(self.roots) + len(self.powers) + len(self.signs) + len(self.inverses)
        found += len(self.path.known) + len(self.path.zero)
        found += len(self.fractions) + len(self.counts) + len(self.positive) + len(self.settled)
        return self.differences + found**2

    def element(self, positive: bool = True) -> int:
        """A random element, which has the sign that is asked for."""
        self.draws += 1
        square = pow(self.draw.randrange(1, self.prime), 2, self.prime)
        return square if positive else self.prime - square

    def image(self, value: float) -> int:
        """The element that a float is, exactly."""
        return image(value, self.prime)

    def is_signed(self, value: float) -> bool:
        return signed(value, self.prime)

    def inverse(self, element: int) -> int:
        if not element:
            raise Undefined
        found = self.inverses.get(element)
        if found is None:
            found = self.inverses[element] = pow(element, -1, self.prime)
        return found

    def root(self, element: int, sums: frozenset[int]) -> int:
        """The root that is a square itself. These sums decide whether there is one."""
        found = self.roots.get(element)
        if found is None:
            found = pow(element, (self.prime + 1) // 4, self.prime)
            if found * found % self.prime != element:
                self.missing = len(self.roots) if sums else None
                raise Redraw
            if sums:
                self.unsure[len(self.roots)] = where()
                self.settled[min(sums)] = sums
            self.roots[element] = found
        return found

    def settle(self, element: int, negative: bool, sums: frozenset[int]) -> None:
        """A sum, of which `sums` is left, has to be a square if it is positive, and only then."""
        square = pow(element, (self.prime - 1) // 2, self.prime) == 1
        if square == negative:
            raise Redraw
        self.settled[min(sums)] = sums

    def unsettled(self, sums: frozenset[int]) -> frozenset[int]:
        """What is left of a product of sums, but for squares and products that are settled."""
        for first in sorted(sums):
            if first in sums and first in self.settled:
                return self.unsettled(sums ^ self.settled[first])
        return sums

    def is_positive(self, one: int, other: int, sign: int) -> bool:
        """Whether it is known of a sum or a difference of two elements that it is positive."""
        if sign < 0:
            return one == 1 and other in self.fractions or self.path.exceeds(one, other)
        found = one in self.counts and 0 < other < NEAR
        self.positive |= {one + other} if found else set()
        return found

    def power(self, base: int, exponent: int) -> int:
        r"""
        A power that is no rational function: a new element, but $b^{e+1} = b \cdot b^e$. If it is
        known that it lies between 0 and 1, it is one that leaves a positive number below 1.
        """
        for step in range(-NEAR, NEAR + 1):
            known = self.powers.get((base, (exponent - step) % self.prime))
            if known is not None:
                return known * pow(base, step, self.prime) % self.prime
        fraction = base in self.fractions and exponent in self.positive
        found = self.powers[base, exponent] = self.fraction() if fraction else self.element()
        self.fractions |= {found} if fraction else set()
        return found

    def fraction(self) -> int:
        """
        A random element that is a square, as is what it leaves of 1. All points of a circle but one
        are these, and each has its own $u$.
        """
        self.draws += 1
        u = self.draw.randrange(2, self.prime - 1)
        found = pow((1 - u * u) * pow(1 + u * u, -1, self.prime), 2, self.prime)
        left = (1 - found) % self.prime
        left = min(left, self.prime - left)
        self.settled[left] = frozenset([left])
        return found

    def see(self, one: Size, other: Size) -> None:
        """A difference between numbers of these degrees decides something."""
        self.differences += 1
        self.degree = max(self.degree, one[0] + other[1], other[0] + one[1])

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """While this lasts, comparisons are recorded."""
        before, self.recording = self.recording, True
        try:
            yield
        finally:
            self.recording = before


@lru_cache(maxsize=4096)
def image(value: float, prime: int) -> int:
    numerator, denominator = value.as_integer_ratio()
    return numerator * pow(denominator, -1, prime) % prime


@lru_cache(maxsize=4096)
def signed(value: float, prime: int) -> bool:
    """Whether the element of a float is a square if it is positive, and none if it is negative."""
    element = image(value, prime)
    return value == 0 or (pow(element, (prime - 1) // 2, prime) == 1) == (value > 0)


def power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent) if base >= 0 or exponent.is_integer() else nan
    except (OverflowError, ZeroDivisionError):
        return inf

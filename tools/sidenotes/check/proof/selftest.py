"""
# The numbers themselves

A proof is worth what its numbers are worth: were a sum a product, then on both sides. So before
anything is proved, each operation is compared with that on Python's fractions, and roots and powers
with what they are to satisfy.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

from .ground import Ground, plain
from .numbers import Exact

SAMPLES = (3.5, -0.75, 2.0, 0.5, -5.0)


def selftest(prime: int) -> None:
    """An `AssertionError` if these numbers do not do what numbers do."""
    ground = Ground(Random(0), prime)
    for one, other in product(SAMPLES, SAMPLES):
        x, y = (Exact.input(ground, each, "x", pinned=True) for each in (one, other))
        pairs = zip(_values(x, y), _values(Fraction(one), Fraction(other)), strict=True)
        for number, (found, expected) in enumerate(pairs):
            if isinstance(expected, bool):
                assert found is expected, f"exact numbers compare wrongly: {number}"
                continue
            bottom = pow(expected.denominator, -1, prime)
            same = found.element == expected.numerator * bottom % prime
            close = abs(plain(found) - float(expected)) <= 1e-12 * abs(float(expected))
            assert same and close, f"exact numbers compute wrongly: {number} of {one}, {other}"
    _roots_and_powers(ground)


def _values(x: Any, y: Any) -> Iterator[Any]:
    yield from (x + y, x - y, x * y, x / y, -x, x**3, x**-2, x**0, abs(x))
    yield from (2 + x, 2 - x, 2 * x, 2 / x, x + 2, x - 2, x * 2, x / 2)
    yield from (x < y, x <= y, x > y, x >= y, x == y, x != y, x < 2, 2 < x, bool(x))
    yield x.larger(y) if isinstance(x, Exact) else max(x, y)


def _roots_and_powers(ground: Ground) -> None:
    wrong = "exact numbers have wrong roots or powers"
    a: Any
    b: Any
    a, b = (Exact.input(ground, value, "x") for value in (2.0, 3.0))
    assert (a * b).root() == a.root() * b.root() and a.root() * a.root() == a, wrong
    assert (a * a).root() == a and (a / b) ** 0.5 == a.root() / b.root(), wrong
    below: Any = -Exact.input(ground, -2.0, "x")
    assert (below * below).root() == below, wrong
    t = Exact.input(ground, 3.0, "t")
    assert b ** (t + 1) == b * b**t and b ** (t - 1) * b == b**t and b**t != b, wrong
    assert plain(b**t) == 27.0, wrong

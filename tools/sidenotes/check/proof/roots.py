r"""
# Roots

Of the two roots of $h^2$, real numbers take the one that is not negative, and the field the one
that is a square. That is the same one if $h$ is a square just where its float is positive, which it
is if it is a product of inputs. So before the root of a product is taken, each sum of which an even
power is a factor of it has to be one as well, or all is drawn again; and whether $h < 0$ is a
question, as if the code had asked it. Then $\sqrt{(a-b)^2}$ is $|a - b|$.

A factor with an odd power stays below the root. If one of them is a sum, then this radicand is not
to be a square of something, and no product of it and radicands before it: then its root can have
either sign, whatever signs those have. It is none if it was no square in some draw, while they were
squares. So [all is drawn](explore.py) until this has been so, once for each root on each way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .ground import POSITIVE, UNSIGNED, Ground, Refused, Undefined, plain

# An exact number that is an input or a sum, and its power.
Factor = tuple[Any, float]
# How often roots have to exist, all of them, until one that always did is taken for one that must.
ENOUGH = 40
# Even powers of an input that a radicand can be the multiple of another by.
POWERS = (2, 4, -2, -4)


def settle(number: Any) -> frozenset[int]:
    """
    See to the signs of what has an even power in an exact number, whose root is to be taken. The
    sums with an odd power, if it is not known of their product that it is a square.
    """
    ground, odd = number.ground, []
    for factor, power in factors(number) if number.element else ():
        if factor.about is UNSIGNED:
            raise Refused(f"the root of {number!r}: a constant in it is no square in this field")
        if power % 2:
            odd.append(factor)
        else:
            _settle_square(factor)
    sums = ground.unsettled(frozenset(key(each) for each in odd if not is_input(each)))
    if sums:
        return sums
    # The sign of one alone is that of the number.
    for factor in odd if len(odd) > 1 else ():
        if is_input(factor):
            _ask(factor)
    return frozenset()


def _settle_square(factor: Any) -> None:
    ground: Ground = factor.ground
    if is_input(factor):
        if not is_signed(factor):
            raise Refused(f"the root of a square of {factor!r}: it has no sign in this field")
    elif not plain(factor):
        # Its float does not say which sign it is to have.
        raise Undefined
    elif left := ground.unsettled(frozenset([key(factor)])):
        ground.settle(factor.element, plain(factor) < 0, left)
    _ask(factor)


def _ask(factor: Any) -> None:
    """Whether it is negative, where that is not known; if it is zero, either will do."""
    if factor.about is not POSITIVE and factor.element not in factor.ground.unsigned:
        factor.ask("max", factor.constant(factor.ground, 0.0), plain(factor) < 0)


def is_input(factor: Any) -> bool:
    return factor.about is not None and factor.about is not POSITIVE


def is_signed(factor: Any) -> bool:
    """Whether an input has its sign in the field: one number may be a square or not, by chance."""
    value, ground = plain(factor), factor.ground
    return bool(factor.element != ground.image(value) or ground.is_signed(value))


def key(factor: Any) -> int:
    """An element that is the same for a sum and its negative."""
    return min(factor.element, factor.ground.prime - factor.element)


def factors(number: Any) -> list[Factor]:
    """The inputs and the sums that a number is a product of, each with its power."""
    found: dict[object, Factor] = {}
    for factor, power in _walk(number, 1):
        name = factor.about if is_input(factor) else key(factor)
        found[name] = factor, power + found.get(name, (factor, 0))[1]
    return [*found.values()]


def _walk(number: Any, power: float) -> Iterator[Factor]:
    if number.parts is None:
        yield number, power
    # A root is positive, and so is a power that was drawn as an element.
    elif all(float(own).is_integer() for _, own in number.parts):
        for part, own in number.parts:
            yield from _walk(part, power * own)


@dataclass
class Evidence:
    """What the draws of one way show of its roots: which of them have been none."""

    # Those that may depend on earlier ones, by their number, and where they were taken.
    unsure: Mapping[int, str] = field(default_factory=dict)
    independent: set[int | None] = field(default_factory=set)
    # How often all existed.
    whole: int = 0

    @property
    def open(self) -> list[int]:
        return sorted(self.unsure.keys() - self.independent)

    def exist(self, ground: Ground, inputs: Iterable[Any]) -> None:
        """All roots of this ground existed."""
        self.whole, self.unsure = self.whole + 1, self.unsure or ground.unsure
        if self.whole > ENOUGH:
            monomials = squares(ground, inputs)
            for number in self.open:
                radicand, *before = [*ground.roots][number::-1]
                ratios = (_ratio(ground, radicand, each) for each in (1, *before))
                if monomials.isdisjoint(ratios):
                    text = "which of its signs this root has, other roots decide"
                    raise Refused(f"{self.unsure[number]}: {text}")
                self.independent.add(number)


def squares(ground: Ground, inputs: Iterable[Any]) -> set[int]:
    """Even powers of inputs that are never negative, and of nothing else."""
    known = [x for x in inputs if x.element in ground.unsigned and x.element and is_signed(x)]
    return {1, *(pow(x.element, power, ground.prime) for x in known for power in POWERS)}


def _ratio(ground: Ground, one: int, other: int) -> int:
    return one * ground.inverse(other) % ground.prime

r"""
# Exact numbers

An `Exact` is a float, so that all code that takes a float takes it. Beside that it has an element
of the field of its [ground](ground.py), and what is computed with it has, too. The float decides
the way that code takes: `lr != 0`, `rho < 5`. The element is what is proved equal.

>>> from random import Random
>>> ground = Ground(Random(0))
>>> beta, t = Exact.input(ground, 0.9, "beta"), Exact.input(ground, 3.0, "t")
>>> (1 - beta) * (1 + beta) == 1 - beta**2, beta * beta**t == beta ** (t + 1), beta == 0.9
(True, True, False)

A plain number beside an `Exact` is the fraction that it is. Whoever asks for its float, its text or
a part of it is [refused](arithmetic.py). What reads the float by itself, as `math.exp` does, makes
a plain float of it, which is equal to nothing on the other side.

`parts` says what it is a product of, each with its power; an input or a sum has none. `factors` are
what it would be zero for: of a product those of both sides, of a sum the sum itself. So
$\alpha c_t / b_{1,t}$ is not zero where $\alpha$ is not, if it is known of $c_t$ and $b_{1,t}$.

`size` has the degrees of numerator and denominator. A root has half of the degree of its square.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Number
from typing import Any

from .ground import POSITIVE, UNSIGNED, Ground, Refused, Size, Undefined, plain, power
from .guards import About, Factors, from_tool
from .roots import settle

# Powers that are products.
MOST = 64
NONE: Factors = frozenset()
Parts = tuple[tuple["Exact", float], ...]
CONSTANT: Size = (0, 0)


class Exact(float):
    __slots__ = ("ground", "element", "size", "parts", "about")
    ground: Ground
    element: int
    size: Size
    parts: Parts | None
    # Of an input its name; of a sum that is known to be positive, or a constant without a sign: so.
    about: str | None

    @classmethod
    def make(cls, ground: Ground, value: float, element: int, size: Size, *more: Any) -> Exact:
        """`more` are the parts, and what it is about: two, or none."""
        made = float.__new__(cls, value)
        made.ground, made.element, made.size = ground, element, size
        made.parts, made.about = more or (None, None)
        return made

    @classmethod
    def input(cls, ground: Ground, value: float, name: str, pinned: bool = False) -> Exact:
        """An input: any number of the sign of `value` or, if it is `pinned`, that value alone."""
        element = ground.image(value) if pinned else ground.element(value >= 0)
        return cls.make(ground, value, element, (1, 0), None, name)

    @classmethod
    def constant(cls, ground: Ground, value: float) -> Exact:
        found: Exact | None = ground.constants.get(value)
        if found is None:
            element, signed = ground.image(float(value)), ground.is_signed(float(value))
            parts, about = () if signed and value else None, None if signed else UNSIGNED
            found = cls.make(ground, value, element, CONSTANT, parts, about)
            ground.constants[value] = found
        return found

    def lifted(self, other: Any) -> Exact | None:
        """Another number as one of these; `None` if it is no number."""
        if type(other) is Exact:
            return other
        if isinstance(other, int | float) and math.isfinite(other):
            return Exact.constant(self.ground, other)
        if isinstance(other, Number):
            raise Refused(f"an exact number beside {other!r} has no exact value here")
        return None

    def new(self, value: float, element: int, size: Size, parts: Parts | None = None) -> Exact:
        return Exact.make(self.ground, value, element % self.ground.prime, size, parts, None)

    @property
    def is_constant(self) -> bool:
        return self.size == CONSTANT

    @property
    def factors(self) -> Factors:
        if self.parts is None:
            return NONE if self.about is POSITIVE else frozenset([self.about or self.element])
        return NONE.union(*(part.factors for part, power in self.parts if power > 0))

    def __repr__(self) -> str:
        if not from_tool():
            raise Refused("the text of a number has no exact value here")
        return f"{plain(self)!r} (element …{self.element % 16**6:06x})"

    # ## Operations

    def plus(self, other: Exact, sign: int = 1) -> Exact:
        (a, b), (c, d) = self.size, other.size
        value = plain(self) + sign * plain(other)
        found = self.new(value, self.element + sign * other.element, (max(a + d, c + b), b + d))
        if not (self.element and other.element):
            found.parts = ((self if self.element else other, 1),)
        elif self.ground.is_positive(self.element, other.element, sign):
            found.about = POSITIVE
        return found

    def times(self, other: Exact) -> Exact:
        (a, b), (c, d) = self.size, other.size
        value, element = plain(self) * plain(other), self.element * other.element
        return self.new(value, element, (a + c, b + d), ((self, 1), (other, 1)))

    def over(self, other: Exact) -> Exact:
        (a, b), (c, d) = self.size, other.size
        element = self.element * self.ground.inverse(other.element)
        try:
            value = plain(self) / plain(other)
        except ZeroDivisionError:
            value = math.copysign(math.inf, self) if self else math.nan
        return self.new(value, element, (a + d, b + c), ((self, 1), (other, -1)))

    def root(self) -> Exact:
        value = math.sqrt(plain(self)) if plain(self) >= 0 else math.nan
        half = sum(self.size) / 2
        found = self.ground.root(self.element, settle(self))
        return self.new(value, found, (half, self.size[1]), ((self, 0.5),))

    def to_the(self, other: Exact) -> Exact:
        value, exponent = power(plain(self), plain(other)), plain(other)
        if other.is_constant and (2 * exponent).is_integer() and abs(exponent) <= MOST:
            base = self.root() if not exponent.is_integer() else self
            whole = int(exponent) if base is self else int(2 * exponent)
            if not whole:
                return Exact.constant(self.ground, 1.0)
            element = base.element if whole >= 0 else self.ground.inverse(base.element)
            size = base.size if whole >= 0 else base.size[::-1]
            raised = pow(element, abs(whole), self.ground.prime)
            size = size[0] * abs(whole), size[1] * abs(whole)
            return self.new(value, raised, size, ((base, whole),))
        # Zero and one have no other powers, and that of zero and zero is one.
        element = self.element
        if not element:
            if not other:
                return Exact.constant(self.ground, 1.0)
            if other < 0:
                raise Undefined
        elif plain(self) < 0:
            raise Refused(f"the power {other!r} of {self!r}, which is negative, is not known here")
        elif element > 1:
            element = self.ground.power(element, other.element)
        return self.new(value, element, (1, 0), ((self, 0.5),))

    def __neg__(self) -> Exact:
        return self.new(-plain(self), -self.element, self.size, ((self, 1),))

    def __abs__(self) -> Exact:
        return -self if self.below(Exact.constant(self.ground, 0.0)) else self

    # ## Comparisons

    def below(self, other: Exact) -> bool:
        return self.ask("<", other, plain(self) < plain(other))

    def ask(self, form: str, other: Exact, answer: bool) -> bool:
        r"""
        Answer a question about the difference to another number. Whether it is zero the element
        says, and the float what else is said of it.
        """
        ground = self.ground
        difference = (self.element - other.element) % ground.prime
        answer = not difference if form == "=" else answer and bool(difference)
        if not ground.recording or self is other or (self.is_constant and other.is_constant):
            return answer
        # What is zero if the two are equal.
        left, beside = (other, self) if self.is_constant else (self, other)
        factors = frozenset([difference]) if beside.element else left.factors
        if form == "=" and (known := ground.path.vanishes(factors)) is not None:
            return known
        about = self.about_constant(other)
        keys: tuple[object, object] = (difference, -difference % ground.prime)
        if about and about.name:
            keys = about, about.turned()
        elif not difference:
            # A sum that is zero here may be any.
            keys = (object(), object()) if 0 in factors else (factors, factors)
        ground.see(self.size, other.size)
        answer = ground.path.ask(form, keys, answer, about, ground.path.unknown(factors))
        if form == "=" or form == "<" and answer:
            ground.path.learn(factors, form == "=" and answer, about)
        if form == "<" and not answer and 0 < other.element < MOST and other.is_constant:
            ground.path.bound(self.element, other.element)
        return answer

    def about_constant(self, other: Exact) -> About | None:
        """The input and the constant that are compared; `None` if it is something else."""
        if other.is_constant:
            return About(None if self.about is POSITIVE else self.about, plain(other), 1)
        found = other.about_constant(self) if self.is_constant else None
        return found and found.turned()

    def __bool__(self) -> bool:
        return not self.ask("=", Exact.constant(self.ground, 0.0), False)

    def larger(self, other: Exact) -> Exact:
        """The larger one: if they are equal, any."""
        return other if self.ask("max", other, plain(self) < plain(other)) else self


def _operator(name: str, operation: Callable[[Exact, Exact], Any]) -> None:
    def forward(self: Exact, other: Any) -> Any:
        x = other if type(other) is Exact else self.lifted(other)
        return NotImplemented if x is None else operation(self, x)

    def reflected(self: Exact, other: Any) -> Any:
        return NotImplemented if (x := self.lifted(other)) is None else operation(x, self)

    setattr(Exact, f"__{name}__", forward)
    setattr(Exact, f"__r{name}__", reflected)


_operator("add", Exact.plus)
_operator("sub", lambda a, b: a.plus(b, -1))
for _name, _operation in (("mul", Exact.times), ("truediv", Exact.over), ("pow", Exact.to_the)):
    _operator(_name, _operation)


def _comparison(name: str, operation: Callable[[Exact, Exact], bool], plain: Any) -> None:
    def compare(self: Exact, other: Any) -> Any:
        if type(other) is float and math.isinf(other):
            return plain(self, other)
        return NotImplemented if (x := self.lifted(other)) is None else operation(self, x)

    setattr(Exact, f"__{name}__", compare)


_comparison("lt", Exact.below, float.__lt__)
_comparison("gt", lambda a, b: b.below(a), float.__gt__)
_comparison("le", lambda a, b: not b.below(a), float.__le__)
_comparison("ge", lambda a, b: not a.below(b), float.__ge__)
_comparison("eq", lambda a, b: a.ask("=", b, False), float.__eq__)
_comparison("ne", lambda a, b: not a.ask("=", b, False), float.__ne__)

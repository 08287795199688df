r"""
# Sums, and symbols in them

A sum $\sum_{i=1}^{n}$ goes from one whole number to another, $\sum_i$ over all elements of the
arrays that have the index $i$, and $\sum_{x \in X}$ over the elements of $X$. It takes in the
product that follows; what is added after that is not in it. Products, maxima and minima over an
index are read in the same way.

In a sum over $i$, the table of symbols decides what $x_i$ means. If it has $x$, it is an element of
the array $x$. If it has $x_t$, it is what $x_t$ is at step $i$.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from string import digits
from typing import Literal

from .cursor import Cursor
from .symbols import subscripts, with_subscripts
from .tokens import tokenize
from .tree import Element, Expression, Member, Name, Number, Range, Reduction, Values, names

REDUCTIONS: dict[str, Literal["sum", "prod", "max", "min"]] = {
    **{r"\sum": "sum", r"\prod": "prod"},
    **{r"\max": "max", r"\min": "min"},
}
# An index, and what it goes over; of a range, only the beginning is known yet.
Index = tuple[Name, Expression | Range | Values | None]


class Sums(Cursor):
    # The indices of the sums around, and what they go over.
    bound: dict[str, Range | Values | None] = {}

    def expression(self, strength: int = 0) -> Expression:
        raise NotImplementedError

    def argument(self) -> tuple[Expression, int]:
        """The argument of a command, a group or one token; and where it ends."""
        return self.group(self.expression)

    def reduction(self, command: str, start: int) -> Expression:
        if self.peek() != "_":
            raise self.fail(rf"an index expected, {command}_i or {command}_{{i=1}}^{{n}}")
        self.take()
        indices = self._with_last(command, self.group(self._below)[0])
        outer = self.bound
        self.bound = {**outer, **{index.key: over for index, over in indices}}
        body = self.expression(1)
        self.bound = outer
        for index, over in reversed(indices):
            body = Reduction(REDUCTIONS[command], index, over, body, start=start, end=body.end)
        return body

    def _below(self) -> list[Index]:
        r"""What stands below a sum: `i`, `i, j`, `i=1` or `x \in X`."""
        index = self.symbol()
        if self.accept("="):
            return [(index, self.expression())]
        if self.accept(r"\in"):
            return [(index, Values(self.expression()))]
        found: list[Index] = [(index, None)]
        while self.accept(","):
            found.append((self.symbol(), None))
        if self.peek():
            raise self.fail("= expected")
        return found

    def _with_last(
        self, command: str, indices: list[Index]
    ) -> list[tuple[Name, Range | Values | None]]:
        """The indices with all that they go over, now that what stands above can be read."""
        found = []
        for index, over in indices:
            if isinstance(over, Expression):
                self.expect("^")
                over = Range(over, self.argument()[0])
            found.append((index, over))
        if self.peek() == "^":
            raise self.fail(f"the first value of the index expected, {command}_{{i=1}}^{{n}}")
        return found

    # ## Symbols

    def variable(self) -> Expression:
        """A symbol, a constant that is not in the table, or a part of what has an index."""
        name = self.symbol()
        if name.key not in self.symbols:
            if name.key == r"\pi":
                return Number(math.pi, start=name.start, end=name.end)
            if name.key in ("e", r"\mathrm e") and self.peek() == "^":
                return Number(math.e, start=name.start, end=name.end)
        return self._indexed(name) if self.bound and name.key not in self.bound else name

    def _indexed(self, name: Name) -> Expression:
        stem, written = subscripts(name.key)
        parts = [part for each in written for part in self._juxtaposed(each)]
        indices: dict[int, Expression] = {}
        for n, part in enumerate(parts):
            if index := self._index(part, name):
                indices[n] = index
        if not indices:
            return name
        array = with_subscripts(stem, [part for n, part in enumerate(parts) if n not in indices])
        if array not in self.symbols and stem in self.symbols:
            # Of $A_{1,j}$, the number is an index, too.
            numbers = {n: Number(float(p)) for n, p in enumerate(parts) if p.isdecimal()}
            if len(numbers) + len(indices) == len(parts):
                array, indices = stem, dict(sorted({**indices, **numbers}.items()))
        if array not in self.symbols and name.key in self.symbols:
            array = name.key
        place = {"start": name.start, "end": name.end}
        element = Element(Name(array, **place), tuple(indices.values()), **place)
        first = min(indices)
        member = Member(name.key, first, indices[first], **place)
        step = with_subscripts(stem, [*parts[:first], "t", *parts[first + 1 :]])
        is_element, is_member = array in self.symbols, step in self.symbols and len(indices) == 1
        if is_element and is_member and array != step:
            text = f"an element of {array}, or {step} at that step? The table has both"
            raise self.fail(text, name.start)
        # Of symbols that the table has not, those with bounds are a family.
        bounded = all(self.bound.get(key, True) for key in names(indices[first]))
        family = len(indices) == 1 and bounded and not is_element
        return member if is_member or family else element

    def _juxtaposed(self, part: str) -> Sequence[str]:
        """The indices of $A_{ij}$ or $A_{i1}$."""
        several = len(part) > 1 and set(part) & set(self.bound) and not re.search(r"\d\d", part)
        return list(part) if several and set(part) <= {*self.bound, *digits} else [part]

    def _index(self, part: str, name: Name) -> Expression | None:
        """A subscript that has the index of a sum in it, such as the $t - i$ of $g_{t-i}$."""
        inner = type(self)(part, tokenize(part), len(part), self.symbols)
        inner.bound = self.bound
        try:
            found = inner.expression()
        except ValueError:
            return None
        own = names(found) & set(self.bound)
        if inner.peek() or not own:
            return None
        if any(isinstance(self.bound[key], Values) for key in own):
            text = "an index out of a set: does it count from 0, or from 1?"
            raise self.fail(text, name.start)
        return replace(found, start=name.start, end=name.end)

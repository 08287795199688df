r"""
# Before the update, and after

$$m_t \leftarrow \beta m_t + (1 - \beta)\,g_t$$

It should say $m_{t-1}$ on the right, and yet its value is the right one: what holds $m_t$ after the
statement still holds $m_{t-1}$ before it. So a value alone does not tell one from the other; all
checks of a formula together do. In steps in which $m$ changed, the variable held
either still what it held when the step began, or no longer. If it still did each time, the line
comes before the update, and the formula has to say $m_{t-1}$.

The same goes for the left side. What makes, each time, just what was there when the step began does
not make $m_t$. It sets the start, and has to say $m_0$. And $m_0$ is made in the first step only.

Steps in which $m$ did not change, with a learning rate of 0 for a parameter, say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..formula.symbols import shifted
from ..values.arrays import Value, flat


@dataclass
class Sides:
    """How often a symbol had its old value and how often not, in steps that gave it a new one."""

    old: int = 0
    new: int = 0

    def see(self, value: Value, before: Value, after: Value) -> None:
        if before != after:
            # A loop over the elements of an array reports no shape, and over one a number.
            same = _elements(value) == _elements(before)
            self.old += same
            self.new += not same

    @property
    def outdated(self) -> bool:
        return self.old > 0 and not self.new


def _elements(value: Value) -> tuple[float, ...]:
    found = flat(value)
    return found if isinstance(found, tuple) else (found,)


@dataclass
class Updates:
    """What the symbols of one formula held, over all runs."""

    read: dict[str, Sides] = field(default_factory=dict)
    made: dict[str, Sides] = field(default_factory=dict)

    def see(
        self,
        read: Mapping[str, Value],
        made: Mapping[str, Value],
        before: Mapping[str, Value],
        after: Mapping[str, Value],
    ) -> None:
        """Take in what a statement read and made, when the step is done."""
        for sides, values in ((self.read, read), (self.made, made)):
            for symbol in values.keys() & after.keys():
                if shifted(symbol, "t", "t-1") == symbol:
                    continue
                seen = sides.setdefault(symbol, Sides())
                seen.see(values[symbol], before[symbol], after[symbol])

    def problems(self) -> Iterator[str]:
        for symbol in (symbol for symbol, sides in self.read.items() if sides.outdated):
            earlier = shifted(symbol, "t", "t-1")
            yield (
                f"the right side says {symbol}, and reads {earlier} each time: the line comes"
                f" before the update, so write {earlier}"
            )
        for symbol in (symbol for symbol, sides in self.made.items() if sides.outdated):
            yield (
                f"the left side says {symbol}, and {shifted(symbol, 't', 't-1')} is made each time:"
                f" if this is where all begins, write {shifted(symbol, 't', '0')}"
            )

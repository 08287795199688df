r"""
# The values of a moment

What does a symbol mean at a line? In this order:

1. The left side itself, where it stands on the right too: what its variable holds before the
   statement runs.
2. What the caller gave: the hyper-parameters of the item, and $t$, which is counted *here*. Were
   they read from the code's own variables, a wrong one would agree with itself.
3. $x_{t-1}$: the value of $x_t$ at the end of the step before. Not the value just before this line,
   which is the same only if nothing touched it in between.
4. All else: the variable, the entry of a dictionary or the attribute of `self` that has a name
   which the table of symbols gives, before the statement runs.

A symbol that has no value in any of these ways is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..formula.evaluator import Value
from ..formula.indices import shifted
from ..runs import Item, plain


class Moment:
    """Where one item stands: its steps so far, and its values at the end of each."""

    def __init__(self, item: Item, number: int):
        self.item, self.number, self.step = item, number, 0
        self.values = [self._now()]
        self.begin()

    def _now(self) -> dict[str, Value]:
        return {symbol: plain(value) for symbol, value in self.item.values().items()}

    def begin(self) -> None:
        """The next step begins."""
        last = {shifted(symbol, "t", "t-1"): value for symbol, value in self.end_of(-1).items()}
        before = {symbol: value for symbol, value in last.items() if "t-1" in symbol}
        self.known: dict[str, Value] = {**before, **self.item.constants, "t": float(self.step)}

    def end(self) -> None:
        self.values.append(self._now())

    def end_of(self, step: int) -> dict[str, Value]:
        """All values at the end of a step, aliases included; -1 is the last one."""
        values = self.values[step]
        return {**values, **{alias: values[of] for alias, of in self.item.aliases.items()}}

    def plain(self, value: Any) -> Value:
        """The value as numbers; a `TypeError` if it is nothing of the kind."""
        return plain(self.item.read(value))

    def value(
        self, symbol: str, own: bool, holders: Sequence[str], variables: Mapping[str, Any]
    ) -> Value:
        """
        The value of a symbol where these are the local variables. `own`: it is the left side.
        """
        if not own and symbol in self.known:
            return self.known[symbol]
        for value in held(holders, variables):
            try:
                return self.plain(value)
            except TypeError:
                continue
        looked = f"nothing here is called {' or '.join(holders)}" if holders else "no name is given"
        raise ValueError(f"{symbol} has no value: {looked}, and the run does not give it")


def held(holders: Iterable[str], variables: Mapping[str, Any]) -> Iterator[Any]:
    """What variables, entries of dictionaries and attributes of `self` hold under these names."""
    owner = getattr(variables.get("self"), "__dict__", {})
    for holder in (variables, *(v for v in variables.values() if isinstance(v, dict)), owner):
        for name in holders:
            if name in holder:
                yield holder[name]

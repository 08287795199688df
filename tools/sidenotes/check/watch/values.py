r"""
# The values of an item

What does a symbol mean at a line? In this order:

1. The left side itself, where it stands on the right too: what its variable holds before the
   statement runs.
2. What the caller gave: the hyper-parameters of the item, the flags of the run, and $t$, which is
   counted *here*. Were they read from the code's own variables, a wrong one would agree with
   itself.
3. $x_{t-1}$: the value of $x_t$ at the end of the step before. Not the value just before this line,
   which is the same only if nothing touched it in between.
4. All else: the variable, the entry of a dictionary or the attribute of `self` that has a name
   which the table of symbols gives, before the statement runs. Not a hyper-parameter, though: a
   symbol that any run gives as a constant has no value in a run that does not give it.

A symbol that has no value in any of these ways is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..formula.symbols import shifted
from ..formula.tree import flag_key
from ..runs import Item
from ..values.arrays import Value, plain


class ItemValues:
    """One item of a run: its steps so far, and its values at the end of each."""

    def __init__(self, item: Item, number: int, flags: Mapping[str, bool]):
        self.item, self.number, self.step = item, number, 0
        self.flags = flags
        # What the caller gives, at the beginning and in each step.
        self.given = [_plain(item.constants)]
        # The step of the run that it sits out, if it does.
        self.sits_out = 0
        self.values = [self._now()]
        self._know()

    @property
    def constants(self) -> dict[str, Value]:
        """What the caller gives, as it is now."""
        return self.given[-1]

    def _now(self) -> dict[str, Value]:
        return _plain(self.item.values())

    def begin(self, flags: Mapping[str, bool]) -> None:
        """The next step begins."""
        self.flags = flags
        self.step, self.sits_out = self.step + 1, 0
        self.given.append({**self.constants, **_plain(self.item.changed())})
        self._know()

    def sit_out(self, step: int) -> None:
        self.sits_out = step

    def _know(self) -> None:
        begun = 0.0 if self.item.before is None else self.item.before
        last = {shifted(symbol, "t", "t-1"): value for symbol, value in self.end_of(-1).items()}
        before = {symbol: value for symbol, value in last.items() if "t-1" in symbol}
        fixed = {**self.constants, **{flag_key(name): self.flags[name] for name in self.flags}}
        self.known: dict[str, Any] = {**before, **fixed, "t": begun + float(self.step)}

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
    ) -> Any:
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


def _plain(values: Mapping[str, Any]) -> dict[str, Value]:
    found = {}
    for symbol, value in values.items():
        try:
            found[symbol] = plain(value)
        except TypeError as error:
            raise TypeError(f"the run gives {symbol}: {error}") from None
    return found


def held(holders: Iterable[str], variables: Mapping[str, Any]) -> Iterator[Any]:
    """What variables, entries of dictionaries and attributes of `self` hold under these names."""
    owner = getattr(variables.get("self"), "__dict__", {})
    for holder in (variables, *(v for v in variables.values() if isinstance(v, dict)), owner):
        for name in holders:
            if name in holder:
                yield holder[name]

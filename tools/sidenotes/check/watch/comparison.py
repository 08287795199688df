r"""
# Comparing a statement with its formula

When a run comes to a statement with a formula, the symbols get the [values](values.py) of
this moment, and the formula its value. When the statement is done, the value that it made is
compared with that.

What a formula says of $m_t$ has to last: where the run tells what $m_t$ is when a step has ended,
it must be what the last formula of the step has made. Otherwise a line below has changed it that
no formula speaks of, and the page says nothing of what the next step finds.

What an earlier formula has made as $m_t$ is read by a later one, the one that makes $m_t$ anew at
the latest. If none reads it, it was something else that needs a name of its own.

A single value does not show whether $x_t$ has been updated at a line. [`updates.py`](updates.py)
finds it out from all that was compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..formula.symbols import shifted
from ..runs import Run
from ..symbol_table import SymbolTable
from ..values.arrays import Value, flat, is_empty, shape
from ..values.compare import TOLERANCE, deviation
from ..values.evaluator import evaluate
from .values import ItemValues
from .watched import Watched


@dataclass
class Pending:
    """A statement that is being executed, and the value that a formula gave it."""

    watched: Watched
    item: ItemValues
    known: dict[str, Value]
    # Those of them that come from the code's own variables.
    from_code: dict[str, Value]
    expected: Value
    # What functions have received that the statement has called.
    received: list[Any] = field(default_factory=list)


# What the formulas of a step have made, by symbol.
Made = Mapping[str, tuple[Watched, Value]]


class Comparison:
    """The comparisons of one step of a run."""

    def __init__(self, run: Run, table: SymbolTable) -> None:
        self.run, self.table = run, table
        self.compared: list[tuple[Pending, Value]] = []

    def begin(
        self,
        watched: Watched,
        item: ItemValues,
        variables: Mapping[str, Any],
        shaped: bool = True,
    ) -> Pending:
        """What a formula says of a statement that begins, where these are the variables."""
        if item.sits_out:
            raise ValueError(
                "this line is reached for an item that sits the step out:"
                f" {self.run.name} gives item {item.number} `None` in step {item.sits_out}"
            )
        own, holders = watched.target, self.table.holders
        known = {s: item.value(s, s == own, holders(s), variables) for s in watched.symbols}
        known = known if shaped else {symbol: flat(value) for symbol, value in known.items()}
        from_code = {s: known[s] for s in known if s == own or s not in item.known}
        watched.borrow(from_code.keys() - {own}, self.run)
        expected = evaluate(watched.formula.value, known, self.run.arithmetic, taken=watched.taken)
        return Pending(watched, item, known, from_code, expected)

    def end(self, pending: Pending, actual: Value) -> None:
        """The statement has made this value."""
        watched, item = pending.watched, pending.item
        self._refuse_late_start(watched, item)
        self.compared.append((pending, actual))
        text = watched.compare(actual, pending.expected, pending.known, self.run)
        if text:
            known = ", ".join(f"{s} = {v}" for s, v in sorted(pending.known.items()))
            where = f"{self.run.name}, step {item.step}, item {item.number}"
            watched.fail(f"{text}\n    in {where}\n    where {known}")

    def _refuse_late_start(self, watched: Watched, item: ItemValues) -> None:
        symbol = watched.target
        later = shifted(symbol, "0", "t")
        if later != symbol and later in item.end_of(-1) and item.step != 1:
            text = f"made in step {item.step}, but {symbol} is what the first step starts from"
            watched.fail(text)

    def made(self, item: ItemValues) -> Made:
        """What the last formula of each symbol has made so far, and which formula that is."""
        return {p.watched.target: (p.watched, v) for p, v in self.compared if p.item is item}

    def see_end(self, item: ItemValues) -> None:
        """Refuse what a step that has ended keeps, if its formulas have made something else."""
        self._refuse_unread(item)
        after, made = item.end_of(-1), self.made(item)
        for symbol in (symbol for symbol in made if symbol in after):
            watched, value = made[symbol]
            kept, value = flat(after[symbol]), flat(value)
            # A line may make one element, or some of them.
            if shape(kept) == shape(value):
                error, text = deviation(kept, value, self.run.arithmetic)
                if error > max(TOLERANCE, 4 * self.run.kept) and not is_empty(value):
                    where = f"{self.run.name}, step {item.step}, item {item.number}"
                    watched.fail(f"when the step has ended, {symbol} is {text}\n    in {where}")

    def _refuse_unread(self, item: ItemValues) -> None:
        """Refuse an $x_t$ that is made anew before a formula has read it."""
        unread: dict[str, Watched] = {}
        for watched in (pending.watched for pending, _ in self.compared if pending.item is item):
            for symbol in watched.symbols & unread.keys():
                del unread[symbol]
            symbol = watched.target
            before = unread.get(symbol, watched)
            # Another function may have its own reasons, as that of a subclass has.
            if before is not watched and before.where == watched.where:
                before.fail(
                    f"line {watched.place.line} makes {symbol} anew, and no formula has read it"
                    f" before: this is not yet {symbol}"
                )
            if shifted(symbol, "t", "0") != symbol:
                unread[symbol] = watched

    def see_updates(self, item: ItemValues) -> None:
        """Record what the formulas of a step that has ended read and made."""
        before, after = item.end_of(-2), item.end_of(-1)
        for pending, actual in self.compared:
            if pending.item is item:
                made = {pending.watched.target: actual}
                pending.watched.updates.see(pending.from_code, made, before, after)

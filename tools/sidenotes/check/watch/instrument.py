r"""
# Instrumented C

A C program cannot be watched line by line from outside. So probes are written into its text, around
each statement with a formula: calls that report what the variables hold which the
formula's symbols name, and afterwards what the statement made.

```c
v = beta2 * v + rest2 * error * error;
```

becomes

```c
{ report(3, v); report(4, error); } v = beta2 * v + rest2 * error * error; { report(5, v); }
```

all on the same line, so that no line of the file gets another number.

The whole name is `sidenotes_report`, and it is a variable, which stands at the end of the file. The
[run](../runs.py) compiles the text and lets the variable point to a function, which is then called
with the number of a probe and a value. A probe at the beginning of each function with formulas
reports that it was called. [Values](readings.py) are made of what was reported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ...languages.sections import numbered
from ..statements.c import Statements
from ..symbol_table import SymbolTable
from .watched import Watched

REPORT = "sidenotes_report"
DECLARED = f"void (*{REPORT})(int, double);"


class Probe(NamedTuple):
    """
    What a report with this number is of: a variable before the statement, what the statement made,
    or, without a name, that the function of the formula was called.
    """

    watched: Watched
    name: str = ""
    after: bool = False


class Instrumented(NamedTuple):
    """A text with probes in it. The number of a probe is its place."""

    text: str
    probes: Sequence[Probe]


class _Insert(NamedTuple):
    line: int
    column: int
    text: str


def instrument(text: str, formulas: Collection[Watched], table: SymbolTable) -> Instrumented:
    """The text of a file with the probes for the formulas in it."""
    probes: list[Probe] = []
    inserts = list(_inserts(Statements(text), formulas, table, probes))
    raw = list(numbered(text)[0])
    for line, column, calls in sorted(inserts, key=lambda insert: insert[:2], reverse=True):
        whole = raw[line - 1]
        raw[line - 1] = whole[:column] + calls + whole[column:]
    return Instrumented("".join([*raw, f"\n{DECLARED}\n"]), probes)


def _inserts(
    statements: Statements, formulas: Collection[Watched], table: SymbolTable, probes: list[Probe]
) -> Iterator[_Insert]:
    seen = set()
    for watched in formulas:
        line = watched.statement.first
        head, tokens = statements.head(line), statements.begins[line].tokens
        if head and watched.statement.function not in seen:
            seen.add(watched.statement.function)
            brace = head[-1]
            yield _Insert(brace.last, brace.column + 1, _calls([Probe(watched)], probes))
        names = {name for symbol in watched.symbols for name in table.holders(symbol)}
        before = [Probe(watched, name) for name in statements.numbers(line) if name in names]
        yield _Insert(tokens[0].first, tokens[0].column, _calls(before, probes))
        made = [Probe(watched, watched.made.name, after=True)]
        yield _Insert(tokens[-1].last, tokens[-1].column + 1, _calls(made, probes))


def _calls(own: Sequence[Probe], probes: list[Probe]) -> str:
    """The calls that report these. They get the next numbers."""
    calls = [
        f"{REPORT}({number}, (double)({probe.name or 0}));"
        for number, probe in enumerate(own, len(probes))
    ]
    probes.extend(own)
    return f" {{ extern {DECLARED} {' '.join(calls)} }} "

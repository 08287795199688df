r"""
# Marks in C

Nobody can watch a C program line by line from outside. So it is made to tell. Around each statement
that a claim speaks of, marks are written into the text: calls that report what the variables hold
which the formula's symbols name, and afterwards what the statement made.

```c
v = beta2 * v + rest2 * error * error;
```

becomes

```c
{ report(3, v); report(4, error); } v = beta2 * v + rest2 * error * error; { report(5, v); }
```

all on the same line, so that no line of the file gets another number.

The whole name is `sidenotes_report`, and it is a variable, which stands at the end of the file.
Whoever compiles the text has to let it point to a function, which is then called with the number of
a mark and a value. A mark at the beginning of each function with claims tells that it was called.

The text is compiled and run with its marks by [a run](../runs.py), and what they report is made
into values [here](reports.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ...languages.sections import numbered
from ..claims.c import Statements
from ..claims.module import Claim
from ..model import Table

REPORT = "sidenotes_report"
DECLARED = f"void (*{REPORT})(int, double);"


class Mark(NamedTuple):
    """
    What a report with this number is of: a variable before the statement, what the statement made,
    or, without a name, that the function of the claim was called.
    """

    claim: Claim
    name: str = ""
    after: bool = False


class Marked(NamedTuple):
    """A text with marks in it. The number of a mark is its place."""

    text: str
    marks: Sequence[Mark]


class _Insert(NamedTuple):
    line: int
    column: int
    text: str


def marked(text: str, claims: Collection[Claim], table: Table) -> Marked:
    """The text of a file with the marks for the claims in it."""
    marks: list[Mark] = []
    inserts = list(_inserts(Statements(text), claims, table, marks))
    raw = list(numbered(text)[0])
    for line, column, report in sorted(inserts, key=lambda insert: insert[:2], reverse=True):
        whole = raw[line - 1]
        raw[line - 1] = whole[:column] + report + whole[column:]
    return Marked("".join([*raw, f"\n{DECLARED}\n"]), marks)


def _inserts(
    statements: Statements, claims: Collection[Claim], table: Table, marks: list[Mark]
) -> Iterator[_Insert]:
    seen = set()
    for claim in claims:
        line = claim.statement.first
        head, tokens = statements.head(line), statements.begins[line].tokens
        if head and claim.statement.function not in seen:
            seen.add(claim.statement.function)
            brace = head[-1]
            yield _Insert(brace.last, brace.column + 1, _report([Mark(claim)], marks))
        names = {name for symbol in claim.symbols for name in table.holders(symbol)}
        before = [Mark(claim, name) for name in statements.numbers(line) if name in names]
        yield _Insert(tokens[0].first, tokens[0].column, _report(before, marks))
        made = [Mark(claim, claim.made.name, after=True)]
        yield _Insert(tokens[-1].last, tokens[-1].column + 1, _report(made, marks))


def _report(own: Sequence[Mark], marks: list[Mark]) -> str:
    """The calls that report these. They get the next numbers."""
    calls = [
        f"{REPORT}({number}, (double)({mark.name or 0}));"
        for number, mark in enumerate(own, len(marks))
    ]
    marks.extend(own)
    return f" {{ extern {DECLARED} {' '.join(calls)} }} "

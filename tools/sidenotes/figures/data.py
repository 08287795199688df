r"""
# The data of a figure

What a function `figure()` returns: numbers and words. How they look is the style sheet's.

```python
from sidenotes.figures.data import Axis, Figure, Line


def figure() -> Figure:
    t = list(range(1, 101))
    return Figure(
        "Bias correction",
        Axis("$t$", log=True),
        Axis("$m_t$"),
        [Line("$m_t$", t, [1 - 0.9**n for n in t]), Line(r"$\hat m_t$", t, [1.0 for n in t])],
    )
```

Words may hold formulas between dollars: letters with indices, accents, roots and fractions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_LINES = 5


@dataclass(frozen=True)
class Axis:
    """`limits` are the first and the last value that is shown; `None`: those of the data."""

    label: str
    log: bool = False
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Line:
    """
    `marks` are single points that it should pass through, say those that were predicted. `band` is
    a lower and an upper line, with the area between them. With `gaps`, NaN breaks the line;
    without, it is an error.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    marks: Sequence[tuple[float, float]] = ()
    band: tuple[Sequence[float], Sequence[float]] | None = None
    gaps: bool = False

    def problems(self, x: Axis, y: Axis) -> Iterator[str]:
        """What is wrong with it, on these axes."""
        if not self.label.strip():
            yield "it has no label"
        if not len(self.x):
            yield "it has no values"
        band = self.band or ()
        for name, values in (("y", self.y), *(("the band", side) for side in band)):
            if len(values) != len(self.x):
                yield f"{name} has {len(values)} values, and x has {len(self.x)}"
            yield from _bad(name, values, y.log, self.gaps)
        yield from _bad("x", self.x, x.log, False)
        for name, side, axis in (("x", 0, x), ("y", 1, y)):
            values = [mark[side] for mark in self.marks]
            yield from _bad(f"{name} of its marks", values, axis.log, False)
        if any(b <= a for a, b in zip(self.x, self.x[1:], strict=False)):
            yield "x does not grow from each value to the next"
        if self.gaps and all(map(math.isnan, self.y)):
            yield "all of y is NaN"


def _bad(name: str, values: Sequence[Any], log: bool, gaps: bool) -> Iterator[str]:
    for number, value in enumerate(values):
        if not isinstance(value, int | float):
            yield f"{name}[{number}] is {value!r}, which is no int or float"
        elif not math.isfinite(value) and not (gaps and math.isnan(value)):
            yield f"{name}[{number}] is {value}"
        elif log and value <= 0:
            yield f"{name}[{number}] is {value}, on a logarithmic axis"
        else:
            continue
        return


@dataclass(frozen=True)
class Panel:
    """One of several plots above each other, on one x-axis. Their lines have the same labels."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Figure:
    """
    Up to five lines, or panels of as many. `marks` says what the marks of its lines are. `rows` are
    the values of x for which the table below the figure has a row; without them, some are picked.
    """

    title: str
    x: Axis
    y: Axis
    lines: Sequence[Line] = ()
    panels: Sequence[Panel] = ()
    marks: str = ""
    rows: Sequence[float] = field(default=())

    def plots(self) -> Sequence[Panel]:
        return self.panels or (Panel("", self.lines),)

    def labels(self) -> list[str]:
        """The label of each line, in the order in which they first stand."""
        return list(dict.fromkeys(line.label for plot in self.plots() for line in plot.lines))

    def check(self) -> None:
        """Raise a `ValueError` that says what is wrong."""
        if not self.title.strip():
            raise ValueError("the figure has no title")
        if bool(self.lines) == bool(self.panels):
            raise ValueError("a figure has either lines or panels")
        if len(self.labels()) > MOST_LINES:
            raise ValueError(f"{len(self.labels())} lines: more than {MOST_LINES} look alike")
        for plot in self.plots():
            if not plot.lines:
                raise ValueError(f"the panel '{plot.title}' has no lines")
            if len({line.label for line in plot.lines}) < len(plot.lines):
                raise ValueError("two lines of a plot have the same label")
            for line in plot.lines:
                if line.marks and not self.marks:
                    raise ValueError("its lines have marks, and 'marks' does not say what they are")
                for problem in line.problems(self.x, self.y):
                    raise ValueError(f"the line '{line.label}': {problem}")

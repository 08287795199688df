r"""
# The values of a figure

Some ten rows for those who cannot see the lines, or want a number. They are values of the data, and
never in between: where a line has no value at an x, the table has a dash.

>>> number(0.0316), number(1999), number(12345678), number(-0.25)
('0.0316', '1999', '1.23·10⁷', '−0.25')
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from .data import Figure, Line

MOST = 12
_HIGH = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def columns(figure: Figure, lines: Sequence[Line]) -> list[tuple[str, dict[float, float]]]:
    """For each line its label and values, and behind it those of its marks."""
    found = []
    for line in lines:
        found.append((line.label, dict(zip(line.x, line.y, strict=True))))
        if line.marks:
            found.append((f"{line.label}, {figure.marks}", dict(line.marks)))
    return found


def head(figure: Figure) -> list[list[tuple[str, int]]]:
    """The rows of the head: cells with their text and how many columns each spans."""
    plots = [(plot.title, columns(figure, plot.lines)) for plot in figure.plots()]
    names = [(figure.x.label, 1), *((label, 1) for _, found in plots for label, _ in found)]
    if not figure.panels:
        return [names]
    return [[("", 1), *((title, len(found)) for title, found in plots)], names]


def rows(figure: Figure) -> list[list[str]]:
    lines = [line for plot in figure.plots() for line in plot.lines]
    known = columns(figure, lines)
    return [
        [number(x), *(number(values.get(x, math.nan)) for _, values in known)]
        for x in picked(figure, lines)
    ]


def picked(figure: Figure, lines: Sequence[Line]) -> list[float]:
    if figure.rows:
        return list(figure.rows)
    every = sorted({x for line in lines for x in line.x if _shown(figure, x)})
    marked = {x for line in lines for x, _ in line.marks if x in every}
    if len(every) <= MOST:
        return every
    if len(marked) > MOST // 2:
        return sorted(marked)
    sets = [set(line.x) for line in lines]
    # The values that all lines have come first: a row of dashes says nothing.
    common = [x for x in every if all(x in shown for shown in sets)] or every
    round_ones = [x for x in common if f"{x:e}"[:8] in ("1.000000", "2.000000", "5.000000")]
    if figure.x.log and MOST // 2 < len(round_ones) < MOST + 3:
        return sorted({*round_ones, common[-1]})
    first, last = common[0], common[-1]
    if figure.x.log:
        steps = [first * (last / first) ** (n / (MOST - 1)) for n in range(MOST)]
    else:
        steps = [first + (last - first) * n / (MOST - 1) for n in range(MOST)]
    return sorted({common[min(bisect_left(common, x), len(common) - 1)] for x in steps})


def _shown(figure: Figure, x: float) -> bool:
    low, high = figure.x.limits or (-math.inf, math.inf)
    return low <= x <= high


def number(value: float) -> str:
    """Three digits of it."""
    if math.isnan(value):
        return "–"
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    if value and not 1e-4 <= abs(value) < 1e6:
        digits, _, power = f"{value:.2e}".partition("e")
        text = f"{float(digits):g}·10{str(int(power)).translate(_HIGH)}"
    return text.replace("-", "−")

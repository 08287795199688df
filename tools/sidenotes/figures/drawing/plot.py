r"""
# Laying a figure out

A figure is 520 units wide, which a phone shows in some 350 pixels: room is planned for letters
that are enlarged there. Each line has its label at its end, at the right, with a piece of the line
in front of it: no legend to look up, and no need to tell colours apart. Plots stand above each
other and share their x-axis, and the labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure as Canvas
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from ..data import Figure, Line, Panel
from .labels import spelled
from .svg import Svg, route
from .ticks import Tick, ticks

WIDTH, TOP, BELOW = 520.0, 26.0, 52.0
# The height of a plot alone, and of one of several; what is between them.
ALONE, ONE_OF, BETWEEN = 216.0, 96.0, 28.0
# How large letters are at most, how wide a digit is then, and how far apart labels stand.
LARGE, DIGIT, APART = 17.0, 8.8, 19.0
KEY = 24.0


class Plot:
    """One plot of a figure: an axes of matplotlib, and its place."""

    def __init__(self, figure: Figure, panel: Panel, top: float, height: float):
        self.figure, self.panel, self.top, self.height = figure, panel, top, height

    def place(self, canvas: Canvas, total: float, left: float, right: float) -> None:
        box = (left / WIDTH, 1 - (self.top + self.height) / total)
        size = ((right - left) / WIDTH, self.height / total)
        self.total, self.left, self.right = total, left, right
        self.axes: Any = canvas.add_axes((*box, *size))
        self.axes.set_xscale("log" if self.figure.x.log else "linear")
        self.axes.set_yscale("log" if self.figure.y.log else "linear")
        self.axes.set_xlim(*self._limits("x"))
        self.axes.set_ylim(*self._limits("y"))

    def _limits(self, name: str) -> tuple[float, float]:
        axis = getattr(self.figure, name)
        if axis.limits:
            return axis.limits
        values = np.concatenate([_values(line, name) for line in self._lines(name)])
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if name == "x":
            return low, high
        if axis.log:
            room = (high / low) ** 0.05 if high > low else 2.0
            return low / room, high * room
        room = 0.05 * (high - low) or 0.5 * abs(high) or 1.0
        return low - room * (low != 0), high + room

    def _lines(self, name: str) -> Iterator[Line]:
        """All plots of a figure have the same x-axis, and the same y-axis."""
        for plot in self.figure.plots():
            yield from plot.lines

    def at(self, x: float, y: float) -> tuple[float, float]:
        across, up = self.axes.transData.transform((x, y))
        return float(across), self.total - float(up)

    def y_ticks(self) -> list[Tick]:
        return ticks(self.axes.yaxis, self.figure.y.log, 5 if self.height > 200 else 3)

    def x_ticks(self) -> list[Tick]:
        return ticks(self.axes.xaxis, self.figure.x.log, 5)

    def grid(self, svg: Svg) -> None:
        bottom = self.top + self.height
        for value, label in self.y_ticks():
            y = self.at(self.axes.get_xlim()[0], value)[1]
            svg.path("sn-grid", route([(self.left, y), (self.right, y)]))
            svg.text("sn-tick", self.left - 6, y + 5, label, "end")
        for value, _ in self.x_ticks():
            x = self.at(value, self.axes.get_ylim()[0])[0]
            svg.path("sn-grid", route([(x, self.top), (x, bottom)]))
        svg.path("sn-frame", route([(self.left, bottom), (self.right, bottom)]))

    def line(self, svg: Svg, line: Line, kind: str) -> None:
        if line.band:
            low, high = ([*zip(line.x, side, strict=True)] for side in line.band)
            for piece in self._pieces([*low, *reversed(high)]):
                svg.path(f"sn-band {kind}", route(piece) + "z")
        points = [*zip(line.x, line.y, strict=True)]
        svg.path(kind, "".join(route(piece) for piece in self._pieces(points)))
        for x, y in line.marks:
            svg.dot(kind, *self.at(x, y))

    def _pieces(self, points: Sequence[tuple[float, float]]) -> Iterator[list[Any]]:
        """The points on the page, those alone that are needed, cut at gaps and at the frame."""
        clip = (self.left, self.total - self.top - self.height, self.right, self.total - self.top)
        clip = (clip[0] - 1, clip[1] - 1, clip[2] + 1, clip[3] + 1)
        path = Path(self.axes.transData.transform(np.array(points, dtype=float)))
        cleaned: Any = path.cleaned(None, True, clip, simplify=True)
        piece: list[Any] = []
        for (x, y), code in zip(cleaned.vertices, cleaned.codes, strict=True):
            if code == Path.MOVETO:
                if len(piece) > 1:
                    yield piece
                piece = []
            if code in (Path.MOVETO, Path.LINETO):
                piece.append((float(x), self.total - float(y)))
        if len(piece) > 1:
            yield piece

    def labels(self, svg: Svg, kinds: dict[str, str]) -> None:
        ends = [(self._end(line), line) for line in self.panel.lines]
        # What the marks are is said below the last label.
        room = APART * any(line.marks for line in self.panel.lines)
        places = spread([y for y, _ in ends], self.top + 4, self.top + self.height - room)
        for y, (_, line) in zip(places, ends, strict=True):
            start, kind = self.right + 8, kinds[line.label]
            svg.path(kind, route([(start, y), (start + KEY - 4, y)]))
            svg.text(f"sn-name {kind}", start + KEY, y + 5, line.label)
        if room:
            below = max(places) + APART
            svg.dot("sn-mark-key", self.right + 8 + KEY / 2 - 2, below)
            svg.text("sn-name", self.right + 8 + KEY, below + 5, self.figure.marks)

    def _end(self, line: Line) -> float:
        low, high = self.axes.get_xlim()
        shown = [y for x, y in zip(line.x, line.y, strict=True) if low <= x <= high and y == y]
        return min(max(self.at(low, shown[-1])[1], self.top), self.top + self.height)


def _values(line: Line, name: str) -> Any:
    marks = [mark[0 if name == "x" else 1] for mark in line.marks]
    sides = (line.x, marks) if name == "x" else (line.y, marks, *(line.band or ()))
    return np.concatenate([np.array(side, dtype=float) for side in sides])


def spread(wanted: Sequence[float], low: float, high: float) -> list[float]:
    """
    Places near those that are wanted, apart from each other, and in their order.

    >>> spread([50, 52, 10], 0, 100)
    [41.5, 60.5, 10]
    """
    order = sorted(range(len(wanted)), key=lambda n: wanted[n])
    groups: list[list[float]] = []
    for n in order:
        groups.append([wanted[n], 1])
        # Labels that would overlap stand around the middle of what they want.
        while len(groups) > 1 and _first(groups[-1]) - _last(groups[-2]) < APART:
            (a, m), (b, k) = groups[-2:]
            groups[-2:] = [[(a * m + b * k) / (m + k), m + k]]
    places = [_first(group) + APART * n for group in groups for n in range(int(group[1]))]
    move = max(0.0, low - places[0]) or min(0.0, high - places[-1])
    places = [place + move for place in places]
    return [place for _, place in sorted(zip(order, places, strict=True))]


def _first(group: list[float]) -> float:
    return group[0] - APART * (group[1] - 1) / 2


def _last(group: list[float]) -> float:
    return group[0] + APART * (group[1] - 1) / 2


def _width(words: str) -> float:
    """
    How wide some words are where letters are enlarged. The face that matplotlib brings is as wide
    as any that a system has for text.
    """
    return float(TextPath((0, 0), spelled(words), size=LARGE).get_extents().width)


def draw(figure: Figure) -> str:
    """The figure as SVG."""
    panels = figure.plots()
    height = ALONE if len(panels) == 1 else ONE_OF
    tops = [TOP + (BETWEEN if len(panels) > 1 else 0) + n * (height + BETWEEN) for n in range(9)]
    plots = [Plot(figure, panel, tops[n], height) for n, panel in enumerate(panels)]
    total = plots[-1].top + height + BELOW
    kinds = {label: f"sn-l{n}" for n, label in enumerate(figure.labels(), 1)}
    # What a user's own settings of matplotlib say must change nothing.
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["path.simplify_threshold"] = 0.4
        widest = max(_width(label) for label in [*kinds, figure.marks] if label)
        right = WIDTH - (8 + KEY + widest + 5)
        canvas = Canvas(figsize=(WIDTH / 72, total / 72), dpi=72)
        for plot in plots:
            plot.place(canvas, total, 40.0, right)
        digits = max(len(spelled(label)) for plot in plots for _, label in plot.y_ticks())
        canvas.clear()
        for plot in plots:
            plot.place(canvas, total, 12 + DIGIT * digits, right)
        return _written(figure, plots, kinds, total)


def _written(figure: Figure, plots: Sequence[Plot], kinds: dict[str, str], total: float) -> str:
    svg = Svg(WIDTH, total)
    first, last = plots[0], plots[-1]
    svg.text("sn-axis", 2, 15, figure.y.label)
    for plot in plots:
        if plot.panel.title:
            svg.text("sn-panel-title", plot.left, plot.top - 8, plot.panel.title)
        plot.grid(svg)
        for line in plot.panel.lines:
            plot.line(svg, line, kinds[line.label])
        plot.labels(svg, kinds)
    bottom = last.top + last.height
    for value, label in last.x_ticks():
        svg.text("sn-tick", last.at(value, 1)[0], bottom + 19, label, "middle")
    svg.text("sn-axis", (first.left + first.right) / 2, bottom + 40, figure.x.label, "middle")
    about = f"Over {figure.x.label}: {figure.y.label}. Lines: {', '.join(kinds)}."
    return svg.finish(figure.title, f"{about} The values are in the table below.")

r"""
# Figures of bars

The pages on speed show a figure of a [file of rows](rows.py) with

```
/// bars | tools/benchmarks/data/cpu.jsonl
    figure: step
    missing: The time of a step is not yet measured.

What the figure shows, in Markdown.
///
```

It is drawn when the site is built, of plain elements that the style sheet lays out: nothing is
fetched, no script runs, and the text in it keeps its size on a phone. Where there is room, panels
stand side by side and share their labels; where there is none, one below the other. Below the
figure is a table with the same numbers, which is also what a screen reader gets.

`figure` picks one from the file. `missing` is what the page says where there is no such file;
without it, that is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block, type_string

from benchmarks.rows import Data, Row, load
from sidenotes.errors import PageError, near


class BarsExtension(BlocksExtension):
    """The Markdown extension `benchmarks.bars`."""

    def __init__(self, **options: Any):
        self.config = {"root": [".", "The folder that the paths of blocks start from"]}
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(BarsBlock, {"root": Path(self.getConfig("root"))})


def makeExtension(**options: Any) -> BarsExtension:
    """What Python-Markdown calls."""
    return BarsExtension(**options)


class BarsBlock(Block):
    """`/// bars | path`"""

    NAME = "bars"
    ARGUMENT = True
    OPTIONS = {"figure": ["", type_string], "missing": ["", type_string]}

    def on_create(self, parent: Element) -> Element:
        element = SubElement(parent, "figure", {"class": "sn-bars"})
        # Without a figure there is nothing that a caption could speak of.
        self.caption = Element("figcaption")
        data = self._data()
        if not data:
            _text(element, "p", "sn-missing", self.options["missing"])
            return element
        bars = data.figure(self.options["figure"])
        plot(element, bars)
        element.append(self.caption)
        if data.about:
            about = ", ".join(f"{name} {value}" for name, value in data.about.items())
            _text(element, "p", "sn-about", about)
        table(element, bars)
        return element

    def on_add(self, block: Element) -> Element:
        """What stands inside the block is the caption."""
        return self.caption

    def _data(self) -> Data | None:
        where, figure = f"the block 'bars | {self.argument}'", self.options["figure"]
        path = self.config["root"] / self.argument
        if not path.is_file():
            if self.options["missing"]:
                return None
            names = [each.name for each in path.parent.glob(f"*{path.suffix}")]
            raise PageError(f"{where}: no such file{near(path.name, names)}")
        try:
            data = load(path)
        except ValueError as error:
            raise PageError(f"{where}: {error}") from error
        if not data.figure(figure):
            known = near(figure, {row.figure for row in data.rows})
            raise PageError(f"{where}: no figure '{figure}'{known}")
        return data


# ## The plot
#
# The numbers of rows and columns go to the style sheet, which makes a grid of them where there is
# room. There the labels of all panels but the first are not shown; so where a label is not in
# the first panel, that one has an empty place for it.


def plot(parent: Element, bars: Sequence[Row]) -> None:
    panels, labels = _names(bar.panel for bar in bars), _names(bar.label for bar in bars)
    about = "Bars. The table below has the same numbers."
    places = {"role": "img", "aria-label": about, "data-search-exclude": ""}
    root = SubElement(parent, "div", {"class": "sn-plot", **places, "style": f"--n:{len(panels)}"})
    for column, panel in enumerate(panels):
        found = {bar.label: bar for bar in bars if bar.panel == panel}
        full = max(max(_marks(bar)) for bar in found.values()) or 1.0
        element = SubElement(root, "div", {"class": "sn-panel", "style": f"--c:{column + 2}"})
        _text(element, "div", "sn-panel-name", panel)
        for row, label in enumerate(labels):
            if label in found:
                _bar(element, found[label], full, row + 2)
            elif column == 0:
                name = _text(element, "div", "sn-label sn-elsewhere", label)
                name.set("style", f"--r:{row + 2}")


def _marks(bar: Row) -> list[float]:
    return [x for x in (bar.value, bar.high, bar.goal) if x is not None]


def _bar(parent: Element, bar: Row, full: float, row: int) -> None:
    kind = "sn-bar sn-marked" if bar.mark else "sn-bar"
    root = SubElement(parent, "div", {"class": kind, "style": f"--r:{row}"})
    _text(root, "span", "sn-label", bar.label)
    number = _text(root, "span", "sn-number", _with_unit(bar.value, bar.unit))
    if bar.note:
        _text(number, "span", "sn-note-to", bar.note)
    if bar.goal is not None:
        kind = "sn-goal" if bar.reached else "sn-goal sn-missed"
        _text(number, "span", kind, f"{_goal(bar, '≤', '≥')} {'✓' if bar.reached else '✗'}")
    track = SubElement(root, "span", {"class": "sn-track"})
    SubElement(track, "span", {"class": "sn-fill", "style": f"width:{_share(bar.value, full)}"})
    if bar.low is not None and bar.high is not None:
        place = f"left:{_share(bar.low, full)};width:{_share(bar.high - bar.low, full)}"
        SubElement(track, "span", {"class": "sn-spread", "style": place})
    if bar.goal is not None:
        SubElement(track, "span", {"class": "sn-tick", "style": f"left:{_share(bar.goal, full)}"})


def _share(value: float, full: float) -> str:
    return f"{100 * value / full:.2f}%"


# ## The table


def table(parent: Element, bars: Sequence[Row]) -> None:
    panels, labels = _names(bar.panel for bar in bars), _names(bar.label for bar in bars)
    found = {(bar.label, bar.panel): bar for bar in bars}
    details = SubElement(parent, "details", {"class": "sn-numbers"})
    _text(details, "summary", "", "The numbers")
    # A name of its own keeps the theme from wrapping it.
    root = SubElement(SubElement(details, "div", {"tabindex": "0"}), "table", {"class": "sn-table"})
    head = SubElement(SubElement(root, "thead"), "tr")
    for name in ("", *panels):
        _text(head, "th", "", name).set("scope", "col")
    body = SubElement(root, "tbody")
    for label in labels:
        line = SubElement(body, "tr")
        _text(line, "th", "", label).set("scope", "row")
        for panel in panels:
            bar = found.get((label, panel))
            _text(line, "td", "", _words(bar) if bar else "–")


def _words(bar: Row) -> str:
    parts = [_with_unit(bar.value, bar.unit)]
    if bar.low is not None and bar.high is not None:
        parts[0] += f" ({_number(bar.low)} to {_number(bar.high)})"
    if bar.goal is not None:
        parts.append(
            f"{_goal(bar, 'at most', 'at least')} {'reached' if bar.reached else 'missed'}"
        )
    return ", ".join([*parts, bar.note] if bar.note else parts)


def _goal(bar: Row, most: str, least: str) -> str:
    assert bar.goal is not None
    return f"{least if bar.at_most is None else most} {_number(bar.goal)}"


def _with_unit(value: float, unit: str) -> str:
    # A number and its unit stay on one line.
    return f"{_number(value)}\N{NO-BREAK SPACE}{unit}" if unit else _number(value)


def _number(value: float) -> str:
    return f"{value:,.10g}"


def _names(names: Iterable[str]) -> list[str]:
    """Each once, in the order of the file."""
    return list(dict.fromkeys(names))


def _text(parent: Element, tag: str, kind: str, text: str) -> Element:
    element = SubElement(parent, tag, {"class": kind} if kind else {})
    # Data, not Markdown.
    element.text = AtomicString(text)
    return element

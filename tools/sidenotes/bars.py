r"""
# Figures of bars

A page shows a figure of a [file of data](series.py) with

```
/// bars | docs/figures.jsonl
    figure: step
    missing: Nobody has measured this yet.

What the figure shows, in Markdown.
///
```

It is drawn when the site is built, of plain elements that the style sheet lays out: nothing is
fetched, no script runs, and the text in it keeps its size on a phone. Where there is room, panels
stand side by side and share their labels; where there is none, one below the other. Below the
figure is a table with the same numbers, which is also what a screen reader gets.

`figure` picks one from the file. Where there is `missing`, the file need not be: then this is
what the page says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString
from pymdownx.blocks.block import Block, type_string

from .errors import PageError, near
from .series import Bar, Data, load


class BarsBlock(Block):
    """`/// bars | path`. The extension comes with the registration, and knows the page."""

    NAME = "bars"
    ARGUMENT = True
    OPTIONS = {"figure": ["", type_string], "missing": ["", type_string]}

    def on_create(self, parent: Element) -> Element:
        element = SubElement(parent, "figure", {"class": "sn-bars"})
        # Without a figure there is nothing that a caption could speak of.
        self.caption = Element("figcaption")
        data = self._data(self._where())
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

    def _data(self, where: str) -> Data | None:
        name, figure = self.argument, self.options["figure"]
        path = _inside(self.config["extension"].site.root, name, where)
        if not path.is_file():
            if self.options["missing"]:
                return None
            names = [each.name for each in path.parent.glob(f"*{path.suffix}")]
            raise PageError(f"{where}: no such file: '{name}'{near(path.name, names)}")
        try:
            data = load(path, name)
        except PageError as error:
            raise PageError(f"{where}: {error}") from error
        if not data.figure(figure):
            known = near(figure, {bar.figure for bar in data.bars})
            raise PageError(f"{where}: {name} has no figure '{figure}'{known}")
        return data

    def _where(self) -> str:
        """Page and line of the first block with this file and this figure."""
        extension, text = self.config["extension"], self.config["extension"].text
        first = rf"^[ >]*/{{3,}} *bars *\| *{re.escape(self.argument)} *$"
        for match in re.finditer(first, text, re.MULTILINE | re.IGNORECASE):
            options = text[match.end() :].partition("///")[0]
            if self.options["figure"] in options:
                return str(extension.where(text.count("\n", 0, match.start())))
        return str(extension.where(0).partition(",")[0])


def _inside(root: Path, path: str, where: str) -> Path:
    file = (root / path).resolve()
    if Path(path).is_absolute() or not file.is_relative_to(root.resolve()):
        raise PageError(f"{where}: '{path}' is outside the project")
    return file


# ## The plot
#
# The numbers of rows and columns go to the style sheet, which makes a grid of them where there is
# room. There the labels of all panels but the first are not shown; so where a label is not in
# the first panel, that one has an empty place for it.


def plot(parent: Element, bars: Sequence[Bar]) -> None:
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


def _marks(bar: Bar) -> list[float]:
    return [x for x in (bar.value, bar.high, bar.goal) if x is not None]


def _bar(parent: Element, bar: Bar, full: float, row: int) -> None:
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


def table(parent: Element, bars: Sequence[Bar]) -> None:
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


def _words(bar: Bar) -> str:
    parts = [_with_unit(bar.value, bar.unit)]
    if bar.low is not None and bar.high is not None:
        parts[0] += f" ({_number(bar.low)} to {_number(bar.high)})"
    if bar.goal is not None:
        parts.append(
            f"{_goal(bar, 'at most', 'at least')} {'reached' if bar.reached else 'missed'}"
        )
    return ", ".join([*parts, bar.note] if bar.note else parts)


def _goal(bar: Bar, most: str, least: str) -> str:
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

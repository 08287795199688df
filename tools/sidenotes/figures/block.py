r"""
# The block

```
/// figure | docs/notes/figures/step_length.py
The caption, in Markdown, with formulas.
///
```

on a page or in a note. The figure has a title, the drawing, the caption, and below it the values as
a table, for those who cannot see the lines or want a number. The path begins at the project's
folder.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString
from pymdownx.blocks.block import Block

from ..errors import PageError
from .drawing.labels import spelled
from .drawing.svg import ID
from .stored import Stored, file_of, load


class FigureBlock(Block):
    """`/// figure | path`"""

    NAME = "figure"
    ARGUMENT = True

    def on_create(self, parent: Element) -> Element:
        extension = self.config["extension"]
        host, source = extension.host, posixpath.normpath(self.argument.strip())
        try:
            stored, changed = load(host.root, extension.getConfig("figures"), source)
        except PageError as error:
            raise PageError(f"{host.place()}: the block 'figure | {source}': {error}") from error
        made = file_of(Path(extension.getConfig("figures")), source)
        for name in (made, *stored.files):
            host.add_dependency((host.root / name).resolve())
        self.caption = Element("figcaption")
        return self._figure(parent, stored, extension.figure_id(Path(source).stem), changed)

    def on_add(self, block: Element) -> Element:
        """What stands inside the block is the caption."""
        return self.caption

    def _figure(self, parent: Element, stored: Stored, name: str, changed: bool) -> Element:
        figure = SubElement(parent, "figure", {"class": "sn-figure"})
        title = SubElement(figure, "p", {"class": "sn-figure-title"})
        prose = self.config["extension"].prose
        title.text = prose.prepare(stored.title, lambda line: f"the title of {self.argument}")
        drawing = SubElement(figure, "div", {"class": "sn-plotted", "data-search-exclude": ""})
        svg = self.md.htmlStash.store(stored.svg.replace(ID, f"figure-{name}"))
        drawing.text = AtomicString(svg)
        if changed:
            note = SubElement(figure, "p", {"class": "sn-stale"})
            note.text = "Drawn before the last change of the code."
        figure.append(self.caption)
        _values(figure, stored)
        return figure


def _values(figure: Element, stored: Stored) -> None:
    words = {"class": "sn-values", "data-search-exclude": ""}
    details = SubElement(figure, "details", words)
    SubElement(details, "summary").text = "Values"
    box = SubElement(details, "div", {"class": "sn-values-box", "tabindex": "0"})
    box.set("role", "region")
    box.set("aria-label", f"Values: {spelled(stored.title)}")
    # With a class of its own, a table is left alone by themes.
    table = SubElement(box, "table", {"class": "sn-values-table"})
    head = SubElement(table, "thead")
    for number, cells in enumerate(stored.head, 1):
        row = SubElement(head, "tr")
        for text, span in cells:
            last = number == len(stored.head)
            # What stands above several columns speaks of all of them.
            scope: dict[str, Any] = {"scope": "col" if last else "colgroup"}
            scope |= {"colspan": str(span)} if span > 1 else {}
            cell = SubElement(row, "th", scope) if text else SubElement(row, "td")
            cell.text = AtomicString(spelled(text))
    body = SubElement(table, "tbody")
    for values in stored.rows:
        row = SubElement(body, "tr")
        for number, text in enumerate(values):
            cell = SubElement(row, "td") if number else SubElement(row, "th", {"scope": "row"})
            cell.text = AtomicString(text)

r"""
# The rows of an algorithm, with their values

A row that does not run in the step that is shown is dimmed, and has no value. Where two settings
stand side by side from the start, each has a column.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ...languages.files import stem
from ..notes.prose import Prose
from ..site.host import Host
from .beside import told
from .controls import controls, step
from .numbers import shown

CARRIED = (
    "name",
    "program",
    "numbers",
    "flags",
    "start",
    "given",
    "step",
    "kind",
    "code",
    "second",
)


def insert(
    parent: Element,
    panels: Sequence[dict[str, Any]],
    others: Sequence[tuple[str, str]],
    prose: Prose,
    host: Host,
    where: str,
) -> None:
    """
    Put the panels of a file on its page. `others` are the names and the files of all algorithms
    that run somewhere: those on other pages can be set beside this one.
    """
    for number, panel in enumerate(panels):
        name = "live" if not number else f"live-{number + 1}"
        section = _section(parent, panel, name)
        columns = SubElement(section, "div", {"class": "sn-live-columns"})
        head = _head(columns, panel)
        names = [pair for pair in others if host.index.home(pair[1], stem(pair[1]))]
        controls(head, panel, [name for name, _ in names], prose, where)
        _links(section, names, parent.get("data-source", ""))
        _table(columns, panel, prose, where)


def small(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    """The step, and what is given, below an excerpt whose formulas show their values."""
    section = _section(parent, panel, f"live-{panel['name'].rpartition('.')[2].lower()}")
    section.set("class", "sn-live sn-live-small")
    form = SubElement(section, "form", {"class": "sn-live-form", "autocomplete": "off"})
    step(SubElement(form, "fieldset", {"disabled": ""}), panel, prose, where)


def _section(parent: Element, panel: dict[str, Any], anchor: str) -> Element:
    data = {key: panel[key] for key in CARRIED if key in panel}
    named = {"class": "sn-live", "id": anchor, "data-search-exclude": ""}
    section = SubElement(parent, "section", {**named, "aria-label": "The algorithm, step by step"})
    # As for the source of a page: in an attribute it is neither read aloud nor searched.
    section.set("data-live", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return section


def _head(parent: Element, panel: dict[str, Any]) -> Element:
    head = SubElement(parent, "div", {"class": "sn-live-head"})
    title = SubElement(head, "p", {"class": "sn-live-title"})
    title.text = "The formulas, running"
    words = SubElement(head, "p", {"class": "sn-live-words"})
    words.text = f"The values are those of {told(panel)}."
    return head


def _links(parent: Element, others: Sequence[tuple[str, str]], source: str) -> None:
    """The pages of the others, from which the script takes them."""
    for name, path in others:
        if path != source:
            href = posixpath.relpath(path, posixpath.dirname(source))
            SubElement(parent, "a", {"hidden": "", "data-name": name, "href": href}).text = name


def _table(parent: Element, panel: dict[str, Any], prose: Prose, where: str) -> None:
    lines = f"--lines:{len(panel['rows'])}"
    box = SubElement(parent, "div", {"class": "sn-live-box", "style": lines})
    table = SubElement(box, "table", {"class": "sn-live-rows", "aria-label": "The rows"})
    columns = [panel["made"]]
    if second := panel.get("second"):
        columns.append(second["made"])
        table.set("class", "sn-live-rows sn-two")
        line = SubElement(SubElement(table, "thead"), "tr")
        SubElement(line, "td")
        for name in second["names"]:
            SubElement(line, "th", {"scope": "col"}).text = name
    body = SubElement(table, "tbody")
    for row in panel["rows"]:
        _row(body, row, columns, prose, where)


def _row(
    body: Element,
    row: dict[str, Any],
    columns: Sequence[Mapping[str, Sequence[float]]],
    prose: Prose,
    where: str,
) -> None:
    number = str(row["number"])
    element = SubElement(body, "tr", {"data-row": number})
    if not any(number in made for made in columns):
        element.set("data-idle", "")
    formula = SubElement(element, "td", {"style": f"--depth:{row['depth']}"})
    box = SubElement(formula, "div", {"class": "sn-display sn-live-formula"})
    box.text = prose.prepare(f"${row['tex']}$", lambda _: where)
    for made in columns:
        cell = SubElement(element, "td", {"class": "sn-live-value"})
        cell.text = AtomicString(", ".join(map(shown, made.get(number, ()))))

r"""
# The rows of an algorithm, with their values

A row that does not run in the step that is shown is dimmed, and has no value. A number has four
digits:

>>> shown(0.993471), shown(-2.0), shown(4.26327e-06), shown(12345.6)
('0.9935', '−2', '4.263·10⁻⁶', '12350')
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..notes.prose import Prose
from .controls import controls

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def insert(parent: Element, panels: Sequence[dict[str, Any]], prose: Prose, where: str) -> None:
    """Put the panels of a file on its page."""
    for number, panel in enumerate(panels):
        name = "live" if not number else f"live-{number + 1}"
        _insert(parent, panel, prose, where, name)


def _insert(parent: Element, panel: dict[str, Any], prose: Prose, where: str, anchor: str) -> None:
    program = {key: panel[key] for key in ("name", "program", "numbers", "flags", "start")}
    data = {**program, "given": panel["given"], "step": panel["step"]}
    named = {"class": "sn-live", "id": anchor, "data-search-exclude": ""}
    section = SubElement(parent, "section", {**named, "aria-label": "The algorithm, step by step"})
    # As for the source of a page: in an attribute it is neither read aloud nor searched.
    section.set("data-live", json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    columns = SubElement(section, "div", {"class": "sn-live-columns"})
    head = SubElement(columns, "div", {"class": "sn-live-head"})
    title = SubElement(head, "p", {"class": "sn-live-title"})
    title.text = "The formulas, running"
    words = SubElement(head, "p", {"class": "sn-live-words"})
    words.text = f"The values are those of step {panel['step']} of {len(panel['given'])}."
    controls(head, panel, prose, where)
    box = SubElement(columns, "div", {"class": "sn-live-box"})
    table = SubElement(box, "table", {"class": "sn-live-rows", "aria-label": "The rows"})
    body = SubElement(table, "tbody")
    for row in panel["rows"]:
        _row(body, row, panel["made"], prose, where)


def _row(
    body: Element,
    row: dict[str, Any],
    made: Mapping[str, Sequence[float]],
    prose: Prose,
    where: str,
) -> None:
    values = made.get(str(row["number"]))
    element = SubElement(body, "tr", {"data-row": str(row["number"])})
    if values is None:
        element.set("class", "sn-idle")
    formula = SubElement(element, "td", {"style": f"--depth:{row['depth']}"})
    box = SubElement(formula, "div", {"class": "sn-display sn-live-formula"})
    box.text = prose.prepare(f"${row['tex']}$", lambda _: where)
    cell = SubElement(element, "td", {"class": "sn-live-value"})
    cell.text = AtomicString(", ".join(map(shown, values or ())))


def shown(value: float) -> str:
    """The number as the page shows it; `live.js` does the same."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{float(f'{value:.4g}'):.12f}".rstrip("0").rstrip(".")
    else:
        mantissa, exponent = f"{value:.3e}".split("e")
        text = f"{float(mantissa):g}·10{str(int(exponent)).translate(_RAISED)}"
    return text.replace("-", "\N{MINUS SIGN}")

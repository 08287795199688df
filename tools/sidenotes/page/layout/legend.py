r"""
# Symbols: the legend

The symbols that occur on a page are listed on it, each with its meaning and its names in the
code. Point at one, in the list, in a formula or in the code, and it is lit everywhere. The script
does that, by a class. A style sheet alone could (`:has(…:hover)`), but then the browser looks
through the whole page whenever the pointer moves: 45 times the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ...math.symbols import Symbol
from ..notes.prose import Prose
from .contents import panel


def legend(block: Element, symbols: Sequence[Symbol], prose: Prose, where: str) -> None:
    """The list of symbols."""
    place = panel(block, "Symbols", "sn-symbols", "section")
    place.set("class", "sn-legend")
    place.set("role", "dialog")
    table = SubElement(place, "dl")
    for symbol in symbols:
        entry = SubElement(table, "div", {"data-symbol": symbol.tex, "tabindex": "0"})
        SubElement(entry, "dt").text = prose.prepare(f"${symbol.tex}$", lambda _: where)
        SubElement(entry, "dd").text = prose.prepare(symbol.meaning, lambda _: where)
        names = SubElement(entry, "dd")
        for name in symbol.names:
            SubElement(names, "code").text = AtomicString(name)

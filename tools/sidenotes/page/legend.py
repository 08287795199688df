r"""
# Symbols: the legend, and highlighting

The symbols that occur on a page are listed on it, each with its meaning and its names in the
code. Point at one, in the list, in a formula or in the code, and it is highlighted everywhere.

Highlighting needs no script. A rule of the style sheet can ask what the pointer is on: `:has(…
:hover)`. It takes one rule per symbol, so each page carries its own. A tap counts as pointing,
and so does the keyboard's focus.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..math.symbols import Symbol
from .notes.prose import Prose


def style(symbols: Collection[str]) -> str:
    """The rules for the symbols of a page."""
    rules = []
    for tex in sorted(symbols):
        tag = f'[data-symbol="{_quoted(tex)}"]'
        rules.append(f"article:has({tag}:is(:hover,:focus)) {tag}")
    return f"<style>{','.join(rules)}{{{_LIT}}}</style>" if rules else ""


_LIT = (
    "background:var(--sn-lit);border-radius:.1em;"
    "box-shadow:0 0 0 .12em var(--sn-lit),0 .16em 0 .06em var(--sn-accent)"
)


def _quoted(tex: str) -> str:
    return tex.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\3c ")


def legend(parent: Element, symbols: Sequence[Symbol], prose: Prose, where: str) -> None:
    """The folded list of symbols."""
    aside = next(parent.iter("aside"))
    details = SubElement(aside, "details", {"class": "sn-legend"})
    SubElement(details, "summary").text = AtomicString("Symbols on this page")
    table = SubElement(details, "dl")
    for symbol in symbols:
        entry = SubElement(table, "div", {"data-symbol": symbol.tex, "tabindex": "0"})
        SubElement(entry, "dt").text = prose.prepare(f"${symbol.tex}$", lambda _: where)
        SubElement(entry, "dd").text = prose.prepare(symbol.meaning, lambda _: where)
        names = SubElement(entry, "dd")
        for name in symbol.names:
            SubElement(names, "code").text = AtomicString(name)

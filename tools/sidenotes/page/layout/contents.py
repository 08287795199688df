r"""
# The contents of a page

An annotated page takes the whole width, so the side columns of the theme are folded away. Its own
contents, and its symbols, open from the row of actions below the title. That is a popover: the
browser opens and closes it, by mouse, keyboard and touch, and no script is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..actions.row import ROW


def panel(block: Element, words: str, anchor: str, tag: str) -> Element:
    """The button `words` in the row of actions of a block, and the panel that it opens."""
    row = next(block.iter(ROW))
    button = SubElement(row, "button", {"type": "button", "popovertarget": anchor})
    button.text = AtomicString(words)
    return SubElement(row, tag, {"id": anchor, "popover": "auto", "aria-label": words})


def contents(block: Element) -> None:
    """The place of the list of headings."""
    place = panel(block, "Contents", "sn-contents", "nav")
    place.set("class", "sn-toc")
    place.set("aria-keyshortcuts", "c")


Tokens = Sequence[dict[str, Any]]


def list_headings(root: Element, tokens: Tokens, definitions: Collection[str]) -> None:
    """
    The contents are known last of all: `tokens` is what Markdown's own table of contents has
    found. The heading of one of the `definitions` has its name beside its title.
    """
    for row in root.iter(ROW):
        for place in row.findall("nav"):
            title = len(tokens) == 1 and tokens[0]["level"] == 1
            _list(place, tokens[0]["children"] if title else tokens, definitions)
            if not len(place):
                row.remove(row[list(row).index(place) - 1])
                row.remove(place)


def _list(parent: Element, tokens: Tokens, definitions: Collection[str]) -> None:
    if tokens:
        entries = SubElement(parent, "ul")
        for token in tokens:
            entry = SubElement(entries, "li")
            SubElement(entry, "a", {"href": f"#{token['id']}"}).text = unescape(token["name"])
            name = token["id"].rpartition(".")[2]
            if token["id"] in definitions and name != unescape(token["name"]):
                SubElement(entry, "code").text = AtomicString(name)
            _list(entry, token["children"], definitions)

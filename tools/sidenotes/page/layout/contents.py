r"""
# The contents of a page

An annotated page takes the whole width, so the side columns of the theme are folded away. Its own
contents, and its symbols, open from the row of actions below the title. That is a popover: the
browser opens and closes it, by mouse, keyboard and touch, and no script is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString


def panel(block: Element, words: str, anchor: str, tag: str) -> Element:
    """The button `words` in the row of actions of a block, and the panel that it opens."""
    row = next(element for element in block.iter() if element.get("class") == "sn-actions")
    button = SubElement(row, "button", {"type": "button", "popovertarget": anchor})
    button.text = AtomicString(words)
    return SubElement(row, tag, {"id": anchor, "popover": "auto", "aria-label": words})


def contents(block: Element) -> None:
    """The place of the list of headings."""
    place = panel(block, "Contents", "sn-contents", "nav")
    place.set("class", "sn-toc")
    place.set("aria-keyshortcuts", "c")


def list_headings(root: Element, tokens: Sequence[dict[str, Any]]) -> None:
    """
    The contents are known last of all: `tokens` is what Markdown's own table of contents has
    found.
    """
    for place in root.iter("nav"):
        if place.get("class") == "sn-toc":
            title = len(tokens) == 1 and tokens[0]["level"] == 1
            _list(place, tokens[0]["children"] if title else tokens)


def _list(parent: Element, tokens: Sequence[dict[str, Any]]) -> None:
    if tokens:
        entries = SubElement(parent, "ul")
        for token in tokens:
            entry = SubElement(entries, "li")
            SubElement(entry, "a", {"href": f"#{token['id']}"}).text = unescape(token["name"])
            if method := _method(token):
                SubElement(entry, "code").text = AtomicString(method)
            _list(entry, token["children"])


def _method(token: dict[str, Any]) -> str:
    """The name of the definition that a heading stands for, where it has another title."""
    *scope, name = token["id"].split(".")
    return name if scope and name != token["name"] and name.isidentifier() else ""

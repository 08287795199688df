r"""
# The contents of a page

An annotated page takes the whole width, so the side columns of the theme are folded away. There are
two ways to the contents: beside the introduction stands a list of the page's own headings, and a
tab at the edge opens the lists of the theme from anywhere on the page.

The tab is a checkbox with its label. The style sheet shows the lists while it is checked, so no
script is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString


def contents(parent: Element) -> None:
    """The place of the list, beside the essay, and the tab."""
    top = next(child for child in parent if child.get("class") == "sn-top")
    aside = SubElement(top, "aside", {"class": "sn-aside", "data-search-exclude": ""})
    SubElement(aside, "nav", {"class": "sn-toc", "aria-label": "On this page"})
    box = {
        "type": "checkbox",
        "id": "sn-contents",
        "aria-label": "Contents",
        "aria-keyshortcuts": "c",
    }
    label = {
        "class": "sn-contents",
        "for": "sn-contents",
        "title": "Contents (c)",
        "data-search-exclude": "",
    }
    # Before all else, so that the keyboard comes to it before it has gone through the code.
    parent.insert(0, Element("input", box))
    parent.insert(1, Element("label", label))
    parent[1].text = AtomicString("Contents")


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
            _list(entry, token["children"])

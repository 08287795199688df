r"""
# The anchors of headings

A heading that holds a formula gets an anchor and a label that can be read without one. Headings of
a note get anchors that no other note can change: one at the very top that of its section, the
others a name below it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from ...math.plain import plain
from .extract import WORD

HEADINGS = {f"h{level}" for level in range(1, 7)}
_EXPLICIT = re.compile(r"\{[^{}\n]*#([\w:.-]+)[^{}\n]*\}")


class Headings:
    """The anchors of one page. `formulas` gives the TeX behind each placeholder."""

    def __init__(self, formulas: Mapping[str, str], attributes: bool):
        self.formulas = formulas
        # Whether an author can give an anchor, `{#so}`. Generated anchors avoid those.
        self.attributes = attributes
        self.explicit: set[str] = set()
        # The panels of the contents and of the symbols have these, and are made later.
        self.anchors = {"sn-contents", "sn-symbols"}

    def note_explicit(self, text: str) -> None:
        if self.attributes and "{" in text:
            self.explicit.update(_EXPLICIT.findall(text))

    def name(self, parent: Element, anchor: str = "", within: str = "") -> None:
        """The headings below `parent`; `anchor` is that of a note's section."""
        for heading in parent.iter():
            text = heading.text or ""
            if heading.tag not in HEADINGS or heading.get("id") or isinstance(text, AtomicString):
                continue
            if not anchor and not WORD.search(text):
                continue
            explicit = self.attributes and _EXPLICIT.search(text)
            words = re.sub(r"[`*]|\{[^}]*\}\s*$|\[([^\]]*)\]\([^)]*\)", r"\1", text)
            name = within + slug(self.spell(words, lambda tex: re.sub(r"[^A-Za-z0-9]+", "-", tex)))
            first = anchor and heading is parent[0]
            if not explicit:
                heading.set("id", anchor if first else self.unused(name, self.explicit))
            heading.set("data-toc-label", self.spell(words, plain))
            if WORD.search(text):
                # What is read aloud; MathML would be spelled out letter by letter.
                heading.set("aria-label", self.spell(words, plain).strip())

    def unused(self, anchor: str, others: Collection[str] = ()) -> str:
        """The anchor, with a number if the page has it already, or if it is one of `others`."""
        number, free = 1, anchor
        while free in self.anchors or free in others:
            number += 1
            free = f"{anchor}-{number}"
        self.anchors.add(free)
        return free

    def spell(self, text: str, spell: Callable[[str], str]) -> str:
        """The text with its formulas written by `spell`."""
        known = self.formulas
        return WORD.sub(
            lambda found: spell(known[found[0]]) if found[0] in known else found[0], text
        )


def slug(text: str) -> str:
    """`Why the hats?` as an anchor: `why-the-hats`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9_]+", ascii_text.lower())) or "section"

r"""
# Blocks that stand in a line

A display `$$…$$` may begin anywhere, and end anywhere: in the midst of a paragraph, in an inner
list, below a line that begins with a dash. Were it put on lines of its own before Markdown reads
the text, the lines around it would become other things than they are. So Markdown sees one word in
its place, and the element which that word has come to stand in is cut in two afterwards. The same
is done for doctests.

>>> page = Markdown()
>>> word = page.htmlStash.store("<div>x</div>")
>>> root = Element("div")
>>> page.parser.parseChunk(root, f"* so {word} and\n* more")
>>> Extractor(page, {word}).run(root)
>>> [(e.tag, e.text.replace(word, "WORD") if e.text else e.text) for e in root.find("ul/li").iter()]
[('li', 'so'), ('p', 'WORD'), ('p', 'and')]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import HTML_PLACEHOLDER, AtomicString

WORD = re.compile(f"({HTML_PLACEHOLDER % r'[0-9]+'})")
# What holds one paragraph's text, and so is cut in two itself. Others hold blocks, too.
TEXTS = {"p", "h1", "h2", "h3", "h4", "h5", "h6"}


class Extractor:
    """Takes the placeholders of blocks out of the text around them."""

    def __init__(self, md: Markdown, words: Collection[str]):
        self.md, self.words = md, words

    def run(self, root: Element) -> None:
        if not self.words:
            return
        for parent in list(root.iter()):
            self._own_text(parent)
            for child in list(parent):
                if child.tag == "pre" and len(child) == 1:
                    self._code(parent, child)
                elif child.tag in TEXTS:
                    self._text(parent, child)

    def _own_text(self, parent: Element) -> None:
        """`<li>so WORD and</li>`: the first part stays, the others go below it."""
        if parent.tag in TEXTS or parent.tag in ("code", "pre", "th", "td"):
            return
        first, *others = self._parts(parent.text)
        if others:
            parent.text = first.rstrip() or None
            for index, element in enumerate(self._elements(others)):
                parent.insert(index, element)

    def _text(self, parent: Element, child: Element) -> None:
        first, *others = self._parts(child.text)
        if not others or child.text in self.words:
            return
        elements = list(self._elements(others))
        if first.strip():
            child.text = first.strip()
            elements.insert(0, child)
        _replace(parent, child, elements)

    def _code(self, parent: Element, pre: Element) -> None:
        parts = self._parts(pre[0].text)
        if len(parts) > 1:
            elements = []
            for part in parts:
                if part in self.words:
                    elements.append(_paragraph(part))
                elif part.strip():
                    elements.append(Element("pre"))
                    code = part.strip("\n") + "\n"
                    SubElement(elements[-1], "code").text = AtomicString(code)
            _replace(parent, pre, elements)

    def _parts(self, text: str | None) -> list[str]:
        """The text, and what follows in it, word for word."""
        parts = [""]
        for part in WORD.split(text or ""):
            if part in self.words:
                parts += [part, ""]
            else:
                parts[-1] += part
        return parts

    def _elements(self, parts: list[str]) -> Iterator[Element]:
        for part in parts:
            if part in self.words:
                yield _paragraph(part)
            elif part.strip():
                # What follows a block is a block again: a bullet begins a list.
                rest = Element("div")
                self.md.parser.parseChunk(rest, part.strip("\n"))
                yield from rest


def _paragraph(word: str) -> Element:
    paragraph = Element("p")
    paragraph.text = word
    return paragraph


def _replace(parent: Element, child: Element, elements: list[Element]) -> None:
    index, tail = list(parent).index(child), child.tail
    parent.remove(child)
    for element in reversed(elements):
        parent.insert(index, element)
    if elements and elements[-1] is not child:
        elements[-1].tail, child.tail = tail, None

r"""
# Building a page

What is done for one page, step by step, while Python-Markdown turns its text into a tree. A page
without a block only has its maths typeset.
"""

from __future__ import annotations

import gc
import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from ..errors import PageError
from ..languages.files import stem
from ..math.plain import plain
from ..math.symbols import Symbol
from .blocks import SidenotesBlock
from .layout import Page
from .layout.contents import contents, list_headings
from .layout.legend import legend
from .notes.misread_blocks import refuse_on_page
from .site.index import Use, scan
from .site.lines import Lines
from .site.links import link_files
from .site.styles import warn_of_missing

if TYPE_CHECKING:
    from .extension import SidenotesExtension

# A table with as many columns is wider than a phone.
WIDE_TABLE = 4


class Builder:
    def __init__(self, extension: SidenotesExtension, symbols: Sequence[Symbol], text: str):
        self.extension, self.symbols, self.text = extension, symbols, text
        self.host, self.prose, self.md = extension.host, extension.prose, extension.md
        self.lines = Lines(text, self.host.source)
        self.anchors: set[str] = set()
        self.definitions: set[str] = set()
        # What a block holds, while Markdown is busy with the page around it.
        self.held: list[tuple[Element, list[Element]]] = []

    def prepare(self) -> str:
        """The text of the page, with its maths typeset."""
        return self.prose.prepare(self.text, self.where)

    def where(self, line: int) -> str:
        """A line of the text, counted from 0, as an error names it on the page."""
        number = self.lines.number(line)
        return f"{self.host.place()}, line {number}" if number else self.host.place()

    # ## When the page is a tree

    def insert(self, root: Element) -> None:
        """Put the annotated files into their places."""
        refuse_on_page(self.md, root, self.text, self.where)
        blocks = list(self.extension.blocks)
        uses = self._uses(blocks)
        if blocks:
            self.host.set_blocks(uses)
            self._depend("symbols", "checked", "bibliography")
            page = self._page(uses)
            for block, use in zip(blocks, uses, strict=True):
                self._show(page, block, use)
            self.anchors, self.definitions = page.lines, page.definitions
        self.prose.headings.name(root)

    def _page(self, uses: Sequence[Use]) -> Page:
        extension = self.extension
        config = {**extension.getConfigs(), "source_url": extension.source_url()}
        return Page(self.host, self.prose, self.symbols, config, extension.badges(), uses)

    def _depend(self, *options: str) -> None:
        for option in options:
            path = self.host.root / self.extension.getConfig(option)
            if path.is_file():
                self.host.add_dependency(path.resolve())

    def _show(self, page: Page, block: SidenotesBlock, use: Use) -> None:
        where = self._place(use)
        block.refuse_content(where)
        self._refuse_second_stem(page.uses, use, where)
        with _uncollected():
            page.show(block.element, use, block.options, where)
        self.held.append((block.element, list(block.element)))
        block.element[:] = []

    def _uses(self, blocks: Sequence[SidenotesBlock]) -> list[Use]:
        """
        The blocks of the page, with their lines in the text. Both the parser and `scan` find them
        in the order of the page.
        """
        written = list(scan(self.host.page, self.text)) if "sidenotes" in self.text.lower() else []
        uses = []
        for block in blocks:
            source = posixpath.normpath(block.argument)
            only = " ".join(block.options["only"].split())
            same = [use for use in written if (use.source, use.only) == (source, only)]
            uses.append(same[0] if same else Use(self.host.page, 0, source, only))
            written = [use for use in written if use not in same[:1]]
        if written:
            raise PageError(
                f"{self._place(written[0])}: this 'sidenotes' block is not taken for one; "
                "an example belongs between ``` and ```"
            )
        return uses

    def _place(self, use: Use) -> str:
        return self.where(use.line - 1) if use.line else self.host.place()

    def _refuse_second_stem(self, uses: Sequence[Use], use: Use, where: str) -> None:
        for other in uses[: uses.index(use)]:
            if stem(other.source) == stem(use.source) and other.source != use.source:
                raise PageError(
                    f"{where}: '{use.source}' and '{other.source}' on a page have the same anchors"
                )

    # ## When its lines are elements

    def restore(self, root: Element) -> None:
        """Give the blocks back what they hold, and add what belongs to the page as a whole."""
        for element, children in self.held:
            element.extend(children)
        if not self.held:
            return
        _settle_titles(root)
        seen = [symbol for symbol in self.symbols if symbol.tex in self.prose.symbols]
        whole = [block for block in self.extension.blocks if not block.options["only"]]
        # They belong to the first whole file.
        if whole:
            contents(whole[0].element)
            if seen:
                legend(whole[0].element, seen, self.prose, self.where(0))

    def finish(self, root: Element) -> None:
        """What can only be known when all else is there."""
        self.prose.spell_attributes(root)
        _silence_permalinks(root)
        self._label_cells(root)
        if len(self.extension.blocks) > len(self.held):
            raise PageError(f"{self.host.place()}: a footnote cannot hold a 'sidenotes' block")
        if self.held:
            for element, _ in self.held:
                link_files(self.host, element, self.host.place())
            self._refuse_equal_anchors(root)
            list_headings(root, getattr(self.md, "toc_tokens", []), self.definitions)
            if self.extension.getConfig("styles"):
                warn_of_missing(self.host, bool(self.prose.formulas))

    def _label_cells(self, root: Element) -> None:
        """
        Each cell of a wide table bears the name of its column, so that a style sheet can make
        cards of its rows where a screen is narrow.
        """
        for table in root.iter("table"):
            heads = table.findall("thead/tr/th")
            if len(heads) < WIDE_TABLE:
                continue
            table.set("data-wide", "")
            spell = self.prose.headings.spell
            names = [spell("".join(head.itertext()), plain).strip() for head in heads]
            for row in table.iterfind("tbody/tr"):
                for cell, name in zip(row, names, strict=False):
                    cell.set("data-label", name)

    def _refuse_equal_anchors(self, root: Element) -> None:
        names = Counter(element.get("id") for element in root.iter() if element.get("id"))
        twice = [name for name, count in names.items() if count > 1 or name in self.anchors]
        if twice:
            raise PageError(f"{self.host.place()}: the anchor '{twice[0]}' stands on it twice")


def _silence_permalinks(root: Element) -> None:
    """A heading is named by its words, without the sign of the link to it."""
    for link in root.iter("a"):
        if link.get("class") == "headerlink":
            link.set("aria-hidden", "true")
            link.set("tabindex", "-1")


@contextmanager
def _uncollected() -> Iterator[None]:
    """
    A file makes hundreds of thousands of objects, and no cycle of them that matters: to look for
    cycles meanwhile takes a third of the time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _settle_titles(root: Element) -> None:
    """
    A page has one title. If it gives none itself, the heading of the module that it begins with
    becomes the title; otherwise the headings of modules go down a level.
    """
    titled = any(child.tag == "h1" for child in root)
    for block in root.findall("div"):
        head = block.find("div[@class='sn-head']")
        if head is None:
            continue
        if not titled and root[0] is block and head[0].tag == "h1":
            title = head[0]
            head.remove(title)
            root.insert(0, title)
            titled = True
        elif titled:
            for part in (head, *block.findall("div[@class='sn-essay']")):
                for heading in part.iter():
                    if re.fullmatch("h[1-5]", heading.tag):
                        heading.tag = f"h{int(heading.tag[1]) + 1}"

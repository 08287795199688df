r"""
# The Markdown extension

This is where a page comes in. Its author writes

```
/// sidenotes | labml_optim/adam.py
///
```

and gets the annotated file. With `only: adam.Adam.adam_update`, indented below the first line, it
is one definition or one section of it.

Python-Markdown calls three things here, in this order. The **preprocessors** see the text of the
page. They find out which page that is, and typeset its maths. The **block** notes where a file is
to stand. The **tree processors** then fill the places, when the page around them is known, and
lead the links to their pages.

Blocks are those of [PyMdown
Extensions](https://facelessuser.github.io/pymdown-extensions/extensions/blocks/), which both
MkDocs and Zensical bring along. There a block with an unknown name or option is not an error: it
is printed as text. Here it is one.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block, type_string

from ..errors import PageError
from ..math.katex import table, typesetter
from .badges import load as load_marks
from .contents import contents, fill_contents
from .layout import LINE, Page
from .legend import legend, style
from .links import to_pages
from .prose import Prose
from .site import Site, Use, normal


class SidenotesExtension(BlocksExtension):
    """Registered as `sidenotes`; the options stand in the site's configuration."""

    def __init__(self, **options: Any):
        self.config = {
            "root": [".", "The project's folder; no file outside it is shown"],
            "docs": ["docs", "The folder of pages, within the project"],
            "symbols": ["", "A YAML file with the symbols of the formulas, within the project"],
            "colours": [
                [],
                "Names that formulas may use as a colour: the CSS class is the name after `sn-`",
            ],
            "source_url": [
                "",
                "Where line numbers link to, with {path} and {line}; empty: to themselves",
            ],
            "checked": ["", "What 'sidenotes check --json' wrote, within the project"],
            "directory_urls": [True, "Whether the site's addresses end in / or in .html"],
        }
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        md.registerExtension(self)
        root = Path(self.getConfig("root"))
        self.site = Site(root, root / self.getConfig("docs"), self.getConfig("directory_urls"))
        self.md = md
        self.reset()
        block_mgr.register(SidenotesBlock, {"extension": self})
        block_mgr.register(TotalsBlock, {"extension": self})
        # Before all others: what it is given is still the text of a page. Snippets (32) change it.
        md.preprocessors.register(_Lines(self.know_page), "sidenotes-page", 40)
        # After the ends of lines are made equal (30), before fences (25) and HTML (20) are put
        # aside.
        md.preprocessors.register(_Lines(self.prepare), "sidenotes", 28)
        # Before footnotes get their place (50) and the text of elements is parsed (20): the notes'
        # own are yet to be.
        md.treeprocessors.register(_Step(self.fill), "sidenotes", 60)
        # Now links are elements (20), and headings are in the table of contents (5), and the site
        # generator has yet to turn links to pages into addresses (0).
        md.treeprocessors.register(_Step(self.complete), "sidenotes-links", 4)

    def reset(self) -> None:
        """Called before each page, and once before the first."""
        self.given: list[str] = []
        self.text = ""
        self.found: list[tuple[str, int]] = []
        self.blocks: list[SidenotesBlock] = []
        self.filled = 0

    # ## Before Markdown

    def know_page(self, text: str) -> str:
        self.given = normal(text).split("\n")
        self.found = self.site.find(text)
        return text

    def prepare(self, text: str) -> str:
        # Not earlier: an error in the table of symbols is the page's, not the configuration's.
        name, colours = self.getConfig("symbols"), tuple(self.getConfig("colours"))
        self.symbols = table(self.site.root, name, colours) if name else ()
        self.prose = Prose(self.md, typesetter(self.symbols, colours))
        marks = load_marks(self.site.root, self.getConfig("checked"))
        self.page = Page(self.site, self.prose, self.symbols, self.getConfig("source_url"), marks)
        self.text = text
        return self.prose.prepare(text, self.where)

    def where(self, line: int) -> str:
        """A line of the prepared text, counted from 0, as an error names it on the page."""
        pages = " or ".join((self.site.docs / page).as_posix() for page, _ in self.found)
        number = self._number(line)
        if not pages:
            return f"a page, line {line + 1}"
        return f"{pages}, line {number}" if number else pages

    def _number(self, line: int) -> int:
        """The number in the file; 0 for a line that a snippet brought along."""
        text = self.text.split("\n")[line]
        same = [i for i, own in enumerate(self.given) if own == text]
        index = line if line in same else same[0] if len(same) == 1 else -1
        blank = next((i for i, own in enumerate(self.given) if own), 0)
        return self.found[0][1] + index - blank if self.found and index >= 0 else 0

    # ## When the page is a tree

    def fill(self, root: Element) -> None:
        uses = self._uses()
        # A copy: a note might hold a block.
        for block in tuple(self.blocks):
            use, where = self._use(uses, block)
            block.refuse_content(where)
            self.page.show(block.element, use, where)
        self.filled = len(self.blocks)
        _settle_titles(root)
        self.prose.refuse_strays(root, self.text, self.where)
        self.prose.name_headings(root)
        if uses:
            raise PageError(
                f"{self._place(uses[0])}: this 'sidenotes' block is not taken for one; "
                "an example belongs between ``` and ```"
            )
        if self.blocks:
            self._add_contents_and_light()

    def complete(self, root: Element) -> None:
        """What can only be known when all else is there."""
        page = self.found[0][0] if self.found else ""
        if len(self.blocks) > self.filled:
            raise PageError(f"{self._pages()}: a footnote cannot hold a 'sidenotes' block")
        for block in self.blocks:
            to_pages(self.site, page, block.element, self._pages())
        self.prose.spell_attributes(root)
        self._refuse_equal_anchors(root)
        fill_contents(root, getattr(self.md, "toc_tokens", []))

    def _uses(self) -> list[Use]:
        """The blocks that the page has as `sites.py` sees it."""
        if self.blocks and not self.found:
            raise PageError(
                f"{self.where(0).partition(',')[0]}: a 'sidenotes' block can only stand on a page "
                f"below {self.site.docs.as_posix()}, and none there has this text"
            )
        if self.blocks and len(self.found) > 1:
            raise PageError(f"{self._pages()}: they have the same text; make them differ")
        pages = [page for page, _ in self.found] if len(self.found) == 1 else []
        found = [use for use in self.site.uses() if use.page in pages]
        self.page.name = pages[0] if pages else ""
        return found

    def _use(self, uses: list[Use], block: SidenotesBlock) -> tuple[Use, str]:
        """Where a block stands. Blocks come in the order of the page, and so do `uses`."""
        source, only = posixpath.normpath(block.argument), block.options["only"]
        for i, use in enumerate(uses):
            if (use.source, use.only) == (source, only):
                skipped = uses[:i]
                uses[:] = [*skipped, *uses[i + 1 :]]
                return use, self._place(use)
        raise PageError(
            f"{self._pages()}: the block 'sidenotes | {block.argument}' is not in the text of the "
            "page; a snippet cannot bring one along"
        )

    def _place(self, use: Use) -> str:
        return f"{(self.site.docs / use.page).as_posix()}, line {use.line}"

    def _pages(self) -> str:
        return " and ".join((self.site.docs / page).as_posix() for page, _ in self.found)

    def _refuse_equal_anchors(self, root: Element) -> None:
        names = Counter(element.get("id") for element in root.iter() if element.get("id"))
        lines = {anchor for anchor in self.prose.anchors if LINE.fullmatch(anchor)}
        twice = [name for name, count in names.items() if count > 1 or name in lines]
        if twice and self.blocks:
            raise PageError(f"{self._pages()}: the anchor '{twice[0]}' stands on it twice")

    def _add_contents_and_light(self) -> None:
        """The contents and the legend belong to the first whole file, the light to the page."""
        seen = [symbol for symbol in self.symbols if symbol.tex in self.prose.symbols]
        whole = [block.element for block in self.blocks if not block.options["only"]]
        if whole:
            contents(whole[0])
            if seen:
                legend(whole[0], seen, self.prose, self.where(0))
        rules = SubElement(self.blocks[0].element, "div", {"hidden": ""})
        rules.text = AtomicString(self.md.htmlStash.store(style([s.tex for s in seen])))


class SidenotesBlock(Block):
    """`/// sidenotes | path`, with the option `only`."""

    NAME = "sidenotes"
    ARGUMENT = True
    OPTIONS = {"only": ["", type_string]}

    def on_create(self, parent: Element) -> Element:
        kind = "sn-excerpt" if self.options["only"] else "sn-page"
        self.element = SubElement(parent, "div", {"class": f"sidenotes {kind}"})
        self.config["extension"].blocks.append(self)
        return self.element

    def refuse_content(self, where: str) -> None:
        """
        What stands inside the block has no place to go; most often the closing `///` was
        forgotten.
        """
        if len(self.element) or (self.element.text or "").strip():
            raise PageError(
                f"{where}: nothing may stand inside a 'sidenotes' block; "
                "is its closing '///' missing?"
            )


class TotalsBlock(Block):
    """`/// totals`: a sentence that counts the checked formulas."""

    NAME = "totals"

    def on_create(self, parent: Element) -> Element:
        totals = SubElement(parent, "p", {"class": "sn-totals"})
        totals.text = self.config["extension"].page.marks.totals()
        return totals


def _settle_titles(root: Element) -> None:
    """
    A page has one title. If it gives none itself, the heading of the module that it begins with
    becomes the title; otherwise the headings of modules go down a level.
    """
    titled = any(child.tag == "h1" for child in root)
    for block in root.findall("div"):
        essay = block.find("div[@class='sn-top']/div[@class='sn-essay']")
        if essay is None:
            continue
        if not titled and root[0] is block and len(essay) and essay[0].tag == "h1":
            title = essay[0]
            essay.remove(title)
            root.insert(0, title)
            titled = True
        elif titled:
            for heading in essay.iter():
                if re.fullmatch("h[1-5]", heading.tag):
                    heading.tag = f"h{int(heading.tag[1]) + 1}"


class _Lines(Preprocessor):
    def __init__(self, step: Callable[[str], str]):
        super().__init__()
        self.step = step

    def run(self, lines: list[str]) -> list[str]:
        return self.step("\n".join(lines)).split("\n")


class _Step(Treeprocessor):
    def __init__(self, step: Callable[[Element], None]):
        super().__init__()
        self.step = step

    def run(self, root: Element) -> None:
        self.step(root)

r"""
# The Markdown extension

This is where a page comes in. Its author writes

```
/// sidenotes | labml_optim/adam.py
///
```

and gets the annotated file. With `only: adam.Adam.adam_update`, indented below the first line, it
is one definition or one section of it.

Python-Markdown calls three things here, in this order. The **preprocessor** sees the text of the
page. It finds out which page that is, and typesets its maths. The **block** notes where a file is
to stand. The **tree processor** then fills the places, when the page around them is known.

Blocks are those of [PyMdown
Extensions](https://facelessuser.github.io/pymdown-extensions/extensions/blocks/), which both
MkDocs and Zensical bring along. There a block with an unknown name or option is not an error: it
is printed as text. Here it is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block, type_string

from .contents import contents, fill_contents
from .errors import PageError
from .legend import legend, style
from .links import to_pages
from .page import Page
from .prose import Prose
from .sites import Site, Use
from .symbols import Symbol, load
from .typeset import Typesetter


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
            "directory_urls": [True, "Whether the site's addresses end in / or in .html"],
        }
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        md.registerExtension(self)
        root = Path(self.getConfig("root"))
        self.site = Site(root, root / self.getConfig("docs"), self.getConfig("directory_urls"))
        self.symbols = (
            _symbols(root / self.getConfig("symbols")) if self.getConfig("symbols") else ()
        )
        self.typesetter = _typesetter(self.symbols, tuple(self.getConfig("colours")))
        self.md = md
        self.reset()
        block_mgr.register(SidenotesBlock, {"extension": self})
        # After the ends of lines are made equal (30), before fences (25) and HTML (20) are put
        # aside.
        md.preprocessors.register(_Start(self), "sidenotes", 28)
        # Before the text of elements is parsed (20): the notes' text is yet to be.
        md.treeprocessors.register(_Step(self.fill), "sidenotes", 28)
        # Now links are elements (20), and headings are in the table of contents (5), and the site
        # generator has yet to turn links to pages into addresses (0).
        md.treeprocessors.register(_Step(self.finish), "sidenotes-links", 4)

    def reset(self) -> None:
        """Called before each page."""
        self.text, self.first = "", 1
        self.prose = Prose(self.md, self.typesetter)
        self.page = Page(self.site, self.prose, self.symbols, self.getConfig("source_url"))
        self.blocks: list[SidenotesBlock] = []

    def start(self, text: str) -> str:
        self.text = text
        self.page.name, before = self.site.find(text)
        self.first = 1 + before - (len(text) - len(text.lstrip("\n")))
        return self.prose.prepare(text, self.where)

    def fill(self, root: Element) -> None:
        uses = [use for use in self.site.uses() if use.page == self.page.name]
        for block in self.blocks:
            where = self._line(uses, block)
            block.refuse_content(where)
            self.page.show(block.element, block.argument, block.options["only"], where)
        _settle_titles(root)
        self.prose.refuse_strays(root, self.text, self.where)
        self.prose.name_headings(root)
        if self.blocks:
            self._finish()

    def finish(self, root: Element) -> None:
        for block in self.blocks:
            to_pages(self.site, self.page.name, block.element, self._line([], block))
        fill_contents(root, getattr(self.md, "toc_tokens", []))

    def where(self, line: int) -> str:
        """A line of the page, counted from 0, as an error names it."""
        if not self.page.name:
            return f"a page, line {line + 1}"
        return f"{(self.site.docs / self.page.name).as_posix()}, line {self.first + line}"

    def _line(self, uses: list[Use], block: SidenotesBlock) -> str:
        """Where a block stands. Blocks come in the order of the page, and so do `uses`."""
        for i, use in enumerate(uses):
            if use.only == block.options["only"] and use.source == str(
                Path(block.argument).as_posix()
            ):
                del uses[: i + 1]
                return f"{(self.site.docs / use.page).as_posix()}, line {use.line}"
        return self.where(0).partition(",")[0]

    def _finish(self) -> None:
        """The legend belongs to the first whole file, the light to the page."""
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


class _Start(Preprocessor):
    def __init__(self, extension: SidenotesExtension):
        super().__init__(extension.md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        return self.extension.start("\n".join(lines)).split("\n")


class _Step(Treeprocessor):
    def __init__(self, step: Callable[[Element], None]):
        super().__init__()
        self.step = step

    def run(self, root: Element) -> None:
        self.step(root)


# KaTeX takes a fifth of a second to start, and what it has typeset stays typeset: one of them for
# all pages.
@lru_cache(maxsize=8)
def _typesetter(symbols: tuple[Symbol, ...], colours: tuple[str, ...]) -> Typesetter:
    return Typesetter(symbols, {name: f"sn-{name}" for name in colours})


def _symbols(path: Path) -> tuple[Symbol, ...]:
    if not path.is_file():
        raise PageError(
            f"{path}: no such file; the option 'symbols' of the extension 'sidenotes' names it"
        )
    return load(path)

r"""
# The Markdown extension

The entry point for a page. Its author writes

```
/// sidenotes | labml_optim/adam.py
///
```

and gets the annotated file. [`blocks.py`](blocks.py) has the options of a block.

Python-Markdown calls three things here, in this order. The **preprocessors** see the text of the
page, and typeset its maths. The **block** notes where a file is to stand. The **tree processors**
then fill the places, when the page around them is known, and lead the links to their pages.

Blocks are those of [PyMdown
Extensions](https://facelessuser.github.io/pymdown-extensions/extensions/blocks/), which both
MkDocs and Zensical bring along. There a block with an unknown name or option is not an error: it
is printed as text. Here it is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.blocks import BlocksExtension, BlocksProcessor

from ..figures.block import FigureBlock
from ..math.katex import table, typesetter
from .badges import Marks
from .badges import load as load_badges
from .blocks import SidenotesBlock, TotalsBlock
from .builder import Builder
from .notes.literal import Literals
from .notes.prose import Prose
from .notes.words import add_words
from .site.host import host

OPTIONS: dict[str, list[Any]] = {
    "root": [".", "The project's folder, seen from the configuration; no file outside it is shown"],
    "docs": ["docs", "The folder of pages, where no site generator tells which it is"],
    "symbols": ["", "A YAML file with the symbols of the formulas, within the project"],
    "colours": [[], "Names that formulas may use as a colour: the CSS class is `sn-` and the name"],
    "repo_url": [
        "",
        "The repository; line numbers link to its branch `main`. Empty: there is none",
    ],
    "source_url": ["", "Where line numbers link to, with {path} and {line}, if not there"],
    "sources": ["", "Where the copies of 'sidenotes sources' are, within the folder of pages"],
    "bibliography": ["", "A BibTeX file with the entries that pages cite, within the project"],
    "cite": [[], "The entries that each page of a whole file cites, behind its own"],
    "checked": ["", "What 'sidenotes check --json' wrote, within the project"],
    "figures": [".cache/figures", "Where 'sidenotes figures' has written, within the project"],
    "searched": [[], "Folders of which the search of the site knows the names in the code, too"],
    "math": [True, "Whether formulas are typeset"],
    "styles": [True, "Whether to warn where the site does not name the style sheets"],
    "directory_urls": [True, "Whether addresses end in /, where no site generator tells"],
}


class SidenotesExtension(BlocksExtension):
    """Registered as `sidenotes`; the options stand in the site's configuration."""

    def __init__(self, **options: Any):
        self.config = {name: list(option) for name, option in OPTIONS.items()}
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        md.registerExtension(self)
        self.md = md
        self.literals: Literals | None = None
        self.reset()
        block_mgr.register(SidenotesBlock, {"extension": self})
        block_mgr.register(TotalsBlock, {"extension": self})
        block_mgr.register(FigureBlock, {"extension": self})
        # Before all others: what it is given is still the text of a page. Snippets (32) change it.
        md.preprocessors.register(_Lines(self.begin), "sidenotes-page", 40)
        # After the ends of lines are made equal (30), before fences (25) and HTML (20) are put
        # aside.
        md.preprocessors.register(_Lines(self.prepare), "sidenotes", 28)
        add = md.treeprocessors.register
        # Before footnotes get their place (50), since a note may have one, and before the text of
        # elements is parsed (20).
        add(_Step(lambda root: self.builder.insert(root)), "sidenotes", 60)
        # All blocks are there, and code that is indented is not highlighted yet (30).
        add(_Step(lambda root: self.prose.extractor.run(root)), "sidenotes-extract", 49)
        # The notes have gone through this (20) already.
        add(_Step(lambda root: self.builder.restore(root)), "sidenotes-restore", 19)
        # Now links are elements (20), and headings are in the table of contents (5). Then the site
        # generator turns links to pages into addresses (0).
        add(_Step(lambda root: self.builder.finish(root)), "sidenotes-links", 4)
        # What was put aside is back (30).
        md.postprocessors.register(_Words(self.searched), "sidenotes-words", 25)

    def reset(self) -> None:
        """Called before each page, and once before the first."""
        self.blocks: list[SidenotesBlock] = []
        self.figures: Counter[str] = Counter()
        self.original = ""

    def begin(self, text: str) -> str:
        self.original = text
        return text

    def prepare(self, text: str) -> str:
        option = self.getConfig
        root, docs = option("root"), option("docs")
        self.host = host(self.md, root, docs, option("directory_urls"), self.original)
        # Not earlier: an error in the table of symbols is the page's, not the configuration's.
        name, colours = option("symbols"), tuple(option("colours"))
        symbols = table(self.host.root, name, colours) if name else ()
        # Not earlier: now all extensions are there.
        self.literals = self.literals or Literals(self.md)
        made = typesetter(symbols, colours)
        self.prose = Prose(self.md, made, self.literals, self.host.warn, option("math"))
        self.builder = Builder(self, symbols, text)
        return self.builder.prepare()

    def figure_id(self, name: str) -> str:
        """An id for a figure that is not on the page yet."""
        self.figures[name] += 1
        return name if self.figures[name] == 1 else f"{name}-{self.figures[name]}"

    def searched(self) -> bool:
        """Whether the search is to know the code of this page."""
        folders = tuple(f"{folder}/" for folder in self.getConfig("searched"))
        return any(block.argument.startswith(folders) for block in self.blocks)

    def source_url(self) -> str:
        """The address of a line of source, with `{path}` and `{line}` in it; empty if unknown."""
        repository = self.getConfig("repo_url").rstrip("/")
        known = f"{repository}/blob/main/{{path}}#L{{line}}" if repository else ""
        return self.getConfig("source_url") or known

    def badges(self) -> Marks:
        """What is known of the formulas."""
        return load_badges(self.host.root, self.getConfig("checked"), self.host.warn)


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


class _Words(Postprocessor):
    def __init__(self, wanted: Callable[[], bool]):
        super().__init__()
        self.wanted = wanted

    def run(self, text: str) -> str:
        return add_words(text) if self.wanted() else text

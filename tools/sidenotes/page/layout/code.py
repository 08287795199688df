r"""
# The code column

The code of a file is highlighted once, as a whole, when all notes of the page are typeset: a
variable `m` stands for a symbol only where the page has a formula with that symbol. Then each
section gets its lines.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from itertools import groupby, pairwise
from pathlib import PurePath
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AtomicString

from ...languages import highlight
from ...languages.highlight import Markup
from ...languages.registry import language
from ...languages.sections import Section, loose_blanks
from ...math.symbols import Symbol
from ..site.host import Host
from ..site.index import Use, line_prefix
from ..site.links import link_markup


class Code:
    """The lines of one file on a page."""

    def __init__(
        self, host: Host, uses: Sequence[Use], use: Use, text: str, sections: Sequence[Section]
    ):
        self.host, self.use, self.text = host, use, text
        self.lines = text.split("\n")
        self.language = language(use.source)
        self.numbers = {number for section in sections for number in section.code}
        self.prefix = line_prefix(uses, use)
        self.boxes: list[tuple[Element, Section]] = []
        # Those of the rows that a page begins with: the same lines once more.
        self.excerpt: list[tuple[Element, Section]] = []
        # The lines of definitions of which only the first is seen before a reader opens them.
        self.folds: list[range] = []
        # The lines that do not run in the step that is shown.
        self.idle: set[int] = set()

    def render(
        self, md: Markdown, symbols: Sequence[Symbol], seen: Collection[str], source_url: str
    ) -> set[str]:
        """Put the code into its boxes; the anchors of the lines. `seen` are symbols of the page."""
        # First, while the tokens of this file are still kept.
        suffix = PurePath(self.use.source).suffix.lower()
        highlighted = self.language.highlighters[suffix](self.text)
        markup = self._markup([symbol for symbol in symbols if symbol.tex in seen])
        html = highlight.lines(highlighted, markup)
        for boxes, is_excerpt in ((self.boxes, bool(self.use.only)), (self.excerpt, True)):
            indent = self._common_indent(boxes) if is_excerpt else 0
            for box, section in boxes:
                rows = {
                    n: self._row(n, html[n - 1], indent, source_url, boxes is self.boxes)
                    for n in section.code
                }
                box.text = AtomicString(md.htmlStash.store("".join(self._parts(rows))))
        self._part()
        return {f"{self.prefix}{n}" for _, section in self.boxes for n in section.code}

    def joined(self, name: str, sections: Sequence[Section]) -> Element:
        """
        The code of a function as one piece, for those who hear the page: they hear the notes, and
        then this. Rows are for those who see both at once.
        """
        boxes = {id(section): box for box, section in self.boxes}
        owned = []
        for section in sections:
            owned.append(f"{self.prefix}{section.code[0]}-code")
            boxes[id(section)].set("id", owned[-1])
        heard = {"class": "sn-heard", "role": "group", "aria-label": f"Code of {name}"}
        return Element("div", {**heard, "aria-owns": " ".join(owned)})

    def _parts(self, rows: dict[int, str]) -> Iterator[str]:
        """The lines of a box, those of a fold behind the first of them."""
        for fold, numbers in groupby(rows, key=self._fold):
            first, *others = list(numbers)
            if fold is None or not others:
                yield _pre(rows[n] for n in (first, *others))
            else:
                # What is said of them is no part of the code: it stands in an attribute.
                label = f"{len(others)} more line{'s' * (len(others) > 1)}"
                yield _pre([rows[first]])
                yield f'<details class="sn-folded"><summary data-more="{label}"'
                yield f' aria-label="{label}"></summary>{_pre(rows[n] for n in others)}</details>'

    def _fold(self, number: int) -> range | None:
        return next((fold for fold in self.folds if number in fold), None)

    def _part(self) -> None:
        """Tell each box how many blank lines part its code from that of the box before it."""
        filled = [(box, section.code) for box, section in self.boxes if section.code]
        blank = {n for _, section in self.boxes for n in loose_blanks(section)}
        for (_, above), (box, code) in pairwise(filled):
            if count := len(blank & set(range(above[-1], code[0]))):
                box.set("data-blank", str(count))

    def _markup(self, symbols: Sequence[Symbol]) -> list[Markup]:
        names: dict[str, list[str]] = {}
        for symbol in symbols:
            for name in symbol.names:
                names.setdefault(name, []).append(symbol.tex)
        links = link_markup(self.host, self.use.source, self.text)
        taken = {(link.line, link.start) for link in links}
        tags = self.language.symbol_markup(self.text, names) if names else []
        return [*links, *(tag for tag in tags if (tag.line, tag.start) not in taken)]

    def _row(self, number: int, html: str, indent: int, source_url: str, has_anchor: bool) -> str:
        anchor = f"{self.prefix}{number}"
        url = source_url.replace("{path}", self.use.source).replace("{line}", str(number))
        address = escape(url) if url else f"#{anchor}"
        link = f'<a class="sn-num" tabindex="-1" href="{address}">{number}</a>'
        margin = self._margin(number) - indent
        style = f' style="--i:{margin}"' if margin > 0 else ""
        if indent:
            html = highlight.dedent(html, indent)
        named = f' id="{anchor}"' if has_anchor else ""
        html = highlight.breakable(html, self.lines[number - 1])
        idle = " data-idle" if number in self.idle else ""
        return f'<span class="sn-line"{idle}{named}{style}>{link}{html}\n</span>'

    def _margin(self, number: int) -> int:
        line = self.lines[number - 1]
        return len(line) - len(line.lstrip())

    def _common_indent(self, boxes: Sequence[tuple[Element, Section]]) -> int:
        """The indentation that all lines of an excerpt have in common."""
        shown = [number for _, section in boxes for number in section.code]
        return min((self._margin(n) for n in shown if self.lines[n - 1].strip()), default=0)


def _pre(rows: Iterable[str]) -> str:
    return f'<pre class="highlight">{"".join(rows)}</pre>'

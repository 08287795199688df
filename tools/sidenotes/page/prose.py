r"""
# Prose: what happens to Markdown

Pages and notes go through the same three steps before Markdown sees them.

1. Maths is typeset and put aside, with a placeholder in its stead. Markdown would take the
   underscores of $m_t \cdot v_t$ for emphasis and the backslashes for escapes.
2. A doctest, which Markdown would take for a triple quotation, becomes a highlighted block.
3. The rest is Markdown, with all the extensions of the site.

And one after: a heading that holds a formula gets an anchor and a label that can be read without
one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import STX, AtomicString
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer

from ..errors import PageError, near
from ..math.fences import hidden
from ..math.formulas import BadFormula, replace
from ..math.katex import Typesetter
from ..math.plain import plain

Where = Callable[[int], str]
Mark = Callable[[str, int], str]

_ITEM = re.compile(r"\s*([-+*]|\d+[.)])\s")
_SYMBOL = re.compile(r'data-symbol="([^"]*)"')
# Ours have just run. The second would throw our placeholders out. A note has no front matter. The
# last one is MkDocs' own: it would forget the anchors of the page for those of the note.
NOT_FOR_NOTES = ("sidenotes-page", "sidenotes", "normalize_whitespace", "meta", "mkdocs_raw_html")
HEADINGS = {f"h{level}" for level in range(1, 7)}


# Prose knows of these anchors before any element bears one.
_TAKEN = {"sn-contents"}
_EXPLICIT = re.compile(r"\{[^{}\n]*#([\w:.-]+)[^{}\n]*\}")
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]]+)\]:")
_BLOCK = re.compile(r"\s*/{3,}\s*sidenotes\b", re.IGNORECASE)


class Prose:
    """Turns Markdown with maths into elements, for one page."""

    def __init__(self, md: Markdown, typesetter: Typesetter):
        self.md = md
        self.typesetter = typesetter
        self.symbols: set[str] = set()
        self.formulas: dict[str, str] = {}
        self.displays: set[str] = set()
        self.anchors = set(_TAKEN)
        # Anchors that an author has given, `{#so}`: the headings make way for them.
        self.explicit: set[str] = set()
        self._attributes = "attr_list" in md.treeprocessors

    def prepare(self, text: str, where: Where, mark: Mark = lambda tex, line: "") -> str:
        """
        Steps 1 and 2. `where` says, for a line of the text counted from 0, where that is; `mark`
        gives the HTML of what else is to be said of a display that begins there.
        """

        def formula(tex: str, display: bool, line: int) -> str:
            return self._formula(tex, display, where(line), mark(tex, line) if display else "")

        self.explicit.update(_EXPLICIT.findall(text) if self._attributes else ())
        try:
            return self._doctests(replace(text, formula, where))
        except BadFormula as error:
            raise PageError(str(error)) from error

    def parse(
        self, parent: Element, text: str, where: Where, mark: Mark, anchor: str, within: str
    ) -> None:
        """
        A note, as children of `parent`; `anchor` is that of its section, and `within` what the
        anchors of its further headings begin with.
        """
        text = text.expandtabs(self.md.tab_length)
        self._refuse_second_footnote(text, where)
        lines = self.prepare(text, where, mark).split("\n")
        steps = self.md.preprocessors
        passed = [steps[name] for name in NOT_FOR_NOTES if name in steps]
        for step in steps:
            if step not in passed:
                lines = step.run(lines)
        # The placeholder of a block must be a paragraph of its own: with an end of line behind it,
        # it would stay in one.
        self.md.parser.parseChunk(parent, "\n".join(lines).strip("\n"))
        self._refuse_blocks(parent, text, where)
        self.refuse_strays(parent, text, where)
        self.name_headings(parent, anchor, within)

    def _refuse_blocks(self, parent: Element, text: str, where: Where) -> None:
        if any((e.get("class") or "").startswith("sidenotes ") for e in parent.iter("div")):
            line = _line_like(text, _BLOCK)
            raise PageError(f"{where(line)}: a note cannot hold a 'sidenotes' block")

    def _refuse_second_footnote(self, text: str, where: Where) -> None:
        """
        All notes of a page share its footnotes, so the second `[^1]:` would replace the first.
        """
        if "footnote" not in self.md.parser.blockprocessors:
            return
        known: Any = self.md.parser.blockprocessors["footnote"]
        skip = hidden(text)
        for number, line in enumerate(text.split("\n")):
            found = _FOOTNOTE.match(line) if number not in skip else None
            if found and found[1] in known.footnotes.footnotes:
                raise PageError(f"{where(number)}: the page already has a footnote '[^{found[1]}]'")

    def _formula(self, tex: str, display: bool, where: str, mark: str) -> str:
        html = self.typesetter.typeset(tex, display=display, where=where)
        self.symbols.update(unescape(tex) for tex in _SYMBOL.findall(html))
        # Material's search passes over an element up to the first end of a tag with the same
        # name, so the outermost tag of a formula must be one that does not occur inside it. In a
        # display it is a `div`, and does not.
        if mark:
            html = f"{html.removesuffix('</div>')}{mark}</div>"
        if not display:
            html = f"<sn-math{html.removeprefix('<span').removesuffix('</span>')}</sn-math>"
            # What the search shows in its stead. No one else sees, hears or copies it.
            html = f'<span class="sn-plain" aria-hidden="true">{escape(plain(tex))}</span>{html}'
        placeholder = self.md.htmlStash.store(html)
        self.formulas[placeholder] = tex
        if display:
            self.displays.add(placeholder)
        return placeholder

    def spell_attributes(self, root: Element) -> None:
        """
        Markdown puts a text into an attribute, too: what a picture shows, the title of a link. No
        element can stand there, so a formula becomes plain text, and an address gets it back as it
        was written.
        """
        for element in root.iter():
            for name, value in element.items():
                if isinstance(value, str) and STX in value:
                    written = name in ("href", "src")
                    spell = (lambda tex: f"${tex}$") if written else plain
                    element.set(name, self._spell(value, spell))

    def _doctests(self, text: str) -> str:
        result: list[str] = []
        skip, lines = hidden(text), list(enumerate(text.split("\n")))
        while lines:
            number, line = lines.pop(0)
            if number in skip or not re.match(r"\s*>>>( |$)", line):
                result.append(line)
                continue
            block = [line]
            while lines and lines[0][1].strip():
                block.append(lines.pop(0)[1])
            result += ["", _indent(result, line) + self._console(block), ""]
        return "\n".join(result)

    def _console(self, block: list[str]) -> str:
        margin = len(block[0]) - len(block[0].lstrip())
        code = "\n".join(line[margin:] for line in block)
        formatter = HtmlFormatter(cssclass="highlight", wrapcode=True)
        return self.md.htmlStash.store(highlight(code, PythonConsoleLexer(), formatter))

    def name_headings(self, parent: Element, anchor: str = "", within: str = "") -> None:
        """
        Headings of a note get anchors that no other note can change: one at the very top that of
        its section, the others a name below it. Elsewhere only a heading that holds a formula
        needs one.
        """
        for heading in parent.iter():
            text = heading.text or ""
            if heading.tag not in HEADINGS or heading.get("id") or isinstance(text, AtomicString):
                continue
            if not anchor and not any(key in text for key in self.formulas):
                continue
            given = self._attributes and _EXPLICIT.search(text)
            words = re.sub(r"[`*]|\{[^}]*\}\s*$|\[([^\]]*)\]\([^)]*\)", r"\1", text)
            name = within + slug(self._spell(words, lambda tex: re.sub(r"[^A-Za-z0-9]+", "-", tex)))
            first = anchor and heading is parent[0]
            if not given:
                heading.set("id", anchor if first else self.unused(name, self.explicit))
            heading.set("data-toc-label", self._spell(words, plain))

    def unused(self, anchor: str, others: Collection[str] = ()) -> str:
        """The anchor, with a number if the page has it already, or if it is one of `others`."""
        number, free = 1, anchor
        while free in self.anchors or free in others:
            number += 1
            free = f"{anchor}-{number}"
        self.anchors.add(free)
        return free

    def _spell(self, text: str, spell: Callable[[str], str]) -> str:
        for key, tex in self.formulas.items():
            text = text.replace(key, spell(tex))
        return text

    def refuse_strays(self, parent: Element, text: str, where: Where) -> None:
        """
        A block that Markdown did not accept stays in the text as `///`. Then the name is unknown
        or an option was refused; a reader would see the slashes, and nothing else would tell.
        """
        for element in parent.iter():
            for piece in (element.text, element.tail):
                if not piece or isinstance(piece, AtomicString) or element.tag in ("pre", "code"):
                    continue
                for line in filter(_STRAY.match, piece.split("\n")):
                    number = _line_like(text, re.compile(f".*{re.escape(line.strip())}"))
                    blocks: Any = self.md.parser.blockprocessors["blocks"]
                    raise PageError(
                        f"{where(number)}: {_stray(line.strip(), piece, blocks.blocks)}"
                    )


# The second way to write it is another tool's, or a slash too few.
_STRAY = re.compile(r"\s*(?:///|[/:!\\]+\s*sidenotes?\s*\|)", re.IGNORECASE)


def _stray(line: str, text: str, blocks: dict[str, Any]) -> str:
    if not line.startswith("///"):
        return f"'{line}' is no block: a block begins with '///'"
    name = line.lstrip("/").partition("|")[0].strip()
    if not name:
        return "a closing '///' without a block that it closes"
    if name.lower() not in blocks:
        return f"unknown block '{name}'{near(name, blocks)}"
    known = {*blocks[name.lower()].OPTIONS, "attrs"}
    for option in re.findall(r"^\s*([\w-]+)\s*:", text.partition(line)[2], re.M):
        if option not in known:
            return f"block '{name}' has no option '{option}'{near(option, known)}"
    return f"block '{name}' refuses its argument or an option: '{line}'"


def _line_like(text: str, pattern: re.Pattern[str]) -> int:
    """The first line that matches, or the first of all."""
    return next((i for i, line in enumerate(text.split("\n")) if pattern.match(line)), 0)


def _indent(above: Collection[str], line: str) -> str:
    """
    A doctest keeps its indentation inside a list; elsewhere four spaces would make it a code
    block.
    """
    margin = len(line) - len(line.lstrip())
    for other in reversed(list(above)):
        if other.strip() and len(other) - len(other.lstrip()) < margin:
            return line[:margin] if _ITEM.match(other) else ""
    return ""


def slug(text: str) -> str:
    """`Why the hats?` as an anchor: `why-the-hats`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9_]+", ascii_text.lower())) or "section"

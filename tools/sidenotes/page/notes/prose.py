r"""
# From Markdown to elements

Pages and notes go through the same two steps before Markdown sees them: formulas are typeset and
doctests highlighted, and each is put aside, with a placeholder in its place. Markdown would take
the underscores of $m_t \cdot v_t$ for emphasis and the doctest for a triple quotation. Those that
are blocks are [extracted](extract.py) out of their paragraphs afterwards.

A note is a small document within the page. Its references and abbreviations are its own; in it,
[what looks like markup](literal.py) is markup only if it can be nothing else. So a note goes
through all of Markdown by itself, up to the elements within its lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import ETX, STX

from ...errors import PageError
from ...math.fences import hidden
from ...math.formulas import BadFormula, replace
from ...math.katex import Typesetter
from ...math.plain import plain
from .console import console
from .extract import Extractor
from .headings import Headings
from .literal import Literals, holds_html
from .misread_blocks import refuse_in_note

Where = Callable[[int], str]
Badge = Callable[[str, int], str]

_SYMBOL = re.compile(r'data-symbol="([^"]*)"')
# What a badge asks for: a class of the formula. A style sheet that looked into it would cost much.
_KIND = re.compile(r' data-kind="([^"]*)"')
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]]+)\]:")
# Ours have just run. The second would throw our placeholders out. A note has no front matter. The
# last one is MkDocs' own: it would replace the anchors of the page by those of the note.
NOT_FOR_NOTES = {"sidenotes-page", "sidenotes", "normalize_whitespace", "meta", "mkdocs_raw_html"}


class Prose:
    """Turns Markdown with maths into elements, for one page."""

    def __init__(
        self,
        md: Markdown,
        typesetter: Typesetter,
        literals: Literals,
        warn: Callable[[str], None],
        maths: bool = True,
    ):
        self.md, self.typesetter, self.literals = md, typesetter, literals
        self.warn, self.maths = warn, maths
        self.symbols: set[str] = set()
        self.formulas: dict[str, str] = {}
        # Placeholders that stand for a block: a display or a doctest.
        self.displays: set[str] = set()
        self.blocks: set[str] = set()
        self.extractor = Extractor(md, self.blocks)
        self.headings = Headings(self.formulas, "attr_list" in md.treeprocessors)

    def prepare(
        self,
        text: str,
        where: Where,
        badge: Badge = lambda tex, line: "",
        maths: bool | None = None,
    ) -> str:
        """
        The text with placeholders for its formulas and doctests. `where` says, for a line of the
        text counted from 0, where that is; `badge` gives the HTML of the
        badge of a display that begins there.
        """
        self.headings.note_explicit(text)
        if self.maths if maths is None else maths:

            def formula(tex: str, display: bool, line: int) -> str:
                try:
                    return self._formula(tex, badge(tex, line)) if display else self._inline(tex)
                except BadFormula as error:
                    raise BadFormula(f"{where(line)}: {error}") from error

            try:
                text = replace(text, formula, where, self.warn)
            except BadFormula as error:
                raise PageError(str(error)) from error
        return self._doctests(text) if ">>>" in text else text

    def parse(
        self,
        parent: Element,
        text: str,
        where: Where,
        badge: Badge,
        anchors: tuple[str, str],
        maths: bool,
    ) -> None:
        """
        A note, as children of `parent`. `anchors` are that of its section, and what those of its
        further headings begin with.
        """
        text = text.expandtabs(self.md.tab_length).replace(STX, "").replace(ETX, "")
        self._refuse_second_footnote(text, where)
        lines = self.prepare(text, where, badge, maths).split("\n")
        with self.literals.reading(text), self._own_definitions(parent):
            for step in self._before_blocks(text):
                lines = step.run(lines)
            # The placeholder of a block must be a paragraph of its own: with an end of line behind
            # it, it would stay in one.
            self.md.parser.parseChunk(parent, "\n".join(lines).strip("\n"))
            refuse_in_note(self.md, parent, text, where)
            self.headings.name(parent, *anchors)
            for step in self._up_to_lines():
                step.run(parent)

    def _before_blocks(self, text: str) -> Iterator[Any]:
        steps = self.md.preprocessors
        passed = {*NOT_FOR_NOTES, *(() if holds_html(text) else ("html_block",))}
        passing = [steps[name] for name in passed if name in steps]
        return (step for step in steps if not any(step is other for other in passing))

    def _up_to_lines(self) -> Iterator[Any]:
        """What Markdown does to elements up to the patterns within lines."""
        steps = self.md.treeprocessors
        first = steps.get_index_for_name("sidenotes") + 1
        last = steps.get_index_for_name("inline")
        # The footnotes are the page's.
        footnotes = steps["footnote"] if "footnote" in steps else None
        return (step for step in list(steps)[first : last + 1] if step is not footnotes)

    @contextmanager
    def _own_definitions(self, parent: Element) -> Iterator[None]:
        """References and abbreviations that a note defines end with it."""
        references = dict(self.md.references)
        tree: Any = self.md.treeprocessors["abbr"] if "abbr" in self.md.treeprocessors else None
        known = dict(tree.abbrs) if tree else {}
        yield
        if tree and tree.abbrs != known:
            tree.run(parent)
            tree.abbrs.clear()
            tree.abbrs.update(known)
        self.md.references.clear()
        self.md.references.update(references)

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

    # ## Formulas

    def _typeset(self, tex: str, display: bool) -> str:
        html = self.typesetter.typeset(tex, display=display)
        self.symbols.update(unescape(tex) for tex in _SYMBOL.findall(html))
        return html

    def _formula(self, tex: str, badge: str) -> str:
        # A formula that is too wide scrolls; its badge does not.
        html = self._typeset(tex, True)
        kind = " ".join(["sn-formula", *_KIND.findall(badge)])
        idle = " data-idle" if " data-idle" in badge else ""
        html = f'<div class="{kind}"{idle}>{html}{badge}</div>' if badge else html
        placeholder = self._stash(html, tex)
        self.displays.add(placeholder)
        self.blocks.add(placeholder)
        return placeholder

    def _inline(self, tex: str) -> str:
        # Material's search passes over an element up to the first end of a tag with the same
        # name, so the outermost tag of a formula must be one that does not occur inside it. In a
        # display it is a `div`, and does not.
        html = self._typeset(tex, False).removeprefix("<span").removesuffix("</span>")
        # The search shows this instead. It is not visible, nor read aloud or copied.
        spoken = f'<span class="sn-plain" aria-hidden="true">{escape(plain(tex))}</span>'
        return self._stash(f"{spoken}<sn-math{html}</sn-math>", tex)

    def _stash(self, html: str, tex: str) -> str:
        placeholder = self.md.htmlStash.store(html)
        self.formulas[placeholder] = tex
        return placeholder

    def spell_attributes(self, root: Element) -> None:
        """
        Markdown puts a text into an attribute, too: what a picture shows, the title of a link. No
        element can stand there, so a formula becomes plain text, and an address gets it back as it
        was written.
        """
        if self.formulas:
            for element in root.iter():
                for name, value in element.items():
                    if isinstance(value, str) and STX in value:
                        written = name in ("href", "src")
                        spell = (lambda tex: f"${tex}$") if written else plain
                        element.set(name, self.headings.spell(value, spell))

    # ## Doctests

    def _doctests(self, text: str) -> str:
        result: list[str] = []
        skip, lines = hidden(text), text.split("\n")
        number = 0
        while number < len(lines):
            found = re.match(r"(\s*)>>>(?: |$)", lines[number]) if number not in skip else None
            last = number + 1
            if found:
                # It ends at a blank line, and where a line begins to the left of it.
                while (
                    last < len(lines) and lines[last].strip() and lines[last].startswith(found[1])
                ):
                    last += 1
                margin = len(found[1])
                code = "\n".join(line[margin:] for line in lines[number:last])
                result.append(found[1] + self._console(code))
            else:
                result.append(lines[number])
            number = last
        return "\n".join(result)

    def _console(self, code: str) -> str:
        placeholder = self.md.htmlStash.store(console(code))
        self.blocks.add(placeholder)
        return placeholder

r"""
# Sections as rows

Each section is a row, with its note at the left and [its code](code.py) at the right. Rows of one
definition stand in one block, so that the style sheet can give the code an unbroken surface from
the first line to the last. A row is as high as the taller of its two sides; where the note is long,
the code stays in sight beside it, and what the note shows stands below the code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ...errors import PageError, near
from ...languages import files
from ...languages.files import stem
from ...languages.sections import Section
from ..live import Beside
from ..notes.headings import HEADINGS
from ..site.index import Use
from .code import Code
from .essay import lay_out, move, move_beside, move_lead

if TYPE_CHECKING:
    from .page import Page

# Imports, and the lines that they go on in.
_IMPORTS = re.compile(r"(import|from) |[ )]|$|if TYPE_CHECKING:")


class View:
    """One file on a page."""

    def __init__(
        self, page: Page, use: Use, sections: Sequence[Section], code: Code, maths: bool, where: str
    ):
        self.page, self.use, self.sections = page, use, sections
        self.code, self.maths = code, maths
        # Whether the notes of an excerpt have words, or formulas alone.
        self.words = True
        # The values behind the formulas, where an algorithm runs on the page.
        self.beside = Beside(None)
        self.stem, self.where = stem(use.source), where
        self.definitions = set(code.language.definitions(code.text, self.stem))
        page.prose.literals.code = "\n".join(code.lines[n - 1] for n in sorted(code.numbers))

    # ## Which rows there are

    def rows(self) -> Sequence[Section]:
        """The sections that are rows. An essay without code is none."""
        is_essay = not self.use.only and self.has_essay() and not self.sections[0].code
        return self.sections[1:] if is_essay else self.sections

    def named(self, names: str) -> Sequence[Section]:
        """The sections that the option `first` names, in the order of the names."""
        found: list[Section] = []
        for name in _words(names):
            sections = files.select(self.sections, name)
            if not sections:
                known = near(name, {s.name for s in self.sections})
                raise PageError(f"{self.where}: first: nothing is named '{name}'{known}")
            found += sections
        return found

    def fold(self, names: str) -> None:
        """Let the imports, and the code of the definitions that the option names, be folded."""
        code = self.code
        for section in self.sections if names else ():
            if section.kind == "module" and all(map(_IMPORTS.match, self._lines_of(section))):
                code.folds.append(range(section.first, section.last + 1))
        scopes = {s.name: s for s in code.language.scopes(code.text, self.stem)} if names else {}
        for name in _words(names):
            if name not in scopes:
                known = near(name, set(scopes))
                raise PageError(f"{self.where}: fold: nothing is named '{name}'{known}")
            self.code.folds.append(range(scopes[name].first, scopes[name].last + 1))

    def _definition(self, section: Section) -> str:
        """
        The class or function at the top of the file that a section belongs to, else an empty
        string.
        """
        top = f"{self.stem}.{self._qualified(section)[0]}"
        return top if top in self.definitions else ""

    def _qualified(self, section: Section) -> list[str]:
        """The parts of a section's name below the stem, which may have a dot of its own."""
        return section.name[len(self.stem) + 1 :].split(".")

    def _lines_of(self, section: Section) -> list[str]:
        return [self.code.lines[number - 1] for number in section.code]

    # ## The note that opens the file

    def has_essay(self) -> bool:
        return bool(self.sections) and self.sections[0].kind == "module"

    def head(self, parent: Element) -> tuple[Element, Element]:
        """
        The title with the first paragraph and the path of the file; and the rest of the note, in
        rows, for later.
        """
        head = SubElement(parent, "div", {"class": "sn-head"})
        essay = Element("div", {"class": "sn-essay"})
        if self.has_essay():
            self._note(essay, self.sections[0])
            self._move_idea(essay, head)
            if anchor := essay.attrib.pop("id", ""):
                head.set("id", anchor)
        line = SubElement(head, "p", {"class": "sn-file"})
        source_url = self.page.config["source_url"]
        url = source_url.replace("{path}", self.use.source).replace("{line}", "1")
        name = SubElement(line, "a", {"href": url}) if url else SubElement(line, "span")
        name.text = AtomicString(self.use.source)
        lay_out(essay, self.page.prose)
        return head, essay

    def _move_idea(self, essay: Element, head: Element) -> None:
        """The title and the paragraph below it."""
        blocks = self.page.prose.blocks
        if _begins_with_heading(essay):
            move(essay[0], essay, head)
        if len(essay) and essay[0].tag == "p" and (essay[0].text or "").strip() not in blocks:
            essay[0].set("class", "sn-idea")
            move(essay[0], essay, head)

    # ## Rows

    def first(self, parent: Element, sections: Sequence[Section]) -> None:
        """
        The rows that a page begins with: formulas beside their lines. They stand again in their
        place, with their words and their anchors, so here they have none.
        """
        # Not a `div`, since some stand inside: see the row of actions.
        body = SubElement(
            parent, "sn-first", {"class": "sn-body sn-first", "data-search-exclude": ""}
        )
        block = SubElement(body, "section", {"class": "sn-def", "aria-label": "What is new"})
        for section in sections:
            row = SubElement(block, "div", {"class": "sn-row"})
            note = SubElement(row, "div", {"class": "sn-note"})
            if section.kind == "comment":
                self._parse(note, section, ("", f"{section.name}."))
                self._keep_formulas(note)
            box = SubElement(row, "div", {"class": "sn-code"})
            self.code.excerpt.append((box, section))
        if self.beside:
            here = SubElement(body, "a", {"class": "sn-live-here", "href": "#live"})
            here.text = self.beside.told

    def body(self, parent: Element, rows: Sequence[Section]) -> None:
        """The rows of the file, or of the part that is shown."""
        body = SubElement(parent, "div", {"class": "sn-body"})
        for _, group in groupby(rows, key=self._definition):
            part = list(group)
            # About how high it is, for as long as it is far from the screen.
            lines = sum(max(len(s.code), s.note.count("\n")) + 1 for s in part)
            block = SubElement(body, "section", {"class": "sn-def", "style": f"--lines:{lines}"})
            for section in part:
                self._row(block, section)
            for function in part:
                pieces = [s for s in part if s.name.startswith(f"{function.name}.") and s.code]
                if function.kind == "function" and pieces:
                    name = self._qualified(function)[-1]
                    row = block[part.index(pieces[-1])]
                    row.append(self.code.joined(name, [function, *pieces]))

    def _keep_formulas(self, note: Element) -> None:
        note[:] = [child for child in note if self._is_display(child)]

    def _row(self, parent: Element, section: Section) -> None:
        row = SubElement(parent, "div", {"class": "sn-row"})
        note = SubElement(row, "div", {"class": "sn-note"})
        link = None
        if section.kind != "module":
            anchor = self._note(note, section)
            if not self.words:
                self._keep_formulas(note)
            # The sign on it is the style sheet's: as text it would be found by the search.
            label = f"Link to {section.name}"
            link = {"class": "sn-anchor", "href": f"#{anchor}", "aria-label": label}
        box = SubElement(row, "div", {"class": "sn-code", "data-search-exclude": ""})
        self.code.boxes.append((box, section))
        if section.kind in ("class", "function"):
            row.set("class", "sn-row sn-begins")
            move_beside(parent, row, note, self.page.prose)
        elif len(note) and self._is_display(note[-1]):
            note = move_lead(row, note)
        if link:
            SubElement(note, "a", link)

    def _note(self, parent: Element, section: Section) -> str:
        """Fill in the note, give an element in it the section's anchor, and return that."""
        anchor = self.page.prose.headings.unused(section.name)
        self._parse(parent, section, (anchor, "" if section.kind == "module" else f"{anchor}."))
        if _begins_with_heading(parent) and parent[0].get("id") == anchor:
            return anchor
        if section.kind in ("class", "function"):
            parent.insert(0, self._heading(section, anchor))
        else:
            parent.set("id", anchor)
        return anchor

    def _parse(self, parent: Element, section: Section, anchors: tuple[str, str]) -> None:
        def where(line: int) -> str:
            return f"{self.where}, line {section.note_first + line}"

        def badge(tex: str, line: int) -> str:
            first = section.note_first + line
            mark = self.page.badges.mark(self.use.source, self.code.text, first, tex)
            # The dollars can stand on lines of their own.
            return mark and mark + (self.beside.value(first) or self.beside.value(first + 1))

        if section.note.strip():
            self.page.prose.parse(parent, section.note, where, badge, anchors, self.maths)

    def _is_display(self, child: Element) -> bool:
        return (child.text or "").strip() in self.page.prose.displays

    def _heading(self, section: Section, anchor: str) -> Element:
        """
        Definitions without a heading of their own get a small one: for the contents, and for the
        search.
        """
        qualified = self._qualified(section)
        heading = Element(f"h{min(1 + len(qualified), 6)}", {"class": "sn-name", "id": anchor})
        heading.set("data-toc-label", qualified[-1])
        SubElement(heading, "code").text = AtomicString(qualified[-1])
        return heading


def _begins_with_heading(element: Element) -> bool:
    return len(element) > 0 and element[0].tag in HEADINGS


def _words(names: str) -> Sequence[str]:
    return names.replace(",", " ").split()

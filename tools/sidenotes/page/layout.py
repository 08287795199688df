r"""
# From sections to a page

[A language](../languages/sections.py) cuts a file into sections, each a note and the code it
is about. This module lays them out: the note that opens the file runs across, as a text; below it
each section is a row, with the note at the left and [its code](code.py) at the right.

Rows of one definition stand in one block, so that the style sheet can give the code an unbroken
surface from the first line to the last. A row is as high as the taller of its two sides; where
the note is long, the code stays in sight beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ..errors import PageError, near
from ..languages import files
from ..languages.files import stem
from ..languages.registry import SUFFIXES, language
from ..languages.sections import Section
from ..math.symbols import Symbol
from .actions import clipboard, row
from .badges import Marks
from .code import Code
from .notes.headings import HEADINGS
from .notes.prose import Prose
from .site.host import Host
from .site.index import Use


@dataclass
class Page:
    """The page that is being built."""

    host: Host
    prose: Prose
    symbols: Sequence[Symbol]
    # The options of the site.
    config: Mapping[str, Any]
    badges: Marks
    # Its blocks, in their order.
    uses: Sequence[Use]
    # The anchors of its lines of code.
    lines: set[str] = field(default_factory=set)

    def show(self, parent: Element, use: Use, options: Mapping[str, Any], where: str) -> None:
        """Fill `parent` with the file that a block shows, or with one definition or section."""
        file = self._file(use.source, where)
        self.host.add_dependency(file)
        text = self._text(file, use.source, where)
        try:
            view = self._view(use, text, options, f"{where}: {use.source}")
            self._show(parent, view, options, where)
        except RecursionError:
            raise PageError(f"{where}: {use.source}: it is nested too deeply") from None

    def _view(self, use: Use, text: str, options: Mapping[str, Any], where: str) -> _View:
        every = files.sections(text, use.source)
        sections = files.select(every, use.only)
        if use.only and not sections:
            known = near(use.only, {s.name for s in every})
            raise PageError(f"{where}: nothing is named '{use.only}'{known}")
        maths = self.config["math"] and options["math"]
        code = Code(self.host, self.uses, use, text, every)
        return _View(self, use, sections, code, maths, where)

    def _show(self, parent: Element, view: _View, options: Mapping[str, Any], where: str) -> None:
        use, md = view.use, self.prose.md
        parent.set("data-source", use.source)
        actions = row.actions(self.host, self.config, options, use, where)
        if not use.only:
            top = SubElement(parent, "div", {"class": "sn-top"})
            row.insert(view.essay(top), self.host, md, actions, self.uses.index(use))
        body = SubElement(parent, "div", {"class": "sn-body"})
        for _, rows in groupby(view.rows(), key=view.definition):
            block = SubElement(body, "section", {"class": "sn-def"})
            for section in rows:
                view.row(block, section)
        url = self.config["source_url"]
        self.lines |= view.code.render(md, self.symbols, self.prose.symbols, url)
        carried = SubElement(parent, "div", {"hidden": ""})
        html = clipboard.carried(
            self.host.root, use.source, view.sections, view.code.prefix, actions.whole
        )
        carried.text = AtomicString(md.htmlStash.store(html))

    def _file(self, path: str, where: str) -> Path:
        if Path(path).is_absolute():
            raise PageError(f"{where}: '{path}' does not begin at the project's folder")
        try:
            root = self.host.root.resolve()
            file = (root / path).resolve()
            if not file.is_relative_to(root):
                raise PageError(f"{where}: '{path}' is outside the project")
            if not file.is_file():
                beside = (root / path).parent
                others = beside.iterdir() if beside.is_dir() else ()
                names = [p.name for p in others if p.suffix in SUFFIXES]
                raise PageError(f"{where}: no such file: '{path}'{near(Path(path).name, names)}")
            return file
        # A link that leads to itself is one or the other, as the Python is older or newer.
        except (RuntimeError, OSError, ValueError) as error:
            raise PageError(f"{where}: '{path}' cannot be opened: a link to itself?") from error

    def _text(self, file: Path, path: str, where: str) -> str:
        try:
            language(path)
            text = files.text_of(file)
            files.sections(text, path)
            return text
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            raise PageError(f"{where}: {path}{line}: {error.msg}") from error
        except (RecursionError, MemoryError):
            raise PageError(f"{where}: {path}: it is nested too deeply") from None
        except (ValueError, OSError) as error:
            raise PageError(f"{where}: {path}: {error}") from error


class _View:
    """One file on a page."""

    def __init__(
        self,
        page: Page,
        use: Use,
        sections: Sequence[Section],
        code: Code,
        maths: bool,
        where: str,
    ):
        self.page, self.use, self.sections = page, use, sections
        self.code, self.maths = code, maths
        self.stem, self.where = stem(use.source), where
        self.definitions = set(code.language.definitions(code.text, self.stem))
        page.prose.literals.code = "\n".join(code.lines[n - 1] for n in sorted(code.numbers))

    def definition(self, section: Section) -> str:
        """
        The class or function at the top of the file that a section belongs to, else an empty
        string.
        """
        top = f"{self.stem}.{self._qualified(section)[0]}"
        return top if top in self.definitions else ""

    def _qualified(self, section: Section) -> list[str]:
        """The parts of a section's name below the stem, which may have a dot of its own."""
        return section.name[len(self.stem) + 1 :].split(".")

    def has_essay(self) -> bool:
        return bool(self.sections) and self.sections[0].kind == "module"

    def rows(self) -> Sequence[Section]:
        """The sections that are rows. An essay without code is none."""
        is_essay = not self.use.only and self.has_essay() and not self.sections[0].code
        return self.sections[1:] if is_essay else self.sections

    def essay(self, parent: Element) -> Element:
        """The note that opens the file, if it has one, with the path of the file."""
        essay = SubElement(parent, "div", {"class": "sn-essay"})
        if self.has_essay():
            self._note(essay, self.sections[0])
        line = Element("p", {"class": "sn-file"})
        source_url = self.page.config["source_url"]
        url = source_url.replace("{path}", self.use.source).replace("{line}", "1")
        name = SubElement(line, "a", {"href": url}) if url else SubElement(line, "span")
        name.text = AtomicString(self.use.source)
        essay.insert(1 if _begins_with_heading(essay) else 0, line)
        return essay

    def row(self, parent: Element, section: Section) -> None:
        row = SubElement(parent, "div", {"class": "sn-row"})
        note = SubElement(row, "div", {"class": "sn-note"})
        if section.kind != "module":
            anchor = self._note(note, section)
            # The sign on it is the style sheet's: as text it would be found by the search.
            label = f"Link to {section.name}"
            SubElement(note, "a", {"class": "sn-anchor", "href": f"#{anchor}", "aria-label": label})
        if section.kind in ("class", "function"):
            row.set("class", "sn-row sn-begins")
        elif self._ends_in_display(note):
            _lead(row, note)
        box = SubElement(row, "div", {"class": "sn-code", "data-search-exclude": ""})
        self.code.boxes.append((box, section))

    def _note(self, parent: Element, section: Section) -> str:
        """Fill in the note, give an element in it the section's anchor, and return that."""

        def where(line: int) -> str:
            return f"{self.where}, line {section.note_first + line}"

        def badge(tex: str, line: int) -> str:
            first = section.note_first + line
            return self.page.badges.mark(self.use.source, self.code.text, first, tex)

        anchor = self.page.prose.headings.unused(section.name)
        if section.note.strip():
            anchors = anchor, "" if section.kind == "module" else f"{anchor}."
            self.page.prose.parse(parent, section.note, where, badge, anchors, self.maths)
        if _begins_with_heading(parent) and parent[0].get("id") == anchor:
            return anchor
        if section.kind in ("class", "function"):
            parent.insert(0, self._heading(section, anchor))
        else:
            parent.set("id", anchor)
        return anchor

    def _ends_in_display(self, note: Element) -> bool:
        last = [child for child in note if child.tag != "a"][-1:]
        return bool(last) and (last[0].text or "").strip() in self.page.prose.displays

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


def _lead(row: Element, note: Element) -> None:
    """
    A formula that ends a comment is that of the next line of code. What comes before it moves to
    a cell above, so that formula and line stand at one height.
    """
    *before, _, link = list(note)
    if before:
        lead = Element("div", {"class": "sn-lead"})
        for child in before:
            note.remove(child)
            lead.append(child)
        lead.append(link)
        note.remove(link)
        row.insert(0, lead)


def _begins_with_heading(element: Element) -> bool:
    return len(element) > 0 and element[0].tag in HEADINGS

r"""
# From sections to a page

[A language](../../languages/sections.py) cuts a file into sections, each a note and the code it
is about. A page of a whole file shows, from top to bottom:

* the title, the first paragraph of the note that opens the file, and what can be taken along;
* the rows that the block names as `first`, so that a reader sees at once what the file is about;
* [an algorithm that runs](../live/__init__.py), if the file has one that was checked;
* the rest of that note, [as rows](essay.py) of prose and what it speaks of;
* [a row for each section](view.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown.util import AtomicString

from ...errors import PageError, near
from ...languages import files
from ...languages.registry import SUFFIXES, language
from ...math.symbols import Symbol
from .. import live
from ..actions import clipboard, row
from ..badges import Marks
from ..notes.prose import Prose
from ..site.host import Host
from ..site.index import Use
from .code import Code
from .view import View


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
    # The names of what its files define.
    definitions: set[str] = field(default_factory=set)

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

    def _view(self, use: Use, text: str, options: Mapping[str, Any], where: str) -> View:
        every = files.sections(text, use.source)
        sections = files.select(every, use.only)
        for name in use.only.split():
            if not files.select(every, name):
                known = near(name, {s.name for s in every})
                raise PageError(f"{where}: nothing is named '{name}'{known}")
        maths = self.config["math"] and options["math"]
        code = Code(self.host, self.uses, use, text, every)
        return View(self, use, sections, code, maths, where)

    def _show(self, parent: Element, view: View, options: Mapping[str, Any], where: str) -> None:
        use, md = view.use, self.prose.md
        parent.set("data-source", use.source)
        self.definitions |= view.definitions
        actions = row.actions(self.host, self.config, options, use, where)
        panels = self._panels(view, options, where)
        if not use.only:
            head, essay = view.head(parent)
            row.insert(head, self.host, md, actions, self.uses.index(use))
            if first := view.named(options["first"]):
                view.first(parent, first)
            others = self.badges.algorithms()
            live.insert(parent, panels, others, self.prose, self.host, where)
            if len(essay):
                parent.append(essay)
        view.fold(options["fold"])
        view.words = options["words"]
        if rows := view.rows():
            view.body(parent, rows)
        if use.only and panels:
            live.small(parent, panels[0], self.prose, where)
        url = self.config["source_url"]
        self.lines |= view.code.render(md, self.symbols, self.prose.symbols, url)
        carried = SubElement(parent, "div", {"hidden": ""})
        html = clipboard.carried(
            self.host.root, use.source, view.sections, view.code.prefix, actions.whole
        )
        carried.text = AtomicString(md.htmlStash.store(html))

    def _panels(self, view: View, options: Mapping[str, Any], where: str) -> Sequence[Any]:
        """The algorithms that run in a block: those of a whole file, or one that is named."""
        use, name = view.use, options["live"]
        panels = self.badges.panels(use.source, view.code.text)
        if use.only:
            panels = [panel for panel in panels if panel["name"] == name]
        elif name:
            raise PageError(f"{where}: 'live' is for an excerpt, and this is a whole file")
        if panels:
            view.beside = live.Beside(panels[0])
            view.code.idle = view.beside.idle
        return panels

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

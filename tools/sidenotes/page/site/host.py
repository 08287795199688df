r"""
# Which page it is

Python-Markdown gives an extension the text of a page and nothing else: not its name, not the other
pages. Yet an error should name the page, and a name in the code should link to the page that shows
its definition. The site generators tell which page it is, each in its own way, so each has a host:
[MkDocs](mkdocs.py) and [Zensical](zensical.py). Where there is no site generator, the page is
[found by its text](standalone.py).
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Sequence
from pathlib import Path

from markdown import Markdown

from ...errors import PageError
from ...languages.files import stem
from .index import Index, Use


class Host:
    """
    A page and the site around it. `page` is its name among the pages of the index, `""` if it is
    not known.
    """

    root: Path
    # The folder of pages and of the other files of the site.
    docs: Path
    page = ""

    @property
    def index(self) -> Index:
        raise NotImplementedError

    def place(self) -> str:
        """The page, as a message names it."""
        raise NotImplementedError

    def source(self) -> str:
        """The text of the page's file, `""` if it is not known."""
        return ""

    def link(self, use: Use, anchor: str) -> str:
        """The address of an anchor below a block, for a link within finished HTML."""
        raise NotImplementedError

    def link_to_file(self, path: str, fragment: str, message: str) -> str:
        """
        The address of the page that shows a source file, for a link in Markdown, which the site
        generator checks afterwards. If no page shows it, `message` says what is wrong.
        """
        found = self.index.home(path, stem(path))
        if not found:
            raise PageError(message)
        # As a link to a Markdown file: the site generator checks it, and makes an address of it.
        return posixpath.relpath(found.page, posixpath.dirname(self.page) or ".") + fragment

    def link_to_asset(self, path: str) -> str:
        """
        The address of a file of the site, by its path in the folder of pages, for a link in
        Markdown; `""` if it is not known where the page is.
        """
        return posixpath.relpath(path, posixpath.dirname(self.page) or ".")

    def set_blocks(self, uses: Sequence[Use]) -> None:
        """The page has these blocks."""
        self.index.set(self.page, uses)

    def add_dependency(self, path: Path) -> None:
        """The page must be built again when this file changes."""

    def warn(self, message: str) -> None:
        """Tell the author of the site, once; a strict build fails."""
        logging.getLogger("sidenotes").warning(message)

    def styles(self) -> Sequence[str | Path] | None:
        """
        The style sheets that the site adds to those of its theme: files, and addresses elsewhere.
        `None` if they are not known.
        """
        return None


def host(md: Markdown, root: str, docs: str, directory_urls: bool, text: str) -> Host:
    """The host of the page that has this text."""
    from .mkdocs import MkDocs
    from .standalone import Standalone
    from .zensical import Zensical

    for kind in (MkDocs, Zensical):
        if found := kind.of(md, root, text):
            return found
    return Standalone(Path(root), Path(root) / docs, directory_urls, text)


def relative(start: str, target: str) -> str:
    """The address `target`, as seen from `start`; both are relative to the site."""
    here = posixpath.dirname(posixpath.normpath(f"/{start}") + "/" * start.endswith("/"))
    path = posixpath.relpath(posixpath.normpath(f"/{target}"), here or "/")
    return path + "/" * (target.endswith("/") or not target)

r"""
# Python-Markdown alone

Where no site generator tells which page it is, the page is the one in the folder of pages that has
its text. If there is none, or if there are two, the page is not known: then it has its annotated
files, but links only within itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from ...errors import PageError
from .folder import MARKDOWN, Folder, Pages, comparable, folder
from .host import Host, relative
from .index import Index, Use


class Standalone(Host):
    def __init__(self, root: Path, docs: Path, directory_urls: bool, text: str):
        self.root, self.directory_urls, self.text = root, directory_urls, text
        self.docs = docs
        self.folder: Folder = folder(root, docs)
        # The blocks of a page that is not known.
        self._own: Index | None = None

    @cached_property
    def _pages(self) -> Pages:
        return self.folder.with_text(self.text)

    @cached_property
    def _names(self) -> list[str]:
        return self._pages.bodies.get(comparable(self.text), [])

    @property
    def page(self) -> str:  # type: ignore[override]
        return self._names[0] if len(self._names) == 1 else ""

    @property
    def index(self) -> Index:
        return self._own or self._pages.index

    def set_blocks(self, uses: Sequence[Use]) -> None:
        if self.page:
            super().set_blocks(uses)
        else:
            self._own = Index(self.root, {"": uses})

    def place(self) -> str:
        if not self._names:
            return "the page"
        return " and ".join((self.folder.docs / name).as_posix() for name in self._names)

    def source(self) -> str:
        return self._pages.texts[self.page] if self.page else ""

    def link(self, use: Use, anchor: str) -> str:
        if use.page == self.page:
            return f"#{anchor}"
        start, target = (url(page, self.directory_urls) for page in (self.page, use.page))
        return f"{relative(start, target)}#{anchor}" if self.page else ""

    def link_to_asset(self, path: str) -> str:
        return relative(url(self.page, self.directory_urls), path) if self.page else ""

    def link_to_file(self, path: str, fragment: str, message: str) -> str:
        if not self.page:
            why = "two pages have its text" if self._names else "no page has its text"
            raise PageError(f"{message.partition(': link')[0]}: {why}, so '{path}' has no address")
        return super().link_to_file(path, fragment, message)


def url(page: str, directory_urls: bool) -> str:
    """The address of a page, relative to the site's root."""
    folder, name = posixpath.split(page)
    for suffix in MARKDOWN:
        name = name.removesuffix(suffix)
    name = "index" if name == "README" else name
    if not directory_urls:
        return posixpath.join(folder, f"{name}.html")
    path = folder if name == "index" else posixpath.join(folder, name)
    return f"{path}/" if path else ""

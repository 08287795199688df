r"""
# Under Zensical

Zensical tells an extension the page and the configuration through a preprocessor,
`rendering_context`. It renders a page anew only if the page's own text has changed, or a file that
the configuration's `watch` names.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from ...errors import PageError
from .folder import Folder, Pages, folder
from .host import Host
from .index import Index, Use


class Zensical(Host):
    def __init__(self, context: Any, root: str, text: str):
        self.config: dict[str, Any] = context.config
        home = Path(self.config["root_dir"])
        self.root = home / root
        self.page, self.text = context.page.path, text
        self.folder: Folder = folder(self.root, home / self.config["docs_dir"])

    @classmethod
    def of(cls, md: Any, root: str, text: str) -> Zensical | None:
        name = "rendering_context"
        context = md.preprocessors[name] if name in md.preprocessors else None
        known = all(hasattr(context, name) for name in ("page", "config"))
        return cls(context, root, text) if known else None

    @cached_property
    def _pages(self) -> Pages:
        return self.folder.with_page(self.page, self.text)

    @property
    def index(self) -> Index:
        return self._pages.index

    def place(self) -> str:
        return (Path(self.config["docs_dir"]) / self.page).as_posix()

    def source(self) -> str:
        return self._pages.texts.get(self.page, "")

    def link(self, use: Use, anchor: str) -> str:
        if use.page == self.page:
            return f"#{anchor}"
        # Zensical makes an address of it, in HTML too.
        return f"{posixpath.relpath(use.page, posixpath.dirname(self.page) or '.')}#{anchor}"

    def styles(self) -> Sequence[str | Path]:
        docs = Path(self.config["root_dir"], self.config["docs_dir"])
        names = map(str, self.config.get("extra_css") or [])
        return [name if "://" in name else docs / name for name in names]

    def warn(self, message: str) -> None:
        if self.config.get("strict"):
            raise PageError(f"{self.place()}: {message}")
        if message not in _WARNINGS:
            _WARNINGS.add(message)
            print(f"Warning: sidenotes: {message}", file=sys.stderr)


_WARNINGS: set[str] = set()

r"""
# Under Zensical

Zensical tells an extension the page and the configuration through a preprocessor,
`rendering_context`.

It caches what it has rendered, and renders a page again only if the page's own text has changed, or
a file that the configuration's `watch` names, by the full seconds of its time. A page that shows a
file which is not watched would stay as it is when the file changes. So such pages are removed from
Zensical's cache, the folder `.cache`, and the next build renders them again.
"""

from __future__ import annotations

import atexit
import posixpath
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
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
        self.docs = home / self.config["docs_dir"]
        self.folder: Folder = folder(self.root, self.docs)

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

    def add_dependency(self, path: Path) -> None:
        watched = str(path) in {name for name, *_ in self.config.get("watched_files", ())}
        if not watched:
            _warn_once(
                "watch",
                f"'watch' does not name a folder with {path}: each build renders its pages again,"
                " and 'zensical serve' does not see when it changes",
            )
        if not watched or time.time() - path.stat().st_mtime < 2:
            _evict_later(Path(self.config["root_dir"], ".cache"))

    def styles(self) -> Sequence[str | Path]:
        docs = Path(self.config["root_dir"], self.config["docs_dir"])
        names = map(str, self.config.get("extra_css") or [])
        return [name if "://" in name else docs / name for name in names]

    def warn(self, message: str) -> None:
        if self.config.get("strict"):
            raise PageError(f"{self.place()}: {message}")
        _warn_once(message, message)


_WARNED: set[str] = set()


def _warn_once(kind: str, message: str) -> None:
    if kind not in _WARNED:
        _WARNED.add(kind)
        print(f"Warning: sidenotes: {message}", file=sys.stderr)


# ## Zensical's cache
#
# Zensical writes a page to it after we have made it. So we look a second later, since `zensical
# serve` may end without exit handlers, and again when the process ends.
_FOLDERS: set[Path] = set()
_TIMERS: list[threading.Timer] = []


def _evict_later(cache: Path) -> None:
    if not _FOLDERS:
        atexit.register(_evict)
    _FOLDERS.add(cache)
    # Only the timer of the last page is needed.
    while _TIMERS:
        _TIMERS.pop().cancel()
    timer = threading.Timer(1, _evict)
    timer.daemon = True
    _TIMERS.append(timer)
    timer.start()


def _evict() -> None:
    """Take the pages with annotated files out of the cache."""
    for cache in _FOLDERS:
        for entry in cache.glob("[0-9]*"):
            # Zensical may remove an entry meanwhile.
            with suppress(FileNotFoundError):
                if b'class=\\"sidenotes sn-' in entry.read_bytes():
                    entry.unlink()

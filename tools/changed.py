"""
# A change renews the pages that it concerns

`make serve` renders only the pages that have changed since they were written, and MkDocs takes a
page to have changed with its Markdown file. Ours are mostly three lines of Markdown around a
source, so this hook looks at the files that a page shows, too, and at those that all pages need.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import MethodType
from typing import Any

from sidenotes.page.site.index import scan

# The options of the extension that name a file which any page may need.
SHARED = ("symbols", "bibliography", "checked")


def on_files(files: Any, *, config: Any) -> None:
    """Before the pages are read: each page is told which files it is made of."""
    root = Path(config.config_file_path).parent
    options = config.mdx_configs.get("sidenotes", {})
    shared = [Path(config.config_file_path), *(root / options.get(name, "") for name in SHARED)]
    for file in files.documentation_pages():
        if file.abs_src_path is None:
            continue  # a plugin has made it: it is always rendered
        shown = [root / use.source for use in scan(file.src_uri, file.content_string)]
        file.is_modified = MethodType(_modified(newest([*shown, *shared])), file)


def on_nav(nav: Any, *, config: Any, files: Any) -> None:
    """A page that is not rendered has its title from its file, and not from its first heading."""
    for page in nav.pages:
        if not page.file.is_modified():
            page.read_source(config)


def newest(paths: Iterable[Path]) -> float:
    """When the last of the files was changed; those that are not there do not count."""
    return max((path.stat().st_mtime for path in paths if path.is_file()), default=0.0)


def _modified(changed: float) -> Any:
    def is_modified(file: Any) -> bool:
        page = Path(file.abs_dest_path)
        return not page.is_file() or page.stat().st_mtime < max(
            changed, newest([Path(file.abs_src_path)])
        )

    return is_modified

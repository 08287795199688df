r"""
# The sources on the site

```
sidenotes sources docs docs/assets/source
```

copies each file that a page shows as a whole, so that readers can open it and download it. A copy
has the name of its file and `.txt`, `assets/source/pkg/mean.py.txt`: a browser shows it as text,
from a server and from the disk, where it would offer to save a `.py`.

A copy is the file byte for byte. When a page is built, its copy must be there, and it is written
anew if the file has changed since: a server that renews a page renews its source, too.
"""

from __future__ import annotations

import os
from pathlib import Path

from ...errors import PageError
from ...output import update
from ..site.folder import Folder

SUFFIX = ".txt"


def copy(docs: Path, folder: Path) -> tuple[int, int]:
    """Copy what the pages in `docs` show into `folder`: how many copies are new, and removed."""
    wanted = {folder / f"{name}{SUFFIX}": file for name, file in _shown(Path("."), docs).items()}
    there = {path for path in folder.rglob("*") if not path.is_dir()}
    for path in sorted(there):
        if path.suffix != SUFFIX or path.is_symlink():
            raise PageError(
                f"{path}: this is not a copy of a source; the folder is for those alone"
            )
    written = sum(update(target, file.read_bytes()) for target, file in wanted.items())
    gone = there - wanted.keys()
    for path in gone:
        path.unlink()
    return written, len(gone)


def _shown(root: Path, docs: Path) -> dict[str, Path]:
    """The files that pages show as a whole, by their names in the project."""
    pages = Folder(root, docs)
    pages.refresh()
    if not pages.pages.texts:
        raise PageError(f"{docs}: no pages here")
    found = {}
    for page, uses in pages.pages.index.pages.items():
        for use in uses:
            file = root / use.source
            inside = file.resolve().is_relative_to(root.resolve())
            if not inside or not file.is_file():
                place = f"{(docs / page).as_posix()}, line {use.line}"
                raise PageError(f"{place}: no such file in the project: '{use.source}'")
            if not use.only:
                found[use.source] = file
    return found


def renew(source: Path, copied: Path, where: str) -> None:
    """See to it that a copy is as its source is now."""
    if not copied.is_file():
        raise PageError(
            f"{where}: no copy of it at '{os.path.relpath(copied)}';"
            " run 'sidenotes sources' before the build"
        )
    update(copied, source.read_bytes())

r"""
# Between the command and the page

For each figure a file of JSON: the drawing, the table, and the digests of what they were made from.
A figure whose own file has changed since is refused. Where only code has changed that it runs, as
it does all the time while one works on a module, the page is built and the figure says so; `make
site` draws all figures anew before it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import PageError, near
from .inputs import digests

VERSION = 1


@dataclass(frozen=True)
class Stored:
    # What it was made from: the names of files in the project, and their digests.
    files: dict[str, str]
    # The digest of the code that has drawn it.
    drawn_by: str
    title: str
    svg: str
    head: list[list[tuple[str, int]]]
    rows: list[list[str]]
    version: int = VERSION

    def json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=0, sort_keys=True) + "\n"


def file_of(folder: Path, source: str) -> Path:
    """
    >>> file_of(Path("figures"), "docs/notes/figures/step_length.py").as_posix()
    'figures/docs.notes.figures.step_length.json'
    """
    return folder / f"{source.removesuffix('.py').replace('/', '.')}.json"


def read(path: Path) -> Stored | None:
    """What the file holds; `None` if there is none, or another version of the tool wrote it."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        stored = Stored(**found)
    except (OSError, ValueError, TypeError):
        return None
    return stored if stored.version == VERSION else None


def load(root: Path, folder: str, source: str) -> tuple[Stored, bool]:
    """The figure of a file, and whether code that it runs has changed since it was drawn."""
    file = root / source
    if not source.endswith(".py") or Path(source).is_absolute() or ".." in source.split("/"):
        raise PageError(f"'{source}' is not the path of a Python file in the project")
    if not file.is_file():
        beside = file.parent.glob("*.py") if file.parent.is_dir() else ()
        raise PageError(f"no such file: '{source}'{near(file.name, (p.name for p in beside))}")
    run = f"run 'sidenotes figures {file.parent.relative_to(root).as_posix()} --output {folder}'"
    stored = read(file_of(root / folder, source))
    if stored is None:
        raise PageError(f"it is not drawn yet: {run} before the build")
    now = digests(root, source)
    if stored.files.get(source) != now[source]:
        raise PageError(f"its file has changed since it was drawn: {run}")
    return stored, stored.files != now

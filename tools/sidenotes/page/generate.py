r"""
# A page for each file of a folder

```
sidenotes pages tools/sidenotes docs/tool/source
```

shows a whole folder: for each of its source files one page is written, with a title and one block.
The page of an `__init__.py` is the `index.md` of its folder. Title and description are what the
file says first of itself.

A page that was written earlier, and whose file is gone, is removed. All of them have a mark in
their front matter. A page without it is never touched: if it is in the way of one of them, that is
an error.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from ..errors import PageError
from ..languages import files
from ..languages.registry import SUFFIXES
from ..math import formulas
from ..math.plain import plain

MARK = "generated: sidenotes pages"
# Search engines cut off what is longer.
LENGTH = 160
SHORT = 50


def write(source: Path, folder: Path) -> tuple[int, int]:
    """Write the pages of the files in `source` into `folder`: how many are new, and removed."""
    wanted = {folder / name: text for name, text in pages(source)}
    if not wanted:
        raise ValueError(f"{source}: no source files here")
    for page in wanted:
        if page.is_file() and not generated(page):
            raise PageError(f"{page}: this page was not generated; it stands in the way of one")
    for page, text in wanted.items():
        # What has not changed is left alone: a server watches the folder.
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, encoding="utf-8")
            wanted[page] = ""
    gone = [p for p in folder.rglob("*.md") if p not in wanted and generated(p)]
    for page in gone:
        page.unlink()
    return list(wanted.values()).count(""), len(gone)


def generated(page: Path) -> bool:
    head = page.read_text(encoding="utf-8", errors="replace").partition("\n---\n")[0]
    return MARK in head.split("\n")


def pages(source: Path) -> Iterator[tuple[str, str]]:
    """The name of each page within its folder, and its text."""
    for path in sorted(source.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            yield page_name(path.relative_to(source)), page_text(path)


def page_name(path: Path) -> str:
    """
    `notes.md` for `notes.py`; other files keep their suffix, for there may be two of a name, and so
    does what would be the page of the folder.
    """
    name = path.name.removesuffix(".py")
    if path.name == "__init__.py":
        name = "index"
    elif name.lower() in ("index", "readme"):
        name = path.name
    return path.with_name(f"{name}.md").as_posix()


def page_text(path: Path) -> str:
    title, description = introduction(path)
    # JSON is YAML, and needs no thought about quotes.
    values = {
        "title": title or path.as_posix(),
        "description": description or f"The source of {path.as_posix()}, with its notes beside it.",
    }
    head = [f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in values.items()]
    # The search of Material is for the pages that people have written: these are many.
    head.append('search: {"exclude": true}')
    return "\n".join(
        ["---", *head, MARK, "---", "", f"/// sidenotes | {path.as_posix()}", "///", ""]
    )


def introduction(path: Path) -> tuple[str, str]:
    """The heading of a file and the first sentences below it, as plain text."""
    try:
        sections = files.sections(files.text_of(path), path.as_posix())
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise PageError(f"{path}{line}: cannot be read: {error.msg}") from error
    except ValueError as error:
        raise PageError(f"{path}: cannot be read: {error}") from error
    note = sections[0].note if sections and sections[0].kind == "module" else ""
    first, *rest = [*note.split("\n\n"), ""]
    heading = first.removeprefix("#").strip() if first.startswith("# ") else ""
    body = " ".join(text for text in (rest if heading else [first]) if prose(text))
    return words(heading), shortened(words(body))


def shortened(text: str) -> str:
    """As many whole sentences as fit, or, if those say little, as many words."""
    found = ""
    for sentence in re.findall(r"\S.*?[.!?](?=\s|$)", text):
        if len(f"{found} {sentence}") > LENGTH:
            break
        found = f"{found} {sentence}".strip()
    return found if len(found) >= SHORT else textwrap.shorten(text, LENGTH, placeholder=" …")


def prose(text: str) -> bool:
    """Whether a paragraph is one, and no list, table, fence, display, example or heading."""
    return bool(text) and not re.match(r"\s*([*+#|>`~]|\d+\.|-\s|\$\$|!!!)", text)


def words(text: str) -> str:
    """The text without its markup, in one line."""
    text = formulas.replace(text, lambda tex, display, line: plain(tex))
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    # Underscores and stars mark what is emphasized, but not in code.
    parts = [
        part[1:-1] if part.startswith("`") else re.sub(r"\*|(?<!\w)_|_(?!\w)", "", part)
        for part in re.split(r"(`[^`]*`)", text)
    ]
    return " ".join("".join(parts).split())

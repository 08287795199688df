r"""
# Which pages, and their words

The pages are those of the navigation in `mkdocs.yml`, or all if there is none. The title is the
page's heading, or that of the file that the page shows, or that of the front matter. The formula is
one of that file: a row of its first display which is new against others, that is, which begins with
a colour; else the last row of an algorithm, where it arrives, and the first of other displays.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..languages.files import sections, text_of
from ..math.plain import plain
from ..page.site.index import Use, scan

_FRONT_MATTER = re.compile(r"---\s*\n(.*?\n)---\s*\n", re.DOTALL)
_HEADING = re.compile(r"^# +(.+?) *(?:\{[^}]*\})?$", re.MULTILINE)
_DISPLAY = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_COLOURED = re.compile(r"[\s&]*(?:\\q?quad)*\s*\\textcolor\{")
_FENCE = re.compile(r"^ *(```|~~~).*?^ *\1", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Words:
    """What stands on a picture. The formula is TeX, and empty if the page has none."""

    site: str
    title: str
    description: str
    formula: str


class _Loader(yaml.SafeLoader):
    """Reads `!ENV` and other tags of MkDocs as nothing."""


_Loader.add_multi_constructor("", lambda loader, suffix, node: None)


def words(config: Path) -> dict[str, Words]:
    """The words of each page that the navigation names, by its name among the pages."""
    options: Any = yaml.load(config.read_text(encoding="utf-8"), _Loader)
    if not isinstance(options, dict):
        raise ValueError(f"{config}: this is no configuration of MkDocs")
    docs = config.parent / str(options.get("docs_dir", "docs"))
    site = str(options.get("site_name", ""))
    pages = _named(options["nav"]) if options.get("nav") else _below(docs)
    return {page: _words(config.parent, docs, page, site) for page in pages}


def _below(docs: Path) -> Iterator[str]:
    return (path.relative_to(docs).as_posix() for path in sorted(docs.rglob("*.md")))


def _named(nav: Any) -> Iterator[str]:
    for entry in nav if isinstance(nav, list) else [nav]:
        for value in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(value, str):
                page = value.endswith(".md") and "://" not in value
                yield from [posixpath.normpath(value)] if page else []
            else:
                yield from _named(value)


def _words(root: Path, docs: Path, page: str, site: str) -> Words:
    if not (docs / page).is_file():
        raise ValueError(f"{docs / page}: the navigation names it, and there is no such page")
    text = (docs / page).read_text(encoding="utf-8-sig")
    found = _FRONT_MATTER.match(text)
    front: Any = yaml.safe_load(found[1]) if found else {}
    body = _FENCE.sub("", text[found.end() :] if found else text)
    uses = sorted(scan(page, text), key=lambda use: bool(use.only))
    note = _note(root, uses[0]) if uses else ""
    title = _heading(body) or _heading(note) or front.get("title") or Path(page).stem
    return Words(site, str(title), str(front.get("description", "")), formula(note))


def _heading(text: str) -> str:
    found = _HEADING.search(text)
    return found[1] if found else ""


def _note(root: Path, use: Use) -> str:
    """The note that opens a file."""
    path = root / use.source
    parts = sections(text_of(path), use.source) if path.is_file() else []
    return parts[0].note if parts and parts[0].kind == "module" else ""


def formula(note: str) -> str:
    r"""
    One row of the first display of a note.

    >>> formula(r"$$a &\leftarrow 1 \\ & \textcolor{new}{b \leftarrow a}$$")
    '\\textcolor{new}{b \\leftarrow a}'
    >>> formula(r"Of $$c = d$$ and $$e$$"), formula("None.")
    ('c = d', '')
    """
    displays = _DISPLAY.findall(_FENCE.sub("", note))
    if not displays:
        return ""
    inner = re.sub(r"\\(?:begin|end)\{[^}]*\}", "", displays[0])
    rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?", inner) if row.strip()]
    coloured = [row for row in rows if _COLOURED.match(row) and "arrow" in row]
    last = rows[-1 if "for each" in inner else 0]
    row = max(coloured, key=lambda row: len(plain(row))) if coloured else last
    return re.sub(r"&|\\q?quad\b", " ", row.partition("&&")[0]).strip()

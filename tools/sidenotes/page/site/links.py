r"""
# Where a name leads

[The language](../../languages/python/modules.py) says which definition a name means; here that
becomes the address of an anchor on the page that shows it. A link in a note to another source
file becomes one to its page.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element

from ...languages import files
from ...languages.files import stem
from ...languages.highlight import Markup
from ...languages.language import Definition
from ...languages.registry import SUFFIXES, language
from .host import Host
from .index import Use, line_prefix


def link_markup(host: Host, path: str, text: str) -> list[Markup]:
    """A link around each name of the file at `path` that has its definition on the site."""
    found, addresses = [], {}
    for link in language(path).links(host.index, path, text):
        if link.target not in addresses:
            addresses[link.target] = _address(host, link.target)
        if target := addresses[link.target]:
            found.append(Markup(*link[:3], f'<a href="{escape(target)}">', "</a>"))
    return found


def _address(host: Host, target: Definition) -> str:
    """The address of a definition; `""` if nothing on the site has an anchor for it."""
    name = f"{stem(target.path)}.{target.name}".rstrip(".")
    use = host.index.home(target.path, name)
    anchor = _anchor(host, use, name, target) if use else ""
    return host.link(use, anchor) if use and anchor else ""


def _anchor(host: Host, use: Use, name: str, target: Definition) -> str:
    """A definition with a note has an anchor of its own name; one without is found by its line."""
    text = host.index.text(target.path)
    names, lines = _anchors(text, use.source, use.only)
    if name in names:
        return name
    # A module without a note begins with its first line of code.
    found = language(target.path).definitions(text, stem(target.path))
    line = found.get(name) or min(lines, default=0)
    return f"{line_prefix(host.index.on(use.page), use)}{line}" if line in lines else ""


@lru_cache(maxsize=256)
def _anchors(text: str, path: str, only: str) -> tuple[frozenset[str], frozenset[int]]:
    """The names of the sections that a block shows, and its lines of code."""
    shown = files.select(files.sections(text, path), only)
    lines = frozenset(line for section in shown for line in section.code)
    return frozenset(section.name for section in shown), lines


def link_files(host: Host, block: Element, where: str) -> None:
    """
    In a note one links to another source file, `[Adam](../adam.py)`, as its reader in an editor
    would. On the site such a link leads to the page that shows the file.
    """
    shown = block.get("data-source", "")
    for link in block.iter("a"):
        target, sign, anchor = link.get("href", "").partition("#")
        if not target.endswith(tuple(SUFFIXES)) or ":" in target or link.get("download"):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(shown), target))
        line = files.line_with(files.text_of(host.root / shown), shown, target)
        message = f"{where}: {shown}, line {line}: link to '{target}', but no page shows '{path}'"
        link.set("href", host.link_to_file(path, sign + anchor, message))

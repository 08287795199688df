r"""
# The row of actions

Download and Source are links to files of the site, and Cite opens the BibTeX entries, which the
browser does by itself. The script adds the buttons that copy, so none is there that cannot work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString

from ...errors import PageError, near
from ..site.host import Host
from ..site.index import Use
from .bibliography import cited
from .sources import SUFFIX, renew

# Material's search passes over an element up to the first end of a tag of the same name: it must be
# one that does not stand inside.
ROW = "sn-actions"


class Actions(NamedTuple):
    """What a row offers: files of the site, by their places in it, and BibTeX entries."""

    name: str
    download: str
    source: str
    entries: Sequence[str]
    # What Copy gives, if not the file that is shown.
    whole: str | None = None


def actions(
    host: Host, config: Mapping[str, Any], options: Mapping[str, Any], use: Use, where: str
) -> Actions:
    """What the options of the site and of a block give. An excerpt offers nothing."""
    if use.only:
        for name in ("file", "cite", "first"):
            if options[name]:
                raise PageError(f"{where}: '{name}' is for a whole file, and 'only' shows a part")
        return Actions("", "", "", ())
    source = use.source
    keys = [*options["cite"].replace(",", " ").split(), *config["cite"]]
    entries = cited(host.root, config["bibliography"], keys, where)
    copied = f"{config['sources'].strip('/')}/{source}{SUFFIX}" if config["sources"] else ""
    if copied:
        renew(host.root / source, host.docs / copied, f"{where}: {source}")
    download = options["file"]
    if not download:
        return Actions(PurePosixPath(source).name, copied, copied, entries)
    file = _find_asset(host.docs, download, where)
    host.add_dependency(file.resolve())
    try:
        whole = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError(f"{where}: '{download}' is no text: {error}") from error
    return Actions(file.name, download, copied, entries, whole)


def insert(essay: Element, host: Host, md: Markdown, actions: Actions, number: int) -> None:
    """Put the row below the path of a file; `number` tells the blocks of a page apart, from 0."""
    below = next(i for i, child in enumerate(essay, 1) if child.get("class") == "sn-file")
    named = {"role": "group", "aria-label": "This file"}
    row = Element(ROW, {"class": "sn-actions", "data-search-exclude": "", **named})
    essay.insert(below, row)
    # The script makes it copy.
    label = {"class": "sn-copy sn-whole", "data-label": "Copy file", "aria-label": "Copy file"}
    SubElement(row, "button", {"type": "button", "disabled": "", **label})
    if download := actions.download and host.link_to_asset(actions.download):
        words = f"Download {actions.name}"
        _link(row, "Download", download, {"download": actions.name, "aria-label": words})
    if source := actions.source and host.link_to_asset(actions.source):
        _link(row, "Source", source, {"aria-label": "Source, as plain text"})
    if actions.entries:
        _cite(row, md, actions.entries, f"sn-cite-{number + 1}" if number else "sn-cite")


def _link(row: Element, words: str, address: str, attributes: dict[str, str]) -> None:
    link = SubElement(row, "a", {"href": address, **attributes})
    link.text = AtomicString(words)


def _cite(row: Element, md: Markdown, entries: Sequence[str], anchor: str) -> None:
    button = SubElement(row, "button", {"type": "button", "popovertarget": anchor})
    button.text = AtomicString("Cite")
    named = {"role": "dialog", "aria-label": "BibTeX"}
    box = SubElement(row, "div", {"class": "sn-cite", "id": anchor, "popover": "auto", **named})
    text = escape("\n\n".join(entries), quote=False)
    box.text = AtomicString(md.htmlStash.store(f'<pre tabindex="0">{text}\n</pre>'))


def _find_asset(docs: Path, name: str, where: str) -> Path:
    """The file of the site that a page names, by its place in the folder of pages."""
    path = docs / name
    if PurePosixPath(name).is_absolute() or not path.resolve().is_relative_to(docs.resolve()):
        raise PageError(f"{where}: '{name}' is outside the folder of pages")
    if not path.is_file():
        beside = path.parent.iterdir() if path.parent.is_dir() else ()
        known = near(path.name, (other.name for other in beside))
        raise PageError(f"{where}: no such file of the site: '{name}'{known}")
    return path

r"""
# The table of the peers, on a page

```
/// peers | tools/checks/data/peers.jsonl
///
```

shows a [file of rows](rows.py): for each peer its call with defaults beside ours, and folded below
it all its calls. Versions, calls and figures come from the file, and none is typed into a page.
What stands inside the block is shown below the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString
from pymdownx.blocks import BlocksExtension, BlocksProcessor
from pymdownx.blocks.block import Block

from checks.peers.rows import Row, load, named
from sidenotes.errors import PageError, near


class PeersExtension(BlocksExtension):
    """The Markdown extension `checks.peers.block`."""

    def __init__(self, **options: Any):
        self.config = {"root": [".", "The folder that the paths of blocks start from"]}
        super().__init__(**options)

    def extendMarkdownBlocks(self, md: Markdown, block_mgr: BlocksProcessor) -> None:
        block_mgr.register(PeersBlock, {"root": Path(self.getConfig("root"))})


def makeExtension(**options: Any) -> PeersExtension:
    """What Python-Markdown calls."""
    return PeersExtension(**options)


class PeersBlock(Block):
    """`/// peers | path`"""

    NAME = "peers"
    ARGUMENT = True

    def on_create(self, parent: Element) -> Element:
        element = SubElement(parent, "div", {"class": "sn-peers"})
        peers: dict[str, list[Row]] = {}
        for row in self._rows():
            peers.setdefault(row.peer, []).append(row)
        overview(element, list(peers.values()))
        for rows in peers.values():
            all_calls(element, rows)
        return element

    def _rows(self) -> list[Row]:
        where = f"the block 'peers | {self.argument}'"
        path = self.config["root"] / self.argument
        if not path.is_file():
            names = [each.name for each in path.parent.glob(f"*{path.suffix}")]
            raise PageError(f"{where}: no such file{near(path.name, names)}")
        try:
            rows = load(path)
        except ValueError as error:
            raise PageError(f"{where}: {error}") from error
        if not rows:
            raise PageError(f"{where}: no rows; `make peers` writes them")
        return rows


# ## The tables


def overview(parent: Element, peers: Sequence[Sequence[Row]]) -> None:
    """A row for each peer. The first of its pairs is the call with defaults."""
    body = table(parent, "package", "by default", "ours", "largest difference", "all its calls")
    for rows in peers:
        first, same = rows[0], [row for row in rows if row.same]
        line = SubElement(body, "tr")
        text(line, "th", package(first)).set("scope", "row")
        text(SubElement(line, "td"), "code", first.theirs)
        text(SubElement(line, "td"), "code", first.ours)
        text(line, "td", number(first.largest))
        found = f"{len(same)} of {len(rows)} have one of ours"
        text(line, "td", f"{found}{largest(same)}")


def largest(same: Sequence[Row]) -> str:
    return f", {number(max(row.largest for row in same))}" if same else ""


def all_calls(parent: Element, rows: Sequence[Row]) -> None:
    # A search for an argument is to find the page that explains it, not eighty calls.
    kind = {"class": "sn-numbers", "data-search-exclude": ""}
    details = SubElement(parent, "details", kind)
    beside = {name: version for name, version in rows[0].versions.items() if name != rows[0].peer}
    run_with = f", run with {named(beside)}" if beside else ""
    text(details, "summary", f"All calls of {package(rows[0])}{run_with}")
    body = table(details, "theirs", "ours", "as called", "with a visible ε", "")
    for row in rows:
        line = SubElement(body, "tr")
        text(SubElement(line, "td"), "code", row.theirs)
        text(SubElement(line, "td"), "code", row.ours)
        text(line, "td", number(row.as_called))
        text(line, "td", number(row.visible))
        # In Markdown.
        SubElement(line, "td").text = remarks(row)


def remarks(row: Row) -> str:
    words = ["the same" if row.same else f"**no call of ours**: {row.apart}", row.note]
    words += ["writes into the gradient"] * row.writes
    words += ["its hyper-parameters are float32"] * row.single
    return "; ".join(filter(None, words))


def table(parent: Element, *columns: str) -> Element:
    """The body of a table that scrolls in a frame of its own."""
    root = SubElement(SubElement(parent, "div", {"tabindex": "0"}), "table", {"class": "sn-table"})
    head = SubElement(SubElement(root, "thead"), "tr")
    for column in columns:
        text(head, "th", column).set("scope", "col")
    return SubElement(root, "tbody")


def package(row: Row) -> str:
    return f"{row.peer} {row.versions[row.peer]}"


def number(value: float) -> str:
    return f"{value:.1e}".replace("e-0", "e-") if value else "0"


def text(parent: Element, tag: str, words: str) -> Element:
    element = SubElement(parent, tag)
    # Data, not Markdown.
    element.text = AtomicString(words)
    return element

r"""
# The rows of a display

A display can have several rows, in one of these environments or in none:

`align`, `alignat`, `gather`, `split`, `equation`, with or without a star, and `aligned`,
`alignedat`, `gathered`.

One `&` only aligns. What follows `&&` is a remark, or in an algorithm a condition.

A part of a display may begin or end within a group; [`balanced`](#display.balanced) takes in all of
it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ...math.symbols import TOKEN
from .tokens import WIDE, Environment, Group, Item, Token, tokenize

_NAMES = ("align", "alignat", "gather", "split", "equation", "aligned", "alignedat", "gathered")
ENDS_OF_ROWS = (r"\\", r"\cr", r"\newline")


class Cells(NamedTuple):
    """A row up to the `&&` in it, and what stands after that; `end` is the end of all of it."""

    row: list[Item]
    row_end: int
    remark: list[Item] | None
    end: int


def rows(tex: str) -> list[Cells]:
    r"""
    The rows of a display, without what aligns them.

    >>> [[item.text for item in cells.row] for cells in rows(r"a &= b \\ & c && \text{why}")]
    [['a', '=', 'b'], ['c']]
    """
    items, end = tokenize(tex), len(tex)
    while len(items) == 1 and isinstance(items[0], Group | Environment):
        if isinstance(items[0], Environment) and items[0].name.rstrip("*") not in _NAMES:
            break
        inner = items[0]
        end = inner.inner_end if isinstance(inner, Environment) else inner.end - 1
        items = inner.items
    parts = split(items, *ENDS_OF_ROWS)
    return [_cells(row, end if stop is None else stop) for row, stop in parts]


def joined(tex: str, signs: Collection[str]) -> Iterator[tuple[list[Item], int]]:
    """
    The items of the rows, and where they end. A row that begins with one of the signs goes on with
    the row above it.
    """
    items: list[Item] = []
    end = 0
    for cells in rows(tex):
        texts = [item.text if isinstance(item, Token) else "" for item in cells.row]
        first = next((text for text in texts if text not in WIDE), None)
        if items and first is not None and first not in signs:
            yield items, end
            items = []
        if first is not None:
            items, end = [*items, *cells.row], cells.row_end
    if items:
        yield items, end


def split(items: Sequence[Item], *texts: str) -> Iterator[tuple[list[Item], int | None]]:
    """The items between these tokens, and where the token begins that ends them, if one does."""
    part: list[Item] = []
    for item in items:
        if isinstance(item, Token) and item.text in texts:
            yield part, item.start
            part = []
        else:
            part.append(item)
    yield part, None


def _cells(items: list[Item], end: int) -> Cells:
    end = items[-1].end if items else end
    texts = [item.text if isinstance(item, Token) else "" for item in items]
    # The `[1em]` after the `\\` of the row before.
    skip = texts.index("]") + 1 if texts[:1] == ["["] and "]" in texts else 0
    for i in range(skip, len(items) - 1):
        if texts[i] == texts[i + 1] == "&":
            row_end = items[i - 1].end if i > skip else items[i].start
            return Cells(_unaligned(items[skip:i]), row_end, items[i + 2 :], end)
    return Cells(_unaligned(items[skip:]), end, None, end)


def _unaligned(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not (isinstance(item, Token) and item.text == "&")]


# ## Parts


def balanced(tex: str, start: int, end: int) -> tuple[int, int]:
    r"""
    A part of the TeX, made wide enough that it has both braces of each group that it has a part of,
    and the colour of the group.

    >>> tex = r"s + \textcolor{eps}{\epsilon}"
    >>> start, end = balanced(tex, 0, tex.index("}", 20))
    >>> print(tex[start:end])
    s + \textcolor{eps}{\epsilon}
    """
    groups = list(_groups(tex))
    while True:
        parts = [(a, z) for a, z in groups if (a < start < z <= end) or (start <= a < end < z)]
        if not parts:
            return start, end
        start, end = min(start, *(a for a, _ in parts)), max(end, *(z for _, z in parts))


def _groups(tex: str) -> Iterator[tuple[int, int]]:
    """Where groups begin, with the command that colours them, and where they end."""
    opened: list[int] = []
    for found in TOKEN.finditer(tex):
        if found[0] == "{":
            colour = re.search(r"\\textcolor\s*\{\w*\}\s*$", tex[: found.start()])
            opened.append(colour.start() if colour else found.start())
        elif found[0] == "}" and opened:
            yield opened.pop(), found.end()

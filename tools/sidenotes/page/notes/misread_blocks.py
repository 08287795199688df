r"""
# Misread blocks

To PyMdown, a block with an unknown name or an option that it refuses is not an error: it is printed
as text. On a page that is a mistake of its author, and an error here. In a note, `///` may also be
text, such as the path `///C:/x`; there only what is nearly a block is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import AtomicString

from ...errors import PageError, near

Where = Callable[[int], str]

_OPENING = re.compile(r"\s*/{3,}\s*sidenotes\b", re.IGNORECASE)
# The second way to write it is another tool's, or a slash too few.
_LIKE_A_BLOCK = re.compile(r"\s*(?:///|[/:!\\]+\s*sidenotes?\s*\|)", re.IGNORECASE)


def refuse_on_page(md: Markdown, root: Element, text: str, where: Where) -> None:
    """Refuse what begins as a block does on a page, and was not taken for one."""
    for line, piece in _unparsed(root):
        raise PageError(f"{where(_line_like(text, line))}: {_mistake(line, piece, _known(md))}")


def refuse_in_note(md: Markdown, parent: Element, text: str, where: Where) -> None:
    """Refuse the mistakes in a note, and a 'sidenotes' block in it."""
    if "///" not in text and "|" not in text:
        return
    if any((e.get("class") or "").startswith("sidenotes ") for e in parent.iter("div")):
        number = next((i for i, line in enumerate(text.split("\n")) if _OPENING.match(line)), 0)
        raise PageError(f"{where(number)}: a note cannot hold a 'sidenotes' block")
    known = _known(md)
    for line, piece in _unparsed(parent):
        name = _name(line)
        if (
            not line.startswith("///")
            or name
            and get_close_matches(name.lower(), known, cutoff=0.5)
        ):
            raise PageError(f"{where(_line_like(text, line))}: {_mistake(line, piece, known)}")


def _known(md: Markdown) -> dict[str, Any]:
    blocks: Any = md.parser.blockprocessors["blocks"]
    found: dict[str, Any] = blocks.blocks
    return found


def _unparsed(parent: Element) -> Iterator[tuple[str, str]]:
    """Each line that begins as a block does, and the text that it stands in."""
    for element in parent.iter():
        for piece in (element.text, element.tail):
            if piece and not isinstance(piece, AtomicString) and element.tag not in ("pre", "code"):
                lines = filter(_LIKE_A_BLOCK.match, piece.split("\n"))
                yield from ((line.strip(), piece) for line in lines)


def _mistake(line: str, text: str, blocks: dict[str, Any]) -> str:
    if not line.startswith("///"):
        return f"'{line}' does not begin a block: a block begins with '///'"
    name = _name(line)
    if not name:
        return "a closing '///' without a block that it closes"
    if name.lower() not in blocks:
        return f"unknown block '{name}'{near(name, blocks)}"
    known = {*blocks[name.lower()].OPTIONS, "attrs"}
    for option in re.findall(r"^\s*([\w-]+)\s*:", text.partition(line)[2], re.M):
        if option not in known:
            return f"block '{name}' has no option '{option}'{near(option, known)}"
    return f"block '{name}' refuses its argument or an option: '{line}'"


def _name(line: str) -> str:
    return line.lstrip("/").partition("|")[0].strip()


def _line_like(text: str, wanted: str) -> int:
    """The first line of the text that has this one in it."""
    return next((i for i, line in enumerate(text.split("\n")) if wanted in line), 0)

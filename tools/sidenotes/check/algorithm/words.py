r"""
# The words of an algorithm

A display is an algorithm if one of its rows begins with a word that controls what is done, and
others assign. Some of the words are understood, and the others are refused by name, so that nothing
that looks like an algorithm is taken for something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..formula.display import Cells, rows
from ..formula.parser import ARROWS
from ..formula.tokens import WIDE, CannotParse, Group, Item

START = {"initialize", "initialise", "initialization", "initialisation", "init"}
UNDERSTOOD = {"for", "if", "else"}

_LOOP = r"write \text{for each … } g_t\text{:}, or \text{for } t = 1, 2, \dots\text{:}"
_INDENTED = "how far rows are set in says where a loop or a condition ends"
_GIVEN = "what a run gives, and what it is to give back, is said in prose"

# What to write instead.
REFUSED_WORDS = {
    **dict.fromkeys(("while", "repeat", "until", "loop", "foreach", "forever"), _LOOP),
    **dict.fromkeys(("end", "endfor", "endif", "endwhile"), _INDENTED),
    **dict.fromkeys(("input", "inputs", "output", "require", "ensure"), _GIVEN),
    **dict.fromkeys(("return", "function", "procedure"), _GIVEN),
    **dict.fromkeys(("elif", "elseif", "switch"), r"write \text{if} below \text{else:}"),
    **dict.fromkeys(("break", "continue"), "a pass of the loop goes on to its end"),
}
CONTROL = {*START, *UNDERSTOOD, *REFUSED_WORDS}


def is_algorithm(tex: str) -> bool:
    r"""
    Whether a display is an algorithm, or is meant to be one.

    >>> is_algorithm(r"\text{repeat: } \\ \quad x \leftarrow 2x")
    True
    >>> is_algorithm(r"x = y \text{ for } y > 0")
    False
    """
    try:
        found = rows(tex)
    except CannotParse:
        return r"\text{for each" in tex
    return any(first_word(cells) in CONTROL for cells in found) and any(map(_assigns, found))


def first_word(cells: Cells) -> str:
    """The word with which a row begins, in small letters; empty if it begins with none."""
    first = next((text for text in _texts(cells.row) if text not in WIDE), "")
    return word(first)


def word(text: str) -> str:
    r"""
    The word of a token, in small letters; empty if it is none.

    >>> word(r"\text{For}"), word("x")
    ('for', '')
    """
    return text[len(r"\text{") : -1].lower() if text.startswith(r"\text{") else ""


def _assigns(cells: Cells) -> bool:
    return any(text in (*ARROWS, "=") for text in _texts(cells.row))


def _texts(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Group):
            yield from _texts(item.items)
        else:
            yield item.text

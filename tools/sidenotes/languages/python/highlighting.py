r"""
# Highlighting Python

Python's own tokenizer has read the file already, to find its comments. So its tokens are
highlighted, and the file is not read again. The classes are those of Pygments, which style sheets
know.

>>> print(highlighted("x = f'a{y}'  # so\n")[0][:3], highlighted("def f(): pass\n")[0][2])
[('n', 'x'), ('', ' '), ('o', '=')] ('nf', 'f')
"""

from __future__ import annotations

import builtins
import keyword
import tokenize
from collections.abc import Iterator

from ..highlight import Line
from .syntax import tokens

WORDS = {word: "k" for word in keyword.kwlist}
WORDS |= dict.fromkeys(("True", "False", "None"), "kc")
WORDS |= dict.fromkeys(("and", "or", "not", "in", "is"), "ow")
WORDS |= dict.fromkeys(("import", "from"), "kn")
NAMES = {
    name: "ne" if isinstance(value, type) and issubclass(value, BaseException) else "nb"
    for name, value in vars(builtins).items()
    if not name.startswith("_")
}
NAMES |= {"self": "bp", "cls": "bp"}
# What may follow these words is a name that is defined.
DEFINED = {"def": "nf", "class": "nc"}
BRACKETS = set("()[]{},:;.")
# From Python 3.12 on, a formatted string is many tokens.
STRINGS = {
    number
    for number, name in tokenize.tok_name.items()
    if name == "STRING" or name.startswith(("FSTRING_", "TSTRING_"))
}


def highlighted(text: str) -> list[Line]:
    """Per line, pieces of the text and the CSS class of each."""
    lines = text.split("\n")
    found: list[Line] = [[] for _ in lines]
    row, column = 1, 0
    for css, (first, start), (last, end) in _classified(text):
        # Between tokens there is white space, and the backslash that continues a line.
        while row < first:
            _add(found, lines, row, column, None, "")
            row, column = row + 1, 0
        _add(found, lines, row, column, start, "")
        while row < last:
            _add(found, lines, row, start, None, css)
            row, start = row + 1, 0
        _add(found, lines, row, start, end, css)
        column = end
    for number in range(row, len(lines) + 1):
        _add(found, lines, number, column, None, "")
        column = 0
    return found


def _add(
    found: list[Line], lines: list[str], row: int, start: int, end: int | None, css: str
) -> None:
    piece = lines[row - 1][start:end]
    if piece:
        found[row - 1].append((css, piece))


def _classified(text: str) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """The CSS class of each token that has one, with where it begins and ends."""
    before = ""
    for token in tokens(text):
        kind, string = token.type, token.string
        if kind == tokenize.NAME:
            css = DEFINED.get(before) or WORDS.get(string) or NAMES.get(string, "n")
            if before == ".":
                css = "n"
        elif kind == tokenize.OP:
            css = "p" if string in BRACKETS else "o"
        elif kind == tokenize.COMMENT:
            css = "c1"
        elif kind == tokenize.NUMBER:
            css = "m"
        elif kind in STRINGS:
            css = "s"
        else:
            continue
        yield css, token.start, token.end
        before = string

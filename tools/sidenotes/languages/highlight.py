r"""
# Code, line by line

A file is highlighted once, as a whole, and then cut into lines: so a line keeps its colours
wherever it comes to stand, and a string over many lines stays a string.

Into the highlighted lines goes markup: a link around a name, a tag around a variable that stands
for a symbol. Colours and markup are found separately, and matched by the columns of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from html import escape
from typing import NamedTuple

from pygments.lexer import RegexLexer
from pygments.token import STANDARD_TYPES, _TokenType


class Markup(NamedTuple):
    """
    `before` and `after` go around the columns `start` to `end` (0-based, in characters) of a
    line.
    """

    line: int
    start: int
    end: int
    before: str
    after: str


# A line, in pieces with the CSS class of each.
Line = list[tuple[str, str]]
Highlighter = Callable[[str], list[Line]]


def lines(highlighted: Sequence[Line], markup: Iterable[Markup] = ()) -> list[str]:
    """The HTML of each line of a file; line 1 is at index 0."""
    placed: dict[int, list[Markup]] = {}
    for each in markup:
        placed.setdefault(each.line, []).append(each)
    return [_line(line, placed.get(i, ())) for i, line in enumerate(highlighted, 1)]


def pygments(lexer: type[RegexLexer]) -> Highlighter:
    """Highlights a language with Pygments."""

    def highlighted(text: str) -> list[Line]:
        # Pygments would strip blank lines off both ends of the file, and with them line numbers.
        line: Line = []
        result = [line]
        for kind, value in lexer(stripnl=False, ensurenl=False).get_tokens(text):
            first, *rest = value.split("\n")
            line += [(_css(kind), first)] if first else []
            for piece in rest:
                line = [(_css(kind), piece)] if piece else []
                result.append(line)
        return result

    return highlighted


@cache
def _css(kind: _TokenType) -> str:
    # Pygments has thousands of token types and a class for the common ones; the others take their
    # parent's.
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    return STANDARD_TYPES.get(kind, "")


def _line(tokens: Sequence[tuple[str, str]], markup: Sequence[Markup]) -> str:
    if not markup:
        return "".join([_span(css, piece) for css, piece in tokens])
    starts, column = [], 0
    for _, piece in tokens:
        starts.append(column)
        column += len(piece)
    # Markup that would cut a token in two is left out: half a span is worse than no link.
    edges = {*starts, column}
    kept = [each for each in markup if each.start in edges and each.end in edges]
    html = []
    for start, (css, piece) in zip(starts, tokens, strict=True):
        html += [each.before for each in kept if each.start == start and piece]
        html.append(_span(css, piece))
        html += [each.after for each in reversed(kept) if each.end == start + len(piece) and piece]
    return "".join(html)


# The same few words make up most of a file.
@lru_cache(maxsize=4096)
def _span(css: str, piece: str) -> str:
    text = escape(piece, quote=False)
    return f'<span class="{css}">{text}</span>' if css and not piece.isspace() else text


def dedent(line: str, columns: int) -> str:
    """A line's HTML without the first spaces of its text, which may stand inside of tags."""
    for _ in range(columns):
        line = re.sub(r"^((?:<[^>]*>)*) ", r"\1", line)
    return line


def tag(line: int, start: int, end: int, symbols: Sequence[str]) -> Markup:
    """A variable that serves two symbols ($m_{t-1}$ before its line, $m_t$ after it) gets both."""
    tags = [f'<span data-symbol="{escape(tex)}">' for tex in symbols]
    return Markup(line, start, end, "".join(tags), "</span>" * len(tags))


def column(text: str, line: int, offset: int) -> int:
    """`ast` counts columns in bytes of UTF-8; this gives characters."""
    return len(_split(text)[line - 1].encode()[:offset].decode())


@lru_cache(maxsize=256)
def _split(text: str) -> list[str]:
    return text.split("\n")


# A line that is longer than a phone is wide may go on below behind these signs, not within a name.
NARROW = 32
_BREAKS = re.compile(r'<span class="[op]">[^<]*[.,(\[]</span>')


def breakable(html: str, text: str) -> str:
    """A highlighted line, with the places where it may be broken if it is long."""
    return _BREAKS.sub(r"\g<0><wbr>", html) if len(text) > NARROW else html

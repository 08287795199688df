r"""
# TeX, taken apart

The parser of formulas wants a row of signs. TeX gives it more than that: braces, spaces, colours,
sizes of brackets. This file takes it apart into tokens and groups, and leaves out what does not
change the meaning:

* thin spaces, `\displaystyle` and their like are dropped;
* `\textcolor{new}{…}` becomes the group `{…}`;
* `\left(` and `\bigl(` become `(`. A bar so marked becomes `\lvert` or `\rvert`;
* `\text{if not }` becomes the tokens `\text{if}` and `\text{not}`, one for each word and stop, and
  `\texttt{a\_b}` the single token `\texttt{a_b}`.

Wide spaces stay. `\quad` parts two formulas, or sets a row in.

Each item knows where it stands, as offsets into the TeX, so that each error can say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ...math.symbols import TOKEN


class FormulaError(ValueError):
    """
    What is wrong with a formula, or with its values. `position` is the offset into the TeX, `row`
    the row if the formula is one of a program.
    """

    def __init__(self, problem: str, position: int) -> None:
        super().__init__(problem, position)
        self.problem, self.position = problem, position
        self.row: int | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f"row {self.row}, "
        return f"{row}offset {self.position}: {self.problem}"


class CannotParse(FormulaError):
    """TeX that is not understood; `rest` is what it is, from the first such token on."""

    def __init__(self, problem: str, tex: str, position: int) -> None:
        self.rest = tex[position:]
        shown = self.rest if len(self.rest) <= 40 else self.rest[:39] + "…"
        super().__init__(f"{problem}: {shown}" if shown else f"{problem} at the end", position)


class Token(NamedTuple):
    """A command, a character, a word of text."""

    text: str
    start: int
    end: int


class Group(NamedTuple):
    """What stands between braces; `start` and `end` take them in."""

    items: list[Token | Group]
    start: int
    end: int


Item = Token | Group

_SPACES = {r"\,", r"\:", r"\;", r"\!", r"\>", r"\ ", "~", r"\thinspace", r"\negthinspace"}
_STYLES = {r"\displaystyle", r"\textstyle", r"\nonumber", r"\notag"}
_SIZES = ("big", "Big", "bigg", "Bigg")
_SIDES = {rf"\{size}{side}": side for size in _SIZES for side in ("", "l", "r")}
_SIDES |= {r"\left": "l", r"\right": "r"}
_WORD = re.compile(r"\w+|[^\w\s]")


def scan(tex: str, start: int = 0, end: int | None = None) -> list[Item]:
    r"""
    The items of `tex`, or of the part from `start` to `end`.

    >>> [item.text for item in scan(r"\text{if } a\,b \quad \textcolor{new}{{}+ 1}")[:-1]]
    ['\\text{if}', 'a', 'b', '\\quad']
    """
    end = len(tex) if end is None else end
    tokens = (Token(m[0], m.start(), m.end()) for m in TOKEN.finditer(tex, start, end))
    items, closing = _until_brace(tex, tokens)
    if closing:
        raise CannotParse("this brace closes nothing", tex, closing.start)
    return items


def _until_brace(tex: str, tokens: Iterator[Token]) -> tuple[list[Item], Token | None]:
    """The items up to the brace that closes the group, and that brace."""
    items: list[Item] = []
    for token in tokens:
        if token.text == "}":
            return _plain(tex, items), token
        if token.text == "{":
            inner, closing = _until_brace(tex, tokens)
            if not closing:
                raise CannotParse("this brace is never closed", tex, token.start)
            items.append(Group(inner, token.start, closing.end))
        else:
            items.append(token)
    return _plain(tex, items), None


def _plain(tex: str, items: list[Item]) -> list[Item]:
    """The items of one group without what only changes their looks."""
    plain: list[Item] = []
    rest = iter(items)
    for item in rest:
        if isinstance(item, Group):
            plain.append(item)
        elif item.text in _SIDES:
            plain.append(_bracket(item.text, _following(tex, item, rest)))
        elif item.text == r"\textcolor":
            _following(tex, item, rest)
            plain.append(_following(tex, item, rest))
        elif item.text in (r"\text", r"\texttt"):
            plain.extend(_text(tex, item, _following(tex, item, rest)))
        elif item.text not in _SPACES and item.text not in _STYLES:
            plain.append(item)
    return plain


def _following(tex: str, command: Item, rest: Iterator[Item]) -> Item:
    """The argument of a command."""
    item = next(rest, None)
    if item is None:
        raise CannotParse("an argument is missing", tex, command.start)
    return item


def _bracket(size: str, bracket: Item) -> Item:
    # One sign opens and closes a bar; `\left` and `\right` tell which.
    if isinstance(bracket, Token) and bracket.text == "|" and _SIDES[size]:
        return bracket._replace(text=rf"\{_SIDES[size]}vert")
    return bracket


def _text(tex: str, command: Token, item: Item) -> Iterator[Token]:
    """The words of an argument; the command itself belongs to the first, the end to the last."""
    braces = isinstance(item, Group)
    offset = item.start + braces
    inner = tex[offset : item.end - braces]
    if command.text == r"\texttt":
        name = inner.replace(r"\_", "_")
        yield Token(rf"\texttt{{{name}}}", command.start, item.end)
        return
    words = list(_WORD.finditer(inner))
    for word in words:
        start = command.start if word is words[0] else offset + word.start()
        end = item.end if word is words[-1] else offset + word.end()
        yield Token(rf"\text{{{word[0]}}}", start, end)

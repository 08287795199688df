r"""
# TeX, taken apart

The parser of formulas needs a row of tokens. TeX gives it more than that: braces, spaces, colours,
sizes of brackets. This file takes it apart into tokens, groups and environments, and leaves out
what does not change the meaning:

* thin spaces, `\displaystyle` and their like are dropped, and so are a `\tag` and what a brace
  above or below a term says;
* `\textcolor{new}{…}` becomes the group `{…}`;
* `\left(` and `\bigl(` become `(`. A bar so marked becomes `\lvert` or `\rvert`, a double one
  `\lVert` or `\rVert`;
* `\text{if not }` becomes the tokens `\text{if}` and `\text{not}`, one for each word and stop, in
  whatever style the text is set, and `\texttt{a\_b}` the single token `\texttt{a_b}`;
* `\begin{cases} … \end{cases}` becomes one item, with its own items inside.

Wide spaces stay. `\quad` separates two formulas, or sets a row in.

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
    """TeX that is not understood; `rest` is the TeX from there on."""

    def __init__(self, problem: str, tex: str, position: int) -> None:
        self.rest = tex[position:]
        shown = self.rest if len(self.rest) <= 40 else self.rest[:39] + "…"
        super().__init__(f"{problem}: {shown}" if shown else f"{problem} at the end", position)


# Trees are gone over by functions that call themselves, and Python calls only so deep.
TOO_DEEP = "too deep: brackets, roots or terms are nested further than Python can follow"


class Token(NamedTuple):
    """A command, a character, a word of text."""

    text: str
    start: int
    end: int


class Group(NamedTuple):
    """What stands between braces; `start` and `end` take them in."""

    items: list[Item]
    start: int
    end: int


class Environment(NamedTuple):
    r"""What stands between `\begin{name}` and `\end{name}`; `start` and `end` take them in."""

    name: str
    items: list[Item]
    start: int
    end: int
    # Where its items end.
    inner_end: int

    @property
    def text(self) -> str:
        return rf"\begin{{{self.name}}}"


Item = Token | Group | Environment

WIDE = {r"\quad": 1, r"\qquad": 2}
_SPACES = {r"\,", r"\:", r"\;", r"\!", r"\>", r"\ ", "~", r"\thinspace", r"\negthinspace"}
_STYLES = {r"\displaystyle", r"\textstyle", r"\limits", r"\nolimits", r"\nonumber", r"\notag"}
_STYLES |= {r"\therefore"}
# What takes an argument and says nothing of a value.
_REMARKS = {r"\tag", r"\label", r"\hspace", r"\vspace", r"\phantom"}
_SIZES = ("big", "Big", "bigg", "Bigg")
_SIDES = {rf"\{size}{side}": side for size in _SIZES for side in ("", "l", "r", "m")}
_SIDES |= {r"\left": "l", r"\right": "r", r"\middle": "m"}
_BARS = {"|": "vert", r"\vert": "vert", r"\|": "Vert", r"\Vert": "Vert"}
_TEXTS = {rf"\text{style}" for style in ("", "bf", "it", "rm", "sf", "sc", "normal", "up")}
_TEXTS |= {r"\mbox"}
_BRACES = {r"\underbrace", r"\overbrace"}
_WORD = re.compile(r"\w+|[^\w\s]")


def tokenize(tex: str) -> list[Item]:
    r"""
    The items of `tex`.

    >>> [item.text for item in tokenize(r"\text{if } a\,b \quad \textcolor{new}{{}+ 1}")[:-1]]
    ['\\text{if}', 'a', 'b', '\\quad']
    """
    tokens = (Token(m[0], m.start(), m.end()) for m in TOKEN.finditer(tex))
    items, closing = _until_brace(tex, tokens)
    if closing:
        raise CannotParse("this brace closes nothing", tex, closing.start)
    return items


def _until_brace(tex: str, tokens: Iterator[Token]) -> tuple[list[Item], Token | None]:
    """The items up to the brace that closes the group, and that brace."""
    items: list[Item] = []
    for token in tokens:
        if token.text == "}":
            return _simplified(tex, items), token
        if token.text == "{":
            inner, closing = _until_brace(tex, tokens)
            if not closing:
                raise CannotParse("this brace is never closed", tex, token.start)
            items.append(Group(inner, token.start, closing.end))
        else:
            items.append(token)
    return _simplified(tex, items), None


def _simplified(tex: str, items: list[Item]) -> list[Item]:
    """The items of one group without what only changes their looks."""
    return _Simplifier(tex, items).until("")[0]


class _Simplifier:
    """Goes over the items of one group."""

    def __init__(self, tex: str, items: list[Item]) -> None:
        self.tex, self.items, self.at = tex, items, 0

    def until(self, name: str) -> tuple[list[Item], Item | None]:
        r"""The items up to the `\end` of an environment, or all, and that `\end`."""
        found: list[Item] = []
        while self.at < len(self.items):
            item = self.take(None)
            text = item.text if isinstance(item, Token) else ""
            if text == r"\end":
                if not name or self.name(item) != name:
                    raise CannotParse("ends what has not begun", self.tex, item.start)
                return found, item
            found += self.simplified(item, text)
        return found, None

    def simplified(self, item: Item, text: str) -> list[Item]:
        """What an item stands for, together with its arguments."""
        if text in _SPACES or text in _STYLES:
            return []
        if text in _REMARKS:
            self.take(item)
            return []
        if text == r"\begin":
            return [self.environment(item)]
        if text in _SIDES:
            return [_bracket(item, text, self.take(item))]
        if text in _BARS:
            return [Token("|" if _BARS[text] == "vert" else r"\|", item.start, item.end)]
        if text == r"\textcolor":
            self.take(item)
            return [self.take(item)]
        if text in _TEXTS or text == r"\texttt":
            return list(_text(self.tex, text, item, self.take(item)))
        if text in _BRACES:
            return [self.braced(item)]
        if text == ":" and self.follows("="):
            return [Token(":=", item.start, self.take(item).end)]
        return [self.take(item) if text == r"\boxed" else item]

    def take(self, command: Item | None) -> Item:
        """The next item, an argument of a command."""
        if self.at == len(self.items):
            raise CannotParse("an argument is missing", self.tex, command.start if command else 0)
        self.at += 1
        return self.items[self.at - 1]

    def follows(self, *texts: str) -> bool:
        item = self.items[self.at] if self.at < len(self.items) else None
        return isinstance(item, Token) and item.text in texts

    def name(self, command: Item) -> str:
        r"""The argument of a `\begin` or an `\end`."""
        item = self.take(command)
        return self.tex[item.start : item.end].strip("{ }")

    def environment(self, begin: Item) -> Item:
        name = self.name(begin)
        if name.rstrip("*") in ("array", "alignat", "alignedat"):
            # How many columns there are, or how they are set.
            self.take(begin)
        items, end = self.until(name)
        if not end:
            raise CannotParse("this environment is never closed", self.tex, begin.start)
        return Environment(name, items, begin.start, self.items[self.at - 1].end, end.start)

    def braced(self, command: Item) -> Item:
        """What stands below a brace, without what the brace says of it."""
        item = self.take(command)
        if self.follows("_", "^"):
            self.take(command)
            self.take(command)
        return item


def _bracket(command: Item, size: str, bracket: Item) -> Item:
    """The bracket, which begins where its size does."""
    if not isinstance(bracket, Token):
        return bracket
    text = bracket.text
    if text in _BARS:
        # One sign opens and closes a bar; `\left` and `\right` tell which.
        side, name = _SIDES[size], _BARS[text]
        text = rf"\{side}{name}" if side in ("l", "r") else "|" if name == "vert" else r"\|"
    return Token(text, command.start, bracket.end)


def _text(tex: str, style: str, command: Item, item: Item) -> Iterator[Token]:
    """The words of an argument; the command itself belongs to the first, the end to the last."""
    braces = isinstance(item, Group)
    offset = item.start + braces
    inner = tex[offset : item.end - braces]
    if style == r"\texttt":
        name = inner.replace(r"\_", "_").strip()
        yield Token(rf"\texttt{{{name}}}", command.start, item.end)
        return
    words = list(_WORD.finditer(inner))
    for word in words:
        start = command.start if word is words[0] else offset + word.start()
        end = item.end if word is words[-1] else offset + word.end()
        yield Token(rf"\text{{{word[0]}}}", start, end)

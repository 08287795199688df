r"""
# Symbols and numbers

The parser moves over the items of a formula with this cursor. It also reads what needs no grammar:
numbers, and the names of symbols.

A letter takes its accents, primes and subscript with it: $\hat m_t$ is one symbol, with the one
[spelling](symbols.py) that the table has. A power is not part of it: $g_t^2$ is the square of
$g_t$. Where a longer symbol is in the table, that one is meant. Symbols outside the table are
symbols too; whether they have a value is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import lru_cache
from string import ascii_letters
from typing import TypeVar

from .functions import REFUSED
from .symbols import spelled
from .tokens import WIDE, CannotParse, Environment, Group, Item, Token, tokenize
from .tree import Name, Number

_GREEK = """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma
tau upsilon phi chi psi omega varepsilon vartheta varpi varrho varsigma varphi Gamma Delta Theta
Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell"""
LETTERS = {"\\" + name for name in _GREEK.split()} | set(ascii_letters)
_OVER = """hat bar tilde dot ddot vec check breve acute grave widehat widetilde overline underline
mathbf mathrm mathit mathsf mathcal boldsymbol"""
ACCENTS = {"\\" + name for name in _OVER.split()}

NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_EXPONENT = re.compile(r"[eE][-+]?\d", re.ASCII)


T = TypeVar("T")


@lru_cache(maxsize=16)
def _lengths(symbols: frozenset[str]) -> dict[str, int]:
    """The number of items of the longest symbol that begins with a token."""
    lengths: dict[str, int] = {}
    for symbol in symbols:
        first, *_ = items = tokenize(symbol)
        if isinstance(first, Token):
            lengths[first.text] = max(len(items), lengths.get(first.text, 0))
    return lengths


class Cursor:
    """A place among the items of a group that ends at the offset `end` of the TeX."""

    # The bracket that ends the expression: a `|` closes where one is open, else it opens.
    closer = ""

    def __init__(self, tex: str, items: list[Item], end: int, symbols: Collection[str]) -> None:
        # What follows after `end` is not part of it, not even in messages.
        self.tex, self.items, self.at, self.end = tex[:end], list(items), 0, end
        self.symbols = frozenset(symbols)

    # ## Moving on

    def peek(self) -> str:
        """The next token, or nothing at the end. Braces that are no argument are opened."""
        while self.at < len(self.items):
            item = self.items[self.at]
            if not isinstance(item, Group):
                return item.text
            self.items[self.at : self.at + 1] = item.items
        return ""

    def take(self) -> Item:
        if self.at == len(self.items):
            raise self.fail("an argument is missing")
        self.at += 1
        return self.items[self.at - 1]

    def accept(self, *texts: str) -> bool:
        """Whether one of the tokens comes next; if so, go past it."""
        found = self.peek() in texts
        self.at += found
        return found

    def expect(self, text: str) -> Item:
        if self.peek() != text:
            raise self.fail(f"{text} expected")
        return self.take()

    def skip_spaces(self) -> None:
        while self.accept(*WIDE):
            pass

    def comes(self, tokens: Collection[str]) -> bool:
        """Whether one of the tokens comes next. Wide spaces before it say nothing."""
        here = self.at
        self.skip_spaces()
        if self.peek() in tokens:
            return True
        self.at = here
        return False

    def finish(self) -> None:
        """Nothing comes any more, but for the stop of the sentence."""
        self.skip_spaces()
        if self.peek() in (".", ",", ";") and self.at + 1 == len(self.items):
            self.at += 1
        if self.peek():
            raise self.refuse()

    def position(self) -> int:
        return self.items[self.at].start if self.at < len(self.items) else self.end

    def fail(self, problem: str, position: int | None = None) -> CannotParse:
        return CannotParse(problem, self.tex, self.position() if position is None else position)

    def refuse(self) -> CannotParse:
        """What to say of the next token, which cannot stand here."""
        text = self.peek()
        if text.startswith(r"\text{"):
            return self.fail("words have no value: write them before the formula")
        if text.startswith(r"\begin{"):
            return self.fail("this environment has no value")
        return self.fail(REFUSED.get(text, "not understood"))

    # ## Going into braces

    def group(self, read: Callable[[], T]) -> tuple[T, int]:
        """What `read` finds in the next group or token, which is to be all of it; and its end."""
        item = self.take()
        if isinstance(item, Group):
            return self.within(item.items, item.end - 1, read), item.end
        return self.within([item], item.end, read), item.end

    def within(self, items: Sequence[Item], end: int, read: Callable[[], T]) -> T:
        """What `read` finds in these items, which is to be all of it."""
        outer = self.items, self.at, self.end, self.closer
        self.items, self.at, self.end, self.closer = list(items), 0, end, ""
        inner = read()
        self.finish()
        self.items, self.at, self.end, self.closer = outer
        return inner

    # ## Numbers and symbols

    def number(self) -> Number:
        r"""Digits that touch: `1\,000` would be two numbers, and `1e-3` is none."""
        start = self.position()
        found = NUMBER.match(self.tex, start, self.end)
        if not found:
            raise self.refuse()
        if _EXPONENT.match(self.tex, found.end(), self.end):
            raise self.fail(r"a number in the notation of programs, write 2 \cdot 10^{-3}")
        while self.at < len(self.items) and self.position() < found.end():
            self.at += 1
        value = float(found[0])
        if Decimal(repr(value)) != Decimal(found[0]):
            raise self.fail(f"{found[0]} has more digits than a number of 64 bits", start)
        return Number(value, start=start, end=found.end())

    def symbol(self) -> Name:
        length = self.symbol_length()
        if not length:
            raise self.refuse() if self.peek() else self.fail("a symbol or number expected")
        start = self.position()
        spelling = self.spelling(length)
        self.at += length
        return Name(spelling, start=start, end=self.items[self.at - 1].end)

    def symbol_length(self) -> int:
        """How many items the symbol has that begins here; 0 if none does."""
        own = self._letter_length()
        longest = min(_lengths(self.symbols).get(self.peek(), 0), len(self.items) - self.at)
        for length in range(longest, own, -1):
            # The table's $v$ is not the beginning of $v_t$.
            if self.text(length) not in ("_", "'") and self.spelling(length) in self.symbols:
                return length
        return own

    def spelling(self, length: int) -> str:
        return spelled(_tex(self.items[self.at : self.at + length]))

    def text(self, ahead: int) -> str:
        """The text of an item further on; a group has none."""
        item = self.items[self.at + ahead] if self.at + ahead < len(self.items) else None
        return item.text if isinstance(item, Token) else ""

    def _letter_length(self) -> int:
        length = 0
        while self.text(length) in ACCENTS:
            length += 1
        base = self.text(length)
        # An accent can stand over a group, which has no text of its own.
        over_group = length > 0 and not base and self.at + length < len(self.items)
        if base not in LETTERS and not over_group:
            return 0
        length = self._past_primes(length + 1)
        if self.text(length) == "_" and self.at + length + 1 < len(self.items):
            length = self._past_primes(length + 2)
        return length

    def _past_primes(self, length: int) -> int:
        while True:
            if self.text(length) == "'":
                length += 1
            elif self.text(length) == "^" and self._is_prime(self.at + length + 1):
                length += 2
            else:
                return length

    def _is_prime(self, at: int) -> bool:
        item = self.items[at] if at < len(self.items) else None
        inner = item.items if isinstance(item, Group) else [item]
        primes = [isinstance(part, Token) and part.text == r"\prime" for part in inner]
        return any(primes) and all(primes)


def _tex(items: list[Item]) -> str:
    return " ".join(_text(item) for item in items)


def _text(item: Item) -> str:
    if isinstance(item, Group):
        return "{" + _tex(item.items) + "}"
    # No symbol has an environment in it.
    return "" if isinstance(item, Environment) else item.text

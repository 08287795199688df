r"""
# Expressions of C

A tree for each expression. What stands for nothing here, as `sizeof` or a comma between two
expressions, is refused by name.

>>> from ....languages.c.tokens import tokens
>>> print(Expressions(tokens("a = b->c[i] < 2 ? -a : f(a, 1.5) + (double)b;"), {"double"}).whole())
(= a (? (< ([] (-> b c) i) 2) (- a) (+ (f a 1.5) (double b))))
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from ....languages.c.tokens import Token
from ..ground import Refused

# Operators of more than one character, the longest first.
LONG = "<<= >>= ... == != <= >= && || ++ -- += -= *= /= %= &= |= ^= << >> ->".split()
ASSIGNS = ("=", "+=", "-=", "*=", "/=")
# What binds weakest comes first.
LEVELS = ["||", "&&", "|", "^", "&", "== !=", "< <= > >=", "<< >>", "+ -", "* / %"]
QUALIFIERS = {"const", "static", "register", "restrict", "volatile"}


class Node(NamedTuple):
    """A part of an expression: what it is, its sign or name, what it is made of, and its line."""

    kind: str
    text: str
    parts: tuple[Node, ...] = ()
    line: int = 0

    def __str__(self) -> str:
        inner = " ".join([self.text, *map(str, self.parts)])
        return f"({inner})" if self.parts else inner


def joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens, with those put together that are one operator."""
    found: list[Token] = []
    left = list(tokens)
    while left:
        token, *left = left
        for long in LONG if token.kind == "sign" else ():
            more = left[: len(long) - len(token.text)]
            places = [(each.first, each.column) for each in more]
            near = [(token.first, token.column + n) for n in range(len(token.text), len(long))]
            if places == near and token.text + "".join(each.text for each in more) == long:
                token, left = token._replace(text=long), left[len(more) :]
                break
        found.append(token)
    return found


class Tokens:
    """Tokens that are read one after the other."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at = joined(tokens), 0

    @property
    def text(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    @property
    def line(self) -> int:
        return self.tokens[min(self.at, len(self.tokens) - 1)].first if self.tokens else 0

    def next(self) -> Token:
        if self.at == len(self.tokens):
            raise Refused("C that ends in the middle of a statement cannot be run")
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, *texts: str) -> bool:
        """Whether one of these is next, and if so, past it."""
        found = self.text in texts
        self.at += found
        return found

    def expect(self, text: str) -> None:
        if not self.take(text):
            raise self.refused(f"{self.text!r} in place of {text!r}")

    def refused(self, what: str) -> Refused:
        return Refused(f"line {self.line}: {what} cannot be run on exact numbers")


class Expressions(Tokens):
    def __init__(self, tokens: Sequence[Token], types: Collection[str]) -> None:
        super().__init__(tokens)
        self.types = {*types, *QUALIFIERS}

    def whole(self) -> Node:
        """An expression, which may assign."""
        line, left = self.line, self.choice()
        sign = self.text
        if sign.endswith("=") and sign not in ("==", "!=", "<=", ">="):
            if sign not in ASSIGNS:
                raise self.refused(repr(sign))
            self.next()
            return Node("assign", sign, (left, self.choice()), line)
        return left

    def choice(self) -> Node:
        line, test = self.line, self.binary(0)
        if not self.take("?"):
            return test
        yes = self.choice()
        self.expect(":")
        return Node("choice", "?", (test, yes, self.choice()), line)

    def binary(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while self.text in LEVELS[level].split():
            line, sign = self.line, self.next().text
            left = Node("binary", sign, (left, self.binary(level + 1)), line)
        return left

    def unary(self) -> Node:
        line = self.line
        if self.text in ("-", "+", "!", "++", "--"):
            sign = self.next().text
            kind = "step" if sign in ("++", "--") else "unary"
            return Node(kind, sign, (self.unary(),), line)
        if self.text in ("*", "&", "~", "sizeof"):
            raise self.refused(repr(self.text))
        if self.text == "(" and self._type_after():
            return self.cast()
        return self.postfix()

    def _type_after(self) -> bool:
        after = self.tokens[self.at + 1 : self.at + 2]
        return bool(after) and after[0].text in self.types

    def cast(self) -> Node:
        line = self.line
        self.expect("(")
        name = self.next().text
        if not self.take(")"):
            raise self.refused(f"a cast to {name} {self.text}")
        return Node("cast", name, (self.unary(),), line)

    def postfix(self) -> Node:
        found = self.first()
        while self.text in ("(", "[", "->", "++", "--"):
            line, sign = self.line, self.next().text
            if sign == "(":
                if found.kind != "name":
                    raise self.refused("a call of what has no name")
                found = Node("call", found.text, tuple(self.arguments()), line)
            elif sign == "[":
                found = Node("index", "[]", (found, self.choice()), line)
                self.expect("]")
            elif sign == "->":
                found = Node("field", "->", (found, Node("name", self.next().text)), line)
            else:
                found = Node("step", sign, (found,), line)
        return found

    def arguments(self) -> list[Node]:
        found: list[Node] = []
        while not self.take(")"):
            if found:
                self.expect(",")
            found.append(self.choice())
        return found

    def first(self) -> Node:
        if self.take("("):
            found = self.choice()
            self.expect(")")
            return found
        if not self.tokens[self.at : self.at + 1]:
            raise self.refused("nothing")
        token = self.tokens[self.at]
        if token.kind not in ("name", "number"):
            raise self.refused(repr(token.text))
        return Node(token.kind, self.next().text, (), token.first)

r"""
# Statements of C

There is no syntax tree, but [`statements.py`](../../languages/c/statements.py) knows where a
statement begins and which blocks it stands in, and that is most of it.

| statement | what it makes |
|---|---|
| `real m = …;`, `real m = …, v = …;` | the variables |
| `m = …;`, `m += …;` | `m` |

All else makes nothing that could be compared: an element of an array, what a pointer points to,
what is guarded by an `if` without braces.

>>> found = Statements('''
... void f(int maximum, double *vs, double v, const double top) {
...   for (int i = 0; i < 3; i++) {
...     if (!maximum) continue;
...     else {
...       double larger = top > v ? top : v;
...     }
...   }
... }
... ''')
>>> statement = found.at(6)
>>> print(statement.makes[0], *(ast.unparse(guard.test) for guard in statement.guards))
larger not maximum
>>> print(*found.numbers(6))
maximum v top i
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from ...languages.c.heads import function
from ...languages.c.statements import Part, outline
from ...languages.c.tokens import Token
from .guards import Guard
from .made import Function, Made, Statement

ASSIGNS = re.compile(r"(?:[-+*/%&|^]|<<|>>)?=(?!=)")
# What begins with two words and declares no variable.
OTHERS = {"return", "goto", "else", "case", "typedef", "do"}
# A condition of C, as Python writes it.
PYTHON = {"& &": "and", "| |": "or", "! =": "!=", "= =": "==", "!": "not", "->": "."}


class Statements:
    """The statements of a C file, by the line on which they begin."""

    def __init__(self, text: str):
        found = outline(text)
        self.functions = [d for d in found.definitions if d.kind == "function"]
        self.parts = found.parts
        self.begins = {part.tokens[0].first: part for part in reversed(self.parts)}

    def inside(self, line: int) -> bool:
        """Whether the line stands in the body of a function."""
        return any(f.first < line <= f.last for f in self.functions)

    def at(self, line: int) -> Statement | None:
        """The statement that begins on this line, in a function."""
        part = self.begins.get(line)
        head = self.head(line)
        if part is None or head is None:
            return None
        first, last = part.tokens[0].first, part.tokens[-1].last
        own = Function(function(head), head[0].first, head[0].first)
        return Statement(tuple(_made(part.tokens)), first, last, own, tuple(self._guards(part)))

    def head(self, line: int) -> Sequence[Token] | None:
        """The head of the function that a statement is in, up to the brace."""
        around = self.begins[line].around if line in self.begins else ()
        return next((head for head in around if function(head)), None)

    def numbers(self, line: int) -> list[str]:
        """The variables and parameters that hold a number where a statement begins."""
        here = self.begins[line]
        found: dict[str, bool] = {}
        for part in self.parts:
            if part == here:
                return [name for name, number in found.items() if number]
            # What was declared in a block that is over is not there any more.
            if part.around == here.around[: len(part.around)] and part.tokens[-1].text == ";":
                found |= {one.name: one.plain for one in _declared(part.tokens)}
            if part.tokens in here.around:
                found |= {one.name: one.plain for one in _in_head(part.tokens)}
        return []

    def _guards(self, part: Part) -> Iterator[Guard]:
        for depth, head in enumerate(part.around):
            yield from self._conditions(head, part.around[:depth])

    def _conditions(
        self, head: tuple[Token, ...], around: tuple[tuple[Token, ...], ...]
    ) -> Iterator[Guard]:
        """What holds in a block: its own condition, and the opposite of those that it is `else`."""
        beside = [part.tokens for part in self.parts if part.around == around]
        here, holds = beside.index(head), True
        while True:
            test = _condition(beside[here])
            if test:
                yield Guard(test, holds)
            if beside[here][0].text != "else" or here == 0:
                break
            here, holds = here - 1, False


class Declared(NamedTuple):
    """A name that a declaration declares."""

    name: str
    # A plain variable, and no pointer, array or function.
    plain: bool
    # It has a value at once.
    begun: bool


def _made(tokens: Sequence[Token]) -> Iterator[Made]:
    start = "".join(token.text for token in tokens[1:4])
    if tokens[0].kind == "name" and ASSIGNS.match(start):
        yield Made("variable", tokens[0].text)
    yield from (Made("variable", found.name) for found in _declared(tokens) if found.begun)


def _declared(tokens: Sequence[Token]) -> Iterator[Declared]:
    """`m` and `v` of `real m = 1, *v;`; nothing if this is no declaration."""
    kinds = [token.kind for token in tokens[:2]]
    pointer = [token.text for token in tokens[1:2]] == ["*"]
    if tokens[0].text in OTHERS or not (kinds == ["name", "name"] or pointer):
        return
    for part in _split(_until(tokens, ";")):
        left = _until(part, "=")
        names = [token.text for token in left if token.kind == "name"]
        if names:
            plain = left[-1].text == names[-1] and "*" not in [token.text for token in left]
            yield Declared(names[-1], plain, len(left) < len(part))


def _until(tokens: Sequence[Token], sign: str) -> Sequence[Token]:
    return list(takewhile(lambda token: token.text != sign, tokens))


def _in_head(head: Sequence[Token]) -> Iterator[Declared]:
    """What the head of a function or of a loop declares for its block."""
    words = [token.text for token in head]
    name = "for" if words[0] == "for" else function(head)
    if name:
        # Before the name of a function there may be an attribute, with brackets of its own.
        opened = words.index("(", words.index(name))
        inner = head[opened + 1 : _closing(head, opened)]
        for part in [inner] if name == "for" else _split(inner):
            yield from _declared(part)


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The parts between commas."""
    found: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "," and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return [part for part in found if part]


def _closing(tokens: Sequence[Token], opened: int) -> int:
    """The place of the bracket that closes the one at another place."""
    depth = 0
    for place in range(opened, len(tokens)):
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        if depth == 0:
            return place
    return len(tokens)


def _condition(head: Sequence[Token]) -> ast.expr | None:
    """
    The condition of an `if`. One that only C can say is a constant, of which no flag can decide.
    """
    words = [token.text for token in head]
    if "if" not in words[:2]:
        return None
    opened = words.index("(")
    text = " ".join(words[opened + 1 : _closing(head, opened)])
    for sign, word in PYTHON.items():
        text = text.replace(sign, word)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return ast.Constant(...)

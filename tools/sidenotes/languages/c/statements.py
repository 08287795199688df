r"""
# The statements of C

A note may stand between two statements and not within one, and it belongs to a definition if one
follows. So one must know where statements end. This takes no grammar of C, only its brackets: a
statement ends at its `;`, at the brace that opens or closes a block, or after the colon of a
label.

A brace opens a block, unless it begins a list: after a `=` or a `return`, in brackets, or after
`enum`. The body of a `struct` is a block, too, but there the statement goes on after it.

>>> found = outline("float half(float x) {\n  float h = x / 2;\n  return h;\n}\n")
>>> print(found.statements)
{1: 'half', 2: 'h', 3: 'return'}
>>> print(*found.definitions)
Definition(name='half', kind='function', first=1, last=4)

A file that does not balance its brackets is not refused: macros may make up for it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from . import heads
from .tokens import Token, tokens

DEFINE = re.compile(r"#\s*define\s+(\w+)\(")


class Definition(NamedTuple):
    """A function or a macro (`function`), or a type (`class`), with its lines."""

    name: str
    kind: str
    first: int
    last: int


class Part(NamedTuple):
    """
    A statement, or the head of a block up to its brace, with the heads of the blocks around it.
    """

    tokens: tuple[Token, ...]
    around: tuple[tuple[Token, ...], ...]


class Outline(NamedTuple):
    """What is known of a file without a grammar of C."""

    # Those that are alone on their lines and in no statement.
    comments: list[Token]
    # Where a statement or a line of the preprocessor begins -> an identifier to name it by.
    statements: dict[int, str]
    definitions: list[Definition]
    parts: list[Part]


def outline(text: str) -> Outline:
    reader = _Reader()
    for token in tokens(text):
        reader.add(token)
    return reader.finish()


class _Reader:
    def __init__(self) -> None:
        self.found = Outline([], {}, [], [])
        # The open statement, the brackets that are open in it, and the statements around it.
        self.statement: list[Token] = []
        self.depth = 0
        self.around: list[list[Token]] = []
        # The state at each open `#if`.
        self.branches: list[tuple[list[Token], int, list[list[Token]]]] = []
        self.directives: list[Token] = []

    def add(self, token: Token) -> None:
        if token.text not in ("{", ";") and self._stands_for_itself(token):
            self._end()
        if token.kind == "directive":
            self._directive(token)
        elif token.kind != "comment":
            self._code(token)
        elif token.alone and not self.statement:
            self.found.comments.append(token)

    def finish(self) -> Outline:
        for directive in self.directives:
            words = [w for w in re.findall(r"[^\W\d]\w*", directive.text) if w != "defined"]
            self.found.statements.setdefault(directive.first, "".join(words[:2][-1:]))
        return self.found

    def _stands_for_itself(self, below: Token) -> bool:
        """Whether the open statement is a macro's call on a line of its own, without semicolon."""
        if self.depth or not self.statement or self.statement[-1].last >= below.first:
            return False
        first, *rest = heads.top(self.statement)
        return heads.is_name(first) and [token.text for token in rest] == ["(", ")"]

    def _directive(self, token: Token) -> None:
        word = "".join(re.findall(r"\w+", token.text)[:1])
        if word in ("if", "ifdef", "ifndef"):
            self.branches.append((self.statement[:], self.depth, self.around[:]))
        elif word.startswith("el") and self.branches:
            statement, self.depth, around = self.branches[-1]
            self.statement, self.around = statement[:], around[:]
        elif word == "endif" and self.branches:
            self.branches.pop()
        elif macro := DEFINE.match(token.text):
            self._define(macro[1], "function", token.first, token.last)
        self.directives.append(token)

    def _code(self, token: Token) -> None:
        if not self.statement:
            token = token._replace(first=self._pragma_above(token.first))
        sign = token.text
        if self.depth == 0 and sign == "{" and not heads.opens_list(self.statement):
            self._name()
            self._add([*self.statement, token])
            self.around.append([*self.statement, token])
            self.statement = []
        elif self.depth == 0 and sign == "}":
            self._close(token)
        else:
            self.statement.append(token)
            self.depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
            ends = sign == ";" or sign == ":" and heads.is_label(self.statement)
            # A bracket that was not open belongs to a macro.
            self.depth = max(self.depth, 0)
            if ends and self.depth == 0:
                self._end()

    def _pragma_above(self, line: int) -> int:
        for directive in reversed(self.directives):
            if directive.last != line - 1 or not re.match(r"#\s*pragma\b", directive.text):
                break
            line = directive.first
        return line

    def _close(self, brace: Token) -> None:
        outer = self.around.pop() if self.around else []
        self.statement = [*outer, brace] if heads.is_type(outer) else []
        if outer:
            self._define(heads.function(outer), "function", outer[0].first, brace.last)

    def _end(self) -> None:
        self._name()
        first, last = self.statement[0].first, self.statement[-1].last
        self._define(heads.type_name(self.statement), "class", first, last)
        self._add(self.statement)
        self.statement = []

    def _add(self, tokens: list[Token]) -> None:
        self.found.parts.append(Part(tuple(tokens), tuple(map(tuple, self.around))))

    def _name(self) -> None:
        if self.statement:
            first = self.statement[0].first
            self.found.statements.setdefault(first, heads.identifier(self.statement))

    def _define(self, name: str, kind: str, first: int, last: int) -> None:
        around = [head for head in self.around if not heads.is_linkage(head)]
        classes = [heads.type_name(head) for head in around]
        # A method; what else stands in a type is a part of it.
        if name and all(classes) and (kind == "function" or not classes):
            self.found.definitions.append(Definition(".".join([*classes, name]), kind, first, last))

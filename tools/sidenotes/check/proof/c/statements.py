r"""
# Statements of C, as trees

>>> from ....languages.c.tokens import tokens
>>> text = "if (x < 1) { real y = x, z; y += 2; } else return x;"
>>> for statement in Statements(tokens(text), {"real"}).all():
...     print(statement)
if (< x 1)
  real y = x
  real z
  (+= y 2)
else
  return x
"""

from __future__ import annotations

from textwrap import indent
from typing import NamedTuple

from .expressions import QUALIFIERS, Expressions, Node

# Words at the head of a statement that nothing here knows.
UNKNOWN = {"while", "do", "switch", "case", "default", "break", "continue", "goto", "typedef"}


class Statement(NamedTuple):
    """
    What it is, and its line. `nodes` are its expressions, `inner` the statements in it, and `name`
    and `type` are those of what it declares.
    """

    kind: str
    line: int
    nodes: tuple[Node | None, ...] = ()
    inner: tuple[tuple[Statement, ...], ...] = ()
    type: str = ""
    name: str = ""

    def __str__(self) -> str:
        head = " ".join(map(str, filter(None, self.nodes)))
        inner = ["\n".join(map(str, block)) for block in self.inner if block]
        if self.kind in ("expression", "block"):
            return head + "".join(inner)
        if self.kind == "declare":
            return f"{self.type} {self.name}" + (f" = {head}" if head else "")
        blocks = [indent(block, "  ") for block in inner]
        return "\n".join([f"{self.kind} {head}", "\nelse\n".join(blocks)]).rstrip()


class Statements(Expressions):
    def all(self) -> list[Statement]:
        found: list[Statement] = []
        while self.at < len(self.tokens):
            found += self.statement()
        return found

    def statement(self) -> list[Statement]:
        """The next one; a declaration may be of several names, and a lone semicolon is none."""
        line = self.line
        if self.take(";"):
            return []
        if self.take("{"):
            inner: list[Statement] = []
            while not self.take("}"):
                inner += self.statement()
            return [Statement("block", line, inner=(tuple(inner),))]
        if self.text in UNKNOWN:
            raise self.refused(repr(self.text))
        if self.take("extern"):
            # It says that something is elsewhere, and makes nothing.
            while self.next().text != ";":
                pass
            return []
        if self.text in ("if", "for", "return"):
            return [getattr(self, f"_{self.next().text}")(line)]
        if self.text in self.types:
            return self._declarations(line)
        found = self.whole()
        self.expect(";")
        return [Statement("expression", line, (found,))]

    def _if(self, line: int) -> Statement:
        self.expect("(")
        test = self.choice()
        self.expect(")")
        yes = tuple(self.statement())
        no = tuple(self.statement()) if self.take("else") else ()
        return Statement("if", line, (test,), (yes, no))

    def _for(self, line: int) -> Statement:
        self.expect("(")
        begin = tuple(self.statement())
        test = None if self.text == ";" else self.choice()
        self.expect(";")
        step = None if self.text == ")" else self.whole()
        self.expect(")")
        return Statement("for", line, (test, step), (begin, tuple(self.statement())))

    def _return(self, line: int) -> Statement:
        value = None if self.text == ";" else self.choice()
        self.expect(";")
        return Statement("return", line, (value,))

    def _declarations(self, line: int) -> list[Statement]:
        while self.take(*QUALIFIERS - {"static"}):
            pass
        if self.text == "static":
            raise self.refused("what is remembered from call to call")
        kind, found = self.next().text, []
        while True:
            if self.text == "*":
                raise self.refused(f"a pointer to {kind} that is no parameter")
            name = self.next().text
            value = self.choice() if self.take("=") else None
            found.append(Statement("declare", line, (value,), type=kind, name=name))
            if not self.take(","):
                self.expect(";")
                return found

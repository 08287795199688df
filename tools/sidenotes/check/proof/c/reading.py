r"""
# What there is in a file of C

The preprocessor's conditions are decided by what is defined, as it decides them. Of what is left
the functions and the names of types are kept. A function is read when it is called for the first
time, so that what nobody calls need not be understood.

>>> file = File('''
... #if KIND == 1
... typedef double real;
... #else
... typedef float real;
... #endif
... static inline real half(const real x, int64_t n) { return x / 2; }
... ''', {"KIND": "1"})
>>> file.types["real"], file.functions["half"].parameters
('double', (('real', 'x'), ('int64_t', 'n')))
>>> print(*file.functions["half"].body(file.types))
return (/ x 2)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ....languages.c import heads
from ....languages.c.tokens import Token, tokens
from ..ground import Refused
from .expressions import QUALIFIERS, Expressions, Node
from .statements import Statement, Statements

DIRECTIVE = re.compile(r"#\s*(\w+)\s*(.*)", re.DOTALL)
INTEGERS = "char int long int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t"
TYPES = {"double": "double", "float": "float", "void": "void"}
TYPES |= dict.fromkeys(INTEGERS.split(), "integer")


class Function(NamedTuple):
    """
    A function: the type of its value, and its parameters as types and names. A `*` before a name
    says that it points.
    """

    name: str
    kind: str
    parameters: tuple[tuple[str, str], ...]
    tokens: tuple[Token, ...]

    def body(self, types: Mapping[str, str]) -> list[Statement]:
        return Statements(self.tokens, types.keys()).all()


class File:
    def __init__(self, text: str, defined: Mapping[str, str]) -> None:
        self.defined = dict(defined)
        # The types, and what they are: double, float, integer, void or a structure.
        self.types = dict(TYPES)
        self.functions: dict[str, Function] = {}
        for statement in _statements(list(self._left(tokens(text)))):
            self._add(statement)

    def _left(self, every: Sequence[Token]) -> Iterator[Token]:
        """The tokens that the preprocessor leaves."""
        # Of each open `#if`: whether this branch is taken, and whether one has been.
        branches: list[tuple[bool, bool]] = []
        for token in every:
            if token.kind == "directive":
                self._direct(token, branches)
            elif token.kind != "comment" and all(taken for taken, _ in branches):
                yield token

    def _direct(self, token: Token, branches: list[tuple[bool, bool]]) -> None:
        found = DIRECTIVE.match(token.text)
        word, rest = found.groups() if found else ("", "")
        if word in ("if", "ifdef", "ifndef"):
            outer = all(taken for taken, _ in branches)
            holds = outer and self._holds(word, rest)
            branches.append((holds, holds))
        elif word in ("elif", "else"):
            _, over = branches.pop()
            outer = all(taken for taken, _ in branches)
            holds = outer and not over and (word == "else" or self._holds("if", rest))
            branches.append((holds, holds or over))
        elif word == "endif":
            branches.pop()
        elif word == "define" and all(taken for taken, _ in branches):
            name, _, value = rest.strip().partition(" ")
            self.defined.setdefault(name, value.strip())

    def _holds(self, word: str, text: str) -> bool:
        if word != "if":
            return (text.strip() in self.defined) == (word == "ifdef")
        return bool(self._constant(Expressions(tokens(text), ()).choice()))

    def _constant(self, node: Node) -> int:
        """The value of a condition of the preprocessor, in which an unknown name is 0."""
        if node.kind == "number":
            return int(node.text, 0)
        if node.kind == "name":
            value = self.defined.get(node.text)
            return 0 if value is None else self._constant(Expressions(tokens(value), ()).choice())
        if (node.kind, node.text) == ("unary", "!"):
            return not self._constant(node.parts[0])
        if (node.kind, node.text) not in [("binary", sign) for sign in ("==", "!=", "&&", "||")]:
            raise Refused(f"a condition of the preprocessor with {node.text} is not decided here")
        one, other = map(self._constant, node.parts)
        logic = {"==": one == other, "!=": one != other, "&&": one and other, "||": one or other}
        return bool(logic[node.text])

    def _add(self, statement: Sequence[Token]) -> None:
        """A typedef, or a function with its body; what else stands there is not needed."""
        words = [token.text for token in statement]
        if words[0] == "typedef":
            named = [word for word in words[1:-2] if word not in QUALIFIERS]
            structure = bool({"struct", "union", "enum"} & set(words))
            what = "structure" if structure else self.types.get(" ".join(named), "unknown")
            self.types[words[-2]] = what
        elif words[-1] == "}":
            opened = next(n for n, word in enumerate(words) if word == "{")
            head = statement[: opened + 1]
            name = heads.function(head)
            if name:
                inner = tuple(statement[opened + 1 : -1])
                kind = words[words.index(name) - 1]
                own = tuple(_parameters(head, name))
                self.functions[name] = Function(name, kind, own, inner)


def _statements(every: Sequence[Token]) -> Iterator[list[Token]]:
    """What stands at the top of a file, up to its semicolon or to the brace of a function."""
    found: list[Token] = []
    depth = 0
    for token in every:
        found.append(token)
        depth += (token.text in ("{", "(", "[")) - (token.text in ("}", ")", "]"))
        opened = next((n for n, each in enumerate(found) if each.text == "{"), None)
        ends = token.text == "}" and opened is not None and heads.function(found[: opened + 1])
        if depth == 0 and (token.text == ";" or ends):
            yield found
            found = []


def _parameters(head: Sequence[Token], name: str) -> Iterator[tuple[str, str]]:
    words = [token.text for token in head]
    inner = words[words.index("(", words.index(name)) + 1 : -2]
    for part in " ".join(inner).split(","):
        kept = [word for word in part.split() if word not in QUALIFIERS]
        if kept and kept != ["void"]:
            pointer = "*" * ("*" in kept)
            yield kept[0], pointer + kept[-1]

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
# Of an integer how many bits it has at least. What has no sign wraps around, and is refused.
INTEGERS = {"int": 32, "long": 32, "int8_t": 8, "int16_t": 16, "int32_t": 32, "int64_t": 64}
TYPES = {"double": "double", "float": "float", "void": "void"}
TYPES |= {name: f"integer of {bits} bits" for name, bits in INTEGERS.items()}
TYPES |= dict.fromkeys("char uint8_t uint16_t uint32_t uint64_t size_t".split(), "unsigned")
# What the compiler defines by itself.
OWN = re.compile(r"_[A-Z_]\w*")


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

    def body(self, name: str) -> list[Statement]:
        """The statements of a function, in which no name is that of a macro."""
        function = self.functions[name]
        kinds = {function.kind, *(each for pair in function.parameters for each in pair)}
        macros = self.defined.keys() & {*kinds, *(token.text for token in function.tokens)}
        if macros:
            raise Refused(f"{name}: the macro {min(macros)} cannot be run on exact numbers")
        return function.body(self.types)

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
            name = re.match(r"\w*", rest.strip())
            assert name and name[0] not in TYPES, f"#define {rest}"
            self.defined.setdefault(name[0], rest.strip()[name.end() :].strip())
        elif word not in ("define", "include", "pragma"):
            raise Refused(f"#{word} is not understood here")

    def _holds(self, word: str, text: str) -> bool:
        if found := OWN.search(text):
            raise Refused(f"whether {found[0]} is defined, the compiler decides")
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

r"""
# The statements of C

A note may stand between two statements and not within one, and it speaks of a definition if one
follows. So one must know where statements end. This takes no grammar of C, only its brackets: a
statement ends at its `;`, at the brace that opens or closes a block, or after the colon of a
label.

A brace opens a block, unless it begins a list: after a `=` or a `return`, in brackets, or after
`enum`. The body of a `struct` is a block, too, but there the statement goes on behind it.

>>> found = outline("float half(float x) {\n  float h = x / 2;\n  return h;\n}\n")
>>> print(found.statements)
{1: 'half', 2: 'h', 3: 'return'}
>>> print(*found.definitions)
Definition(name='half', kind='function', first=1, last=4)

A file that does not balance its brackets is not refused: macros may make up for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from .tokens import Token, tokens

KEYWORDS = frozenset(
    """
    alignas alignof auto bool break case char const constexpr continue default do double else enum
    extern float for goto if inline int long register restrict return short signed sizeof static
    static_assert struct switch thread_local typedef typeof union unsigned void volatile while
    _Alignas _Alignof _Atomic _Bool _Complex _Generic _Noreturn _Static_assert _Thread_local
    __attribute__ __declspec __extension__ __inline __restrict asm defined
    final noexcept override requires
    """.split()
)
TYPES = ("struct", "union", "enum", "class")
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
    """What there is to know of a file, without a grammar of C."""

    # Those that are alone on their lines and in no statement.
    comments: list[Token]
    # Where a statement or a line of the preprocessor begins -> an identifier to name it by.
    statements: dict[int, str]
    definitions: list[Definition]
    parts: list[Part]


def outline(text: str) -> Outline:
    reader = _Reader()
    for token in tokens(text):
        reader.read(token)
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

    def read(self, token: Token) -> None:
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
        first, *rest = _top(self.statement)
        return _is_name(first) and [token.text for token in rest] == ["(", ")"]

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
        if self.depth == 0 and sign == "{" and not _opens_list(self.statement):
            self._name()
            self._add([*self.statement, token])
            self.around.append([*self.statement, token])
            self.statement = []
        elif self.depth == 0 and sign == "}":
            self._close(token)
        else:
            self.statement.append(token)
            self.depth += (sign in ("(", "[", "{")) - (sign in (")", "]", "}"))
            ends = sign == ";" or sign == ":" and _is_label(self.statement)
            # What closes a bracket that was not open is a macro's affair.
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
        self.statement = [*outer, brace] if _is_type(outer) else []
        if outer:
            self._define(function(outer), "function", outer[0].first, brace.last)

    def _end(self) -> None:
        self._name()
        first, last = self.statement[0].first, self.statement[-1].last
        self._define(_type(self.statement), "class", first, last)
        self._add(self.statement)
        self.statement = []

    def _add(self, tokens: list[Token]) -> None:
        self.found.parts.append(Part(tuple(tokens), tuple(map(tuple, self.around))))

    def _name(self) -> None:
        if self.statement:
            first = self.statement[0].first
            self.found.statements.setdefault(first, _identifier(self.statement))

    def _define(self, name: str, kind: str, first: int, last: int) -> None:
        around = [head for head in self.around if not _is_linkage(head)]
        classes = [_type(head) for head in around]
        # A method; what else stands in a type is a part of it.
        if name and all(classes) and (kind == "function" or not classes):
            self.found.definitions.append(Definition(".".join([*classes, name]), kind, first, last))


def _top(statement: Sequence[Token]) -> list[Token]:
    """The tokens that stand in no brackets, and the brackets around the others."""
    depth, found = 0, []
    for token in statement:
        depth -= token.text in (")", "]", "}")
        if depth <= 0:
            found.append(token)
        depth += token.text in ("(", "[", "{")
    return found


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in KEYWORDS


def _opens_list(statement: list[Token]) -> bool:
    words = [token.text for token in _top(statement)]
    lists = "enum" in words and not function(statement)
    return "=" in words or words[:1] == ["return"] or lists


def _is_type(statement: list[Token]) -> bool:
    words = {token.text for token in _top(statement)}
    return not words.isdisjoint({*TYPES} - {"enum"}) and not function(statement)


def _is_label(statement: list[Token]) -> bool:
    return statement[0].text in ("case", "default") or len(statement) == 2


def _is_linkage(statement: list[Token]) -> bool:
    """`extern "C" {` and `namespace a {`"""
    words = [token.text for token in statement[:2]]
    return "namespace" in words or words[0] == "extern" and statement[1].kind == "literal"


def function(statement: Sequence[Token]) -> str:
    """
    The name of the function that a statement is the head of, as `Class.name` where it is written
    `Class::name`; `""` if it is none.
    """
    top = _head(_top(statement))
    for i in range(len(top) - 2, -1, -1):
        if top[i + 1].text == "(" and _is_name(top[i]):
            # `operator==` would be no name for an anchor.
            names = ["".join(re.findall(r"\w", top[i].text))]
            while i > 1 and top[i - 1].text == "::" and _is_name(top[i - 2]):
                i -= 2
                names.insert(0, top[i].text)
            return ".".join(names)
    return ""


def _head(top: list[Token]) -> list[Token]:
    """Without what C++ has behind the parameters: a list of initial values, a type."""
    for i in range(1, len(top)):
        if top[i].text == "->" or top[i].text == ":" and top[i - 1].text == ")":
            return top[:i]
    return top


def _type(statement: list[Token]) -> str:
    """The name of the type that a statement defines: the one behind a `typedef`, else its tag."""
    top = _top(statement)
    words = [token.text for token in top]
    body = words.index("{") if "{" in words else 0
    keywords = [i for i, word in enumerate(words[:body]) if word in TYPES]
    if not keywords or "=" in words[:body]:
        return ""
    # In front of the name may stand a template, behind it arguments of one, and base classes.
    first = keywords[-1] + 1
    head = [*takewhile(lambda token: token.text not in ("<", ":"), top[first:body])]
    tag = [token.text for token in head if _is_name(token)][-1:]
    behind = [token.text for token in top[body:] if _is_name(token)]
    return next(iter(behind[:1] + tag if words[0] == "typedef" else tag), "")


def _identifier(statement: list[Token]) -> str:
    """`m` of `float *m = …`, `v` of `p->v[i] = …`, `rho` of `if (rho > 5)`, `return` of itself."""
    name = ""
    for token in statement:
        if _is_name(token):
            name = token.text
        elif name and token.text not in ("*", "->", "."):
            break
    first = statement[0].text
    return first if first == "return" or not name and statement[0].kind == "name" else name

r"""
# The head of a statement

What the first tokens of a statement say: whether it is the head of a function or of a type, and
which name it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from .tokens import Token

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


def top(statement: Sequence[Token]) -> list[Token]:
    """The tokens that stand in no brackets, and the brackets around the others."""
    depth, found = 0, []
    for token in statement:
        depth -= token.text in (")", "]", "}")
        if depth <= 0:
            found.append(token)
        depth += token.text in ("(", "[", "{")
    return found


def is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in KEYWORDS


def opens_list(statement: list[Token]) -> bool:
    words = [token.text for token in top(statement)]
    lists = "enum" in words and not function(statement)
    return "=" in words or words[:1] == ["return"] or lists


def is_type(statement: list[Token]) -> bool:
    words = {token.text for token in top(statement)}
    return not words.isdisjoint({*TYPES} - {"enum"}) and not function(statement)


def is_label(statement: list[Token]) -> bool:
    return statement[0].text in ("case", "default") or len(statement) == 2


def is_linkage(statement: list[Token]) -> bool:
    """`extern "C" {` and `namespace a {`"""
    words = [token.text for token in statement[:2]]
    return "namespace" in words or words[0] == "extern" and statement[1].kind == "literal"


def function(statement: Sequence[Token]) -> str:
    """
    The name of the function that a statement is the head of, as `Class.name` where it is written
    `Class::name`; `""` if it is none.
    """
    parts = _without_tail(top(statement))
    for i in range(len(parts) - 2, -1, -1):
        if parts[i + 1].text == "(" and is_name(parts[i]):
            # An anchor cannot have the signs of `operator==`.
            names = ["".join(re.findall(r"\w", parts[i].text))]
            while i > 1 and parts[i - 1].text == "::" and is_name(parts[i - 2]):
                i -= 2
                names.insert(0, parts[i].text)
            return ".".join(names)
    return ""


def _without_tail(parts: list[Token]) -> list[Token]:
    """Without what C++ has after the parameters: a list of initial values, a type."""
    for i in range(1, len(parts)):
        if parts[i].text == "->" or parts[i].text == ":" and parts[i - 1].text == ")":
            return parts[:i]
    return parts


def type_name(statement: list[Token]) -> str:
    """The name of the type that a statement defines: that of a `typedef`, else its tag."""
    parts = top(statement)
    words = [token.text for token in parts]
    body = words.index("{") if "{" in words else 0
    keywords = [i for i, word in enumerate(words[:body]) if word in TYPES]
    if not keywords or "=" in words[:body]:
        return ""
    # A template may stand before the name, and its arguments and base classes after it.
    first = keywords[-1] + 1
    head = [*takewhile(lambda token: token.text not in ("<", ":"), parts[first:body])]
    tag = [token.text for token in head if is_name(token)][-1:]
    behind = [token.text for token in parts[body:] if is_name(token)]
    return next(iter(behind[:1] + tag if words[0] == "typedef" else tag), "")


def identifier(statement: list[Token]) -> str:
    """`m` of `float *m = …`, `v` of `p->v[i] = …`, `rho` of `if (rho > 5)`, `return` of itself."""
    name = ""
    for token in statement:
        if is_name(token):
            name = token.text
        elif name and token.text not in ("*", "->", "."):
            break
    first = statement[0].text
    return first if first == "return" or not name and statement[0].kind == "name" else name

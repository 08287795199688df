r"""
# The tokens of C

Where a comment begins and ends in a C file no pattern on lines can say: `//` may stand in a string,
a quote in a comment, and a backslash at the end of a line joins the next line to it, in a comment
too. So the file is read as the standard defines it, in two steps: first lines are joined, then the
text is cut into tokens.

>>> for token in tokens('#define TWO \\\n 2\ns = "/*"; // text \\\nmore\n'):
...     print(token.kind, token.text, (token.first, token.column), token.last)
directive #define TWO  2 (1, 0) 2
name s (3, 0) 3
sign = (3, 2) 3
literal "/*" (3, 4) 3
sign ; (3, 8) 3
comment // text more (3, 10) 4

A line of the preprocessor is one token, whatever stands on it. A string or a comment without an
end is a `SyntaxError` with the line on which it begins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from ..sections import numbered

# Of a number only the extent matters: C23 puts quotes between digits.
SCAN = re.compile(
    r"""
      (?P<comment> //[^\n]* | /\* (?: .*? \*/ | (?P<endless> .* ) ) )
    | (?P<literal>
        (?: u8 | [uUL] )? R" (?P<mark> [^()\\\s"]{0,16} ) \( .*? \) (?P=mark) "
      | (?P<quote> ["'] ) (?: \\. | (?!(?P=quote)) [^\\\n] )* (?: (?P=quote) | (?P<open>) ) )
    | (?P<name> operator \s* (?: \(\s*\) | \[\s*\] | [-+*/%^&|~!=<>,]+ ) (?=\s*\() | [^\W\d]\w* )
    | (?P<number> \.?\d (?: [eEpP][+-] | '\w | [\w.] )* )
    | (?P<newline> \n )
    | (?P<sign> -> | :: | \S )
    """,
    re.VERBOSE | re.DOTALL,
)
# What follows these words is text, and may have an apostrophe in it.
FREE = re.compile(r"#\s*(?:error|warning)\b")


class Token(NamedTuple):
    """Where it begins, the line on which it ends, and of a comment, whether it has its lines for
    itself."""

    kind: str
    text: str
    first: int
    column: int
    last: int
    alone: bool


@lru_cache(maxsize=64)
def tokens(text: str) -> tuple[Token, ...]:
    return tuple(_directives(Joined(text)))


def within_strings(text: str) -> set[int]:
    """The lines that begin within a string: a raw one, or one that a backslash continues."""
    literals = [token for token in tokens(text) if token.kind == "literal"]
    return {n for token in literals for n in range(token.first + 1, token.last + 1)}


class Joined:
    """A text whose lines are joined where they end in a backslash."""

    def __init__(self, text: str):
        lines = numbered(text)[1][1:]
        pieces = [line[:-1] if line.endswith("\\") else f"{line}\n" for line in lines]
        # Where each line begins, and which are joined to the one above.
        self.starts = [*accumulate(map(len, pieces[:-1]), initial=0)]
        self.joined = {n for n, line in enumerate(lines, 2) if line.endswith("\\")}
        # There is always a last line, and it ends.
        self.text = "".join([*pieces, "\n"])

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def token(self, kind: str, start: int, end: int) -> Token:
        first, text = self.line(start), self.text[start:end]
        column = start - self.starts[first - 1]
        alone = kind == "comment" and self._is_alone(start, end)
        return Token(kind, text, first, column, self.line(end - 1), alone)

    def _is_alone(self, start: int, end: int) -> bool:
        top = self.text.rfind("\n", 0, start) + 1
        rest = self.text[top:start] + self.text[end : self.text.find("\n", end)]
        return not rest.strip() and self.line(start) not in self.joined


def _directives(joined: Joined) -> Iterator[Token]:
    """All tokens, with those of each line of the preprocessor put together."""
    fresh, hash_at, at, branches = True, -1, 0, _Branches()
    while found := SCAN.search(joined.text, at):
        kind, start, at = found.lastgroup or "", found.start(), found.end()
        if kind == "newline":
            if hash_at >= 0:
                token = joined.token("directive", hash_at, start)
                yield token
                at = branches.skip(token.text, joined.text, at)
            fresh, hash_at = True, -1
            continue
        _refuse_endless(found, joined, hash_at)
        if fresh and found[0] == "#":
            hash_at = start
        elif hash_at < 0:
            yield joined.token(kind, start, at)
        fresh = fresh and kind == "comment"


# ## What is left out
#
# Behind `#if 0` may stand anything, such as half of a string. It is passed over up to the next
# branch.
_NEVER = re.compile(r"#\s*(?:el)?if\s*\(?\s*(?:0[uUlL]*|false)\s*\)?\s*(?:&&|/[/*]|$)")
_ALWAYS = re.compile(r"#\s*if\s*\(?\s*(?:1[uUlL]*|true)\s*\)?\s*(?:\|\||/[/*]|$)")
_BRANCH = re.compile(r"^[ \t]*#\s*(if|el|endif)", re.MULTILINE)


class _Branches:
    """The branches that are open, each with whether one of them is always taken."""

    def __init__(self) -> None:
        self.taken: list[bool] = []

    def skip(self, directive: str, text: str, at: int) -> int:
        """Where the text goes on, below a line of the preprocessor that ends at `at`."""
        word = "".join(re.findall(r"[a-z]+", directive)[:1])
        never = bool(_NEVER.match(directive))
        if word.startswith("if"):
            self.taken.append(bool(_ALWAYS.match(directive)))
        elif word.startswith("el"):
            never |= self.taken[-1:] == [True]
        elif word == "endif" and self.taken:
            self.taken.pop()
        return _branch_after(text, at) if never else at


def _branch_after(text: str, at: int) -> int:
    depth = 0
    for found in _BRANCH.finditer(text, at):
        if depth == 0 and found[1] != "if":
            return found.start()
        depth += {"if": 1, "endif": -1}.get(found[1], 0)
    return len(text)


def _refuse_endless(found: re.Match[str], joined: Joined, hash_at: int) -> None:
    free = hash_at >= 0 and FREE.match(joined.text, hash_at)
    if found["endless"] is not None:
        message = "this comment is never closed"
    elif found["open"] is not None and not free:
        kind = "string" if found["quote"] == '"' else "character"
        message = f"this {kind} is never closed"
    else:
        return
    first = joined.line(found.start())
    column = found.start() - joined.starts[first - 1] + 1
    raise SyntaxError(message, (None, first, column, None))

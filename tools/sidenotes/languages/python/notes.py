r"""
# From a Python file to sections

An annotated page shows a file in two columns: notes, and the code that they are about.
This module cuts the file into *sections*, each with one note and the code that belongs to it.

**The law.** Every line of the file belongs to exactly one section. The raw lines of all sections,
joined, give the file back byte for byte. So a page can neither lose a line nor show one twice, and
the line numbers on it are the file's own. [`sections.py`](../sections.py), which other languages
use, too, cuts the file so that it holds.

>>> text = "# Half of it.\n\nh = x / 2  # exact\n\ndef f(x):\n    '''Twice.'''\n    return 2 * x\n"
>>> for section in parse(text, "demo"):
...     print(section.first, section.last, section.name, section.kind, section.note, section.code)
1 4 demo.h comment Half of it. (3,)
5 7 demo.f function Twice. (5, 7)

## The rules

1. `tokenize` finds the comments and `ast` the docstrings. No line is matched against a pattern, so
   a `#` or a triple quote inside a string is part of the string and nothing else.
2. A docstring is the note of its module, class or function. The section begins where the
   definition does, at its first decorator; the module begins at its first line. What stands above
   the docstring is code, comments included.
3. A docstring stays code if anything else stands on its lines, even a comment, if it is in
   brackets, or if it is put together from several literals.
4. Comments on lines of their own are a note for the code below them. Comments that begin in the
   same column, with nothing but blank lines between, are one note; a blank line parts paragraphs.
5. A comment stays code if it stands behind code or inside brackets, where a note would tear the
   statement apart; if it begins with `##`, which is the way to keep it there; or if it is for a
   program: the `#!` line, the encoding, and what [`directives.py`](../directives.py) lists.
6. A section ends where the next begins, and never crosses the end of a definition with notes in
   it, nor its beginning unless its own note stands straight above. What is left over is a section
   without a note. Comments below the last statement of a definition belong to it if they are
   indented deeper than its `def` or `class`.
7. The lines of a section that are not its note's are its code, less the blank ones at either end.
   A comment or a docstring without text is code.
8. The text of a note is what its author meant: `\beta` is not a backspace and `eta`, raw string
   or not. In a docstring that is not raw, a doubled backslash is one, see
   [`docstrings.py`](docstrings.py). Indentation is removed as `inspect.cleandoc` does. The colon
   of a comment that begins with `#:` is a mark.
9. The name of a section, its anchor on the page, does not change when lines move. The section of a
   docstring is named after the definition. Any other is named after the definition around it and
   the first identifier of its code or, if it has none, after the definition below it and `above`.
   Where two would have the same name, the second gets a `-2`.
10. Lines end with `\n`, `\r\n` or `\r`, as they do for Python. `str.splitlines` would also end them
    at a form feed.

Notes beside code are docco's idea; a grammar as numbered rules above its parser is Literate.jl's.
"""

from __future__ import annotations

import ast
import keyword
import tokenize
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from ..directives import directives
from ..sections import Note, Scope, Section, build, comment_groups, numbered, tidy
from . import syntax
from .docstrings import docstring
from .syntax import Definition, walk

LAYOUT = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def parse(text: str, name: str) -> list[Section]:
    """Cut the text of a module into sections. `name` is the first part of each section's name."""
    _, lines = numbered(text)
    found, tokens = scopes(text, name), scan(text)
    notes = [*docstring_notes(found, tokens), *comment_notes(found, tokens, lines)]
    return build(notes, found, tokens.statements, text)


def scopes(text: str, name: str) -> list[Scope]:
    """The module and the definitions in it; `name` is the first part of each name."""
    # The parser comes first: it says better than the tokenizer what is wrong with a file.
    tree = syntax.syntax(text)
    _, lines = numbered(text)
    return list(find_scopes(tree, name, scan(text), lines))


def within_strings(text: str) -> set[int]:
    """The lines that begin within a string. The indentation of a docstring is not part of it."""
    docstrings = {scope.docstring for scope in scopes(text, "")}
    literals = syntax.literals(text)
    return {n for lines in literals if lines[0] not in docstrings for n in lines[1:]}


class Tokens(NamedTuple):
    """What the tokenizer sees and the syntax tree does not."""

    # Comments with nothing before them on their line and no statement open: line -> column.
    comments: dict[int, int]
    # Statements that are one string and alone on their lines: first line -> last line and source.
    strings: dict[int, tuple[int, str]]
    # Where a statement begins, or a clause such as `else:` -> an identifier to name it by.
    statements: dict[int, str]


def scan(text: str) -> Tokens:
    tokens = Tokens({}, {}, {})
    statement: list[tokenize.TokenInfo] = []
    for token in syntax.tokens(text):
        if token.type == tokenize.COMMENT and not statement:
            tokens.comments[token.start[0]] = token.start[1]
        elif token.type == tokenize.NEWLINE and statement:
            first, last = statement[0].start[0], token.start[0]
            tokens.statements[first] = identifier(statement)
            # A backslash after the string would put the end of the statement on a later line.
            lone = len(statement) == 1 and statement[0].end[0] == last
            if lone and statement[0].type == tokenize.STRING:
                tokens.strings[first] = (last, statement[0].string)
            statement = []
        elif token.type not in LAYOUT:
            statement.append(token)
    return tokens


def identifier(statement: list[tokenize.TokenInfo]) -> str:
    """`m` for `m = …`, `beta1` for `self.beta1 = …`, `rho` for `if rho > 5:`, `return` for that."""
    names = [token.string for token in statement if token.type == tokenize.NAME]
    silent = {"self", *keyword.kwlist} - {"return"}
    telling = [name for name in names if name not in silent]
    return next(iter(telling + names), "")


def find_scopes(tree: ast.Module, name: str, tokens: Tokens, lines: list[str]) -> Iterator[Scope]:
    """All scopes in the order of the file, so that an outer one comes before those in it."""
    begins = list(tokens.statements)
    for qualified, node in walk(tree, name):
        if isinstance(node, ast.Module):
            yield Scope(name, "module", 1, len(lines) - 1, docstring_line(node, tokens))
        elif isinstance(node, Definition):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            # The tree has the line of the decorator's expression; its `@(` may stand above.
            top = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            first = begins[bisect_right(begins, top) - 1]
            last = last_line(node, tokens, lines)
            yield Scope(qualified, kind, first, last, docstring_line(node, tokens))


def docstring_line(node: ast.Module | Definition, tokens: Tokens) -> int:
    line = node.body[0].lineno if ast.get_docstring(node, clean=False) else 0
    return line if line in tokens.strings else 0


def last_line(node: Definition, tokens: Tokens, lines: list[str]) -> int:
    last = node.end_lineno or node.lineno
    for n in range(last + 1, len(lines)):
        if tokens.comments.get(n, -1) > node.col_offset:
            last = n
        elif lines[n].strip():
            break
    return last


def docstring_notes(scopes: list[Scope], tokens: Tokens) -> Iterator[Note]:
    for scope in scopes:
        if scope.docstring:
            last, literal = tokens.strings[scope.docstring]
            text, first = docstring(literal, scope.docstring)
            if text:
                lines = range(scope.docstring, last + 1)
                yield Note(scope.first, scope.kind, scope.name, lines, text, first)


def comment_notes(scopes: list[Scope], tokens: Tokens, lines: list[str]) -> Iterator[Note]:
    headers = {n for scope in scopes for n in range(scope.first, scope.docstring)}
    texts = {n: lines[n].lstrip()[1:] for n in tokens.comments}
    kept = headers | directives(texts, min(texts, default=0))
    comments = {
        n: column
        for n, column in tokens.comments.items()
        if n not in kept and not stays_code(lines[n].strip(), n)
    }
    for group in comment_groups(comments, lines):
        # The colon of `#:` says that the comment documents a value.
        spoken = (texts.get(n, "").removeprefix(":") for n in group)
        # `cleandoc` measures the indentation from the second line on, so the first is an empty one.
        text, first = tidy("\n".join(["", *spoken]), group.start - 1)
        if text:
            yield Note(group.start, "comment", lines=group, text=text, text_first=first)


def stays_code(comment: str, line: int) -> bool:
    shebang = line == 1 and comment.startswith("#!")
    encoding = line <= 2 and ("coding:" in comment or "coding=" in comment)
    return comment.startswith("##") or shebang or encoding

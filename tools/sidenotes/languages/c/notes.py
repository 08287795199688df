r"""
# From a C file to sections

What [`notes.py`](../python/notes.py) does for Python, this module does for C: it finds the notes in
a file and the definitions that they belong to. [`sections.py`](../sections.py) does the rest, and
keeps the law: every line belongs to exactly one section, and the sections joined are the file.

>>> text = "// Half.\n\nh = x / 2;  // exact\n\n/* Twice. */\nint f(int x) { return 2 * x; }\n"
>>> for section in parse(text, "demo.c"):
...     print(section.first, section.last, section.name, section.kind, section.note, section.code)
1 4 demo.c.h comment Half. (3,)
5 6 demo.c.f function Twice. (6,)

## The rules

1. [`tokens.py`](tokens.py) finds the comments. What looks like one in a string is part of the
   string, and a line that ends in a backslash goes on in the next.
2. The first comment of the file, if it is a `/* … */`, is the note of the file. `//` comments and
   those that stay code may stand above it; they are code.
3. Comments on lines of their own are a note for the code below them. A `/* … */` is a note for
   itself. Comments with `//` that begin in the same column, with nothing but blank lines between,
   are one note; a blank line parts paragraphs.
4. A comment stays code if anything else stands on its lines, even another comment; if a statement
   is open, for a note would tear it apart: inside of brackets, of the braces around a list of
   values, or between `if (…)` and what it guards; if it begins with `///`, `/**`, `//!` or
   `/*!`, as those for Doxygen do; or if it is for a program, see
   [`directives.py`](../directives.py).
5. Definitions are functions with a body, macros with parameters, and the `struct`, `union`, `enum`
   and `class` types with a body and a name, all at the top of the file (`extern "C"` and a
   `namespace` do not count), and the methods in a class. A `#pragma` straight above a statement is
   part of it.
6. A note straight above a definition, or with blank lines between, is the definition's, and its
   section begins with the note. A section ends where the next begins, and never crosses the end of
   a definition with notes in it, nor its beginning. What is left over is a section without a note.
7. The lines of a section that are not its note's are its code, less the blank ones at either end.
   A comment without text is code, and so are all lines of the preprocessor.
8. The text of a note is what the source says, less its marks and its indentation. If each line of
   a `/* … */` but the first begins with a star, the stars are marks. A backslash that ends a line
   of a `//` comment is one, too, but it is text where the next line has a `//` of its own: then it
   ends the row of a formula.
9. The name of a section is its anchor on the page. The definition's own section is named after it,
   any other after the definition around it and the variable, the function or the macro that its
   code begins with. Where two would have the same name, the second gets a `-2`.
10. Where `#if` has other branches, each is read as if the ones before it were not there. What
    `#if 0` leaves out is code, whatever it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path

from ..directives import directives
from ..sections import Note, Scope, Section, build, comment_groups, decode, filled, numbered, tidy
from .statements import outline
from .tokens import Token, tokens


def parse(text: str, name: str) -> list[Section]:
    """Cut the text of a file into sections. `name` is the first part of each section's name."""
    _, lines = numbered(text)
    found = outline(text)
    notes = list(_notes(text, name, found.comments, lines))
    around = list(_scopes(text, name, notes))
    # Of two definitions that begin on one line, the first has the note.
    owners = {scope.first: scope for scope in reversed(around[1:])}
    for i, note in enumerate(notes):
        if not note.name and (owner := owners.get(note.start)):
            notes[i] = note._replace(kind=owner.kind, name=owner.name)
    return build(notes, around, found.statements, text)


def scopes(text: str, name: str) -> list[Scope]:
    """The file and the definitions in it, each with the note above it."""
    _, lines = numbered(text)
    return list(_scopes(text, name, _notes(text, name, outline(text).comments, lines)))


def _scopes(text: str, name: str, notes: Iterable[Note]) -> Iterator[Scope]:
    _, lines = numbered(text)
    above = {filled(note.lines.stop, lines): note.start for note in notes if not note.name}
    yield Scope(name, "module", 1, len(lines) - 1)
    # A class comes before its methods.
    for d in sorted(outline(text).definitions, key=lambda d: (d.first, -d.last)):
        yield Scope(f"{name}.{d.name}", d.kind, above.get(d.first, d.first), d.last)


def decode_file(path: str | os.PathLike[str]) -> str:
    """The text of a file with its own line ends. C files do not say in which encoding they are."""
    return decode(Path(path).read_bytes(), "utf-8", str(path))


def definitions(text: str, name: str) -> dict[str, int]:
    """Qualified name -> the line on which the definition begins, the first if there are several."""
    found = [(f"{name}.{d.name}", d.first) for d in outline(text).definitions]
    return dict(reversed(found))


def _notes(text: str, name: str, comments: list[Token], lines: list[str]) -> Iterator[Note]:
    kept = directives({c.first: c.text[2:].removesuffix("*/") for c in comments})
    comments = [c for c in comments if c.first not in kept and not _stays_code(c, lines)]
    essay = _essay(tokens(text), comments)
    comments = [c for c in comments if not essay or c.first >= essay.first]
    blocks = [c for c in comments if _is_block(c)]
    for block in blocks:
        note, first = tidy(_unmarked(lines[block.first : block.last + 1]), block.first)
        if note:
            start, kind = (1, "module") if block == essay else (block.first, "comment")
            own = name if block == essay else ""
            yield Note(start, kind, own, range(block.first, block.last + 1), note, first)
    columns = {n: c.column for c in comments if not _is_block(c) for n in _lines(c)}
    for group in comment_groups(columns, lines):
        # The first line is empty, since `cleandoc` measures the indentation from the second on.
        spoken = ["", *(_spoken(n, lines) for n in group)]
        note, first = tidy("\n".join(spoken), group.start - 1)
        if note:
            yield Note(group.start, "comment", "", group, note, first)


def _essay(tokens: Iterable[Token], notes: list[Token]) -> Token | None:
    """The comment that opens the file."""
    top = takewhile(lambda token: token.kind == "comment", tokens)
    return next((token for token in top if _is_block(token) and token in notes), None)


def _is_block(comment: Token) -> bool:
    return comment.text.startswith("/*")


def _lines(comment: Token) -> range:
    return range(comment.first, comment.last + 1)


def _stays_code(comment: Token, lines: list[str]) -> bool:
    escaped = comment.text.startswith(("///", "/**", "//!", "/*!"))
    # A joined line may part even the `*` and the `/`.
    first, last = lines[comment.first].strip(), lines[comment.last].strip()
    whole = (
        first.startswith("/*") and last.endswith("*/") if _is_block(comment) else first[:2] == "//"
    )
    return escaped or not whole


def _unmarked(lines: list[str]) -> str:
    """The text of a block comment."""
    text = "\n".join(lines).strip()[2:-2]
    first, *rest = text.split("\n")
    starred = rest if not rest or rest[-1].strip() else rest[:-1]
    if starred and all(line.lstrip().startswith("*") for line in starred):
        rest = [line.lstrip()[1:] for line in rest]
    return "\n".join([first, *rest]).rstrip()


def _spoken(n: int, lines: list[str]) -> str:
    """The text on a line of a `//` comment."""
    line, below = lines[n].lstrip(), "".join(lines[n + 1 : n + 2]).lstrip()
    if line.endswith("\\") and not below.startswith("//"):
        line = line[:-1].rstrip()
    # Where a joined line begins means nothing.
    return line[2:] if line.startswith("//") else f" {line}"

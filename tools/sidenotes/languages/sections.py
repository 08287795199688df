r"""
# Sections, whatever the language

A reader of a language finds two things in a file: its *notes*, and its *scopes*, which are the file
itself and the definitions in it. From here on all languages are alike. This module cuts the file
into sections, each one note and the code below it, and names them.

**The law.** Every line of the file belongs to exactly one section. The raw lines of all sections,
joined, give the file back byte for byte. It holds by construction: a section reaches from where it
starts to where the next one does, and the first starts at line 1.

What makes a note and what a scope are rules of the language: see [Python's](python/notes.py) and
[C's](c/notes.py).
"""

from __future__ import annotations

import inspect
import io
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Section:
    """One note and its code. Lines are numbered from 1, as in the file; `last` is included."""

    name: str
    # Where the note comes from: `module`, `class`, `function`, `comment`; `code` if there is none.
    kind: str
    first: int
    last: int
    # Markdown. Its lines are parted by `\n` alone: number `i`, from 0, is line `note_first + i`.
    note: str
    note_first: int
    # The lines that stand in the code column.
    code: tuple[int, ...]
    # All lines, with their ends.
    raw: tuple[str, ...]


class Scope(NamedTuple):
    """The file, or a definition in it, with the lines that belong to it."""

    name: str
    kind: str
    first: int
    last: int
    # In Python, the line on which its docstring begins; 0 if it has none that can be a note.
    docstring: int = 0


class Note(NamedTuple):
    """A note, the line where its section begins, the lines it takes up, and those of its text."""

    start: int
    kind: str
    # The name of the definition whose own note it is.
    name: str = ""
    lines: range = range(0)
    text: str = ""
    text_first: int = 0


# ## Lines


def decode(data: bytes, encoding: str, path: str) -> str:
    """The text with its own line ends; where it has none, a `SyntaxError` names file and line."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(data[: error.end].splitlines())
        raise SyntaxError(str(error), (path, line, None, None)) from error


def numbered(text: str) -> tuple[tuple[str, ...], list[str]]:
    """The raw lines, and the lines without their ends. `lines[n]` is line `n`: there is no 0."""
    # `str.splitlines` would also end a line at a form feed.
    raw = tuple(io.StringIO(text, newline=""))
    return raw, ["", *(line.rstrip("\r\n").removeprefix(BYTE_ORDER_MARK) for line in raw)]


def is_blank(lines: Sequence[str]) -> bool:
    return not any(map(str.strip, lines))


def filled(n: int, lines: Sequence[str]) -> int:
    """The first line from `n` on that is not blank, or 0."""
    return next((k for k in range(n, len(lines)) if lines[k].strip()), 0)


def trim(numbers: list[int], lines: Sequence[str]) -> tuple[int, ...]:
    some = [n for n in numbers if lines[n].strip()]
    return tuple(n for n in numbers if some[0] <= n <= some[-1]) if some else ()


def loose_blanks(section: Section) -> set[int]:
    """The blank lines of a section that are neither within its note nor within its code."""
    blank = {n for n, line in enumerate(section.raw, section.first) if not line.strip()}
    note = set(range(section.first, section.last + 1)) - blank - set(section.code)
    return blank - set(section.code) - set(range(min(note, default=0), max(note, default=0)))


# ## The text of a note


def comment_groups(comments: Mapping[int, int], lines: Sequence[str]) -> list[range]:
    """The lines of each note, out of comments, line -> column: they begin in one column, with only
    blank lines between."""
    found: list[range] = []
    for n, column in comments.items():
        last = found[-1] if found else range(0)
        if last and comments[last.start] == column and is_blank(lines[last.stop : n]):
            found[-1] = range(last.start, n + 1)
        else:
            found.append(range(n, n + 1))
    return found


def tidy(text: str, first: int) -> tuple[str, int]:
    """The text without its indentation and its blank ends, and the line on which it then begins,
    if it began on line `first`."""
    lines = [line if line.strip() else "" for line in text.split("\n")]
    skipped = next((i for i, line in enumerate(lines) if line), 0)
    return inspect.cleandoc("\n".join(lines)), first + skipped


# ## The cut


def build(
    notes: list[Note], scopes: list[Scope], statements: Mapping[int, str], text: str
) -> list[Section]:
    """The sections of a file. The first scope is the file, and an outer one comes before those in
    it; `statements` has an identifier for each line on which a statement begins."""
    raw, lines = numbered(text)
    sections = list(cut(notes, scopes, lines, raw)) if raw else []
    names = anchors(sections, scopes, statements)
    return [replace(section, name=name) for section, name in zip(sections, names, strict=True)]


def cut(
    notes: list[Note], scopes: list[Scope], lines: list[str], raw: tuple[str, ...]
) -> Iterator[Section]:
    starts = {note.start: note for note in notes}
    for line in loose_ends(notes, scopes, lines):
        starts.setdefault(line, Note(line, "code"))
    firsts = sorted(starts)
    # Blank lines at the top belong to whatever comes first.
    for start, (first, end) in zip(firsts, pairwise([1, *firsts[1:], len(lines)]), strict=True):
        _, kind, name, taken, text, text_first = starts[start]
        code = trim([n for n in range(first, end) if n not in taken], lines)
        own = raw[first - 1 : end - 1]
        yield Section(name, kind, first, end - 1, text, text_first, code, own)


def loose_ends(notes: list[Note], scopes: list[Scope], lines: list[str]) -> set[int]:
    """Where code begins that belongs to no note above: at the top of the file, at the first line of
    every definition with notes in it, and below its last."""
    starts = sorted(note.start for note in notes)
    found = {0 if starts and is_blank(lines[: starts[0]]) else 1}
    spoken_of = {filled(note.lines.stop, lines) for note in notes if note.kind == "comment"}
    for scope in scopes[1:]:
        if bisect_left(starts, scope.first) < bisect_right(starts, scope.last):
            found |= {scope.first} - spoken_of | {filled(scope.last + 1, lines)}
    return found - {0}


# ## The names


def anchors(
    sections: list[Section], scopes: list[Scope], statements: Mapping[int, str]
) -> list[str]:
    defined = {scope.first: scope.name for scope in scopes[1:]}
    around: dict[int, str] = {}
    for scope in scopes:
        around.update(dict.fromkeys(range(scope.first, scope.last + 1), scope.name))
    names = [
        section.name or anchor(section, around[section.first], defined, statements)
        for section in sections
    ]
    # Where a definition and a comment would have the same name, the definition gets it.
    taken: Counter[str] = Counter()
    for i in sorted(range(len(names)), key=lambda i: not sections[i].name):
        taken[names[i]] += 1
        if taken[names[i]] > 1:
            names[i] += f"-{taken[names[i]]}"
    return names


def anchor(
    section: Section, scope: str, defined: Mapping[int, str], statements: Mapping[int, str]
) -> str:
    """The name of a section that begins in `scope` and has none from a definition."""
    first = next((n for n in section.code if n in statements), 0)
    if first:
        return defined.get(first, f"{scope}.{statements[first] or section.kind}")
    below = defined.get(section.last + 1, "")
    return f"{below}.above" if below.rpartition(".")[0] == scope else f"{scope}.{section.kind}"

r"""
# From a Python file to sections

An annotated page shows a file in two columns: what its author says, and the code this is said of.
This module cuts the file into *sections*, each with one note and the code that belongs to it.

**The law.** Every line of the file belongs to exactly one section. The raw lines of all sections,
joined, give the file back byte for byte. So a page can neither lose a line nor show one twice, and
the line numbers on it are the file's own.

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
   statement apart; if it begins with `##`, which is the way to keep it there; or if it speaks to a
   program: the `#!` line, the encoding, and the words `type`, `noqa`, `fmt`, `ruff`, `pragma` and
   `mypy`, alone or before a colon.
6. A section ends where the next begins, and never crosses the end of a definition with notes in
   it, nor its beginning unless its own note stands straight above. What is left over is a section
   without a note. Comments below the last statement of a definition belong to it if they are
   indented deeper than its `def` or `class`.
7. The lines of a section that are not its note's are its code, less the blank ones at either end.
   A note without text is no note: its lines are code.
8. The text of a note is what the source says, not what Python makes of it: `\beta` is not a
   backspace and `eta`, raw string or not. Indentation is removed as `inspect.cleandoc` does.
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
import inspect
import io
import keyword
import os
import tokenize
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import resolve_name
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Block = ast.stmt | ast.excepthandler | ast.match_case
LAYOUT = {tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
DIRECTIVES = {"type", "noqa", "fmt", "ruff", "pragma", "mypy"}
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


def parse(text: str, name: str) -> list[Section]:
    """Cut the text of a module into sections. `name` is the first part of each section's name."""
    tree = syntax(text)
    raw = tuple(io.StringIO(text, newline=""))
    # `lines[n]` is line `n`: there is no line 0.
    lines = ["", *(line.rstrip("\r\n").removeprefix(BYTE_ORDER_MARK) for line in raw)]
    tokens = scan(lines)
    scopes = list(find_scopes(tree, name, tokens, lines))
    notes = [*docstring_notes(scopes, tokens), *comment_notes(scopes, tokens, lines)]
    sections = list(cut(notes, scopes, lines, raw)) if raw else []
    names = anchors(sections, scopes, tokens)
    return [replace(section, name=name) for section, name in zip(sections, names, strict=True)]


# The tree of a text is asked for again and again; nobody may change it.
@lru_cache(maxsize=256)
def syntax(text: str) -> ast.Module:
    return ast.parse(text.removeprefix(BYTE_ORDER_MARK))


class Tokens(NamedTuple):
    """What the tokenizer sees and the syntax tree does not."""

    # Comments with nothing before them on their line and no statement open: line -> column.
    comments: dict[int, int]
    # Statements that are one string and alone on their lines: first line -> last line and source.
    strings: dict[int, tuple[int, str]]
    # Where a statement begins, or a clause such as `else:` -> an identifier to name it by.
    statements: dict[int, str]


def scan(lines: list[str]) -> Tokens:
    tokens = Tokens({}, {}, {})
    statement: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens((line + "\n" for line in lines[1:]).__next__):
        if token.type == tokenize.COMMENT and not statement:
            tokens.comments[token.start[0]] = token.start[1]
        elif token.type == tokenize.NEWLINE and statement:
            first, last = statement[0].start[0], token.start[0]
            tokens.statements[first] = identifier(statement)
            # A backslash behind the string would put the end of the statement on a later line.
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


class Scope(NamedTuple):
    """The module, or a definition in it, with the lines that belong to it."""

    name: str
    kind: str
    first: int
    last: int
    # The line on which its docstring begins; 0 if it has none that can be a note.
    docstring: int


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


def walk(tree: ast.Module, name: str) -> Iterator[tuple[str, ast.AST]]:
    """The module and all statements, in the order of the file. With each comes a qualified name:
    its own or, if it defines nothing, that of the scope it stands in."""
    # Not recursive: every `elif` is nested in the one before it, deeper than calls may go.
    stack: list[tuple[str, ast.AST]] = [(name, tree)]
    while stack:
        scope, node = stack.pop()
        yield scope, node
        for child in reversed([*ast.iter_child_nodes(node)]):
            if isinstance(child, Definition):
                stack.append((f"{scope}.{child.name}", child))
            elif isinstance(child, Block):
                stack.append((scope, child))


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


class Note(NamedTuple):
    """A note, the line where its section begins, the lines it takes up, and those of its text."""

    start: int
    kind: str
    # The name of the definition whose docstring it is.
    name: str = ""
    lines: range = range(0)
    text: str = ""
    text_first: int = 0


def docstring_notes(scopes: list[Scope], tokens: Tokens) -> Iterator[Note]:
    for scope in scopes:
        if scope.docstring:
            last, literal = tokens.strings[scope.docstring]
            text, first = tidy(unquoted(literal), scope.docstring)
            if text:
                lines = range(scope.docstring, last + 1)
                yield Note(scope.first, scope.kind, scope.name, lines, text, first)


def unquoted(literal: str) -> str:
    quoted = literal.lstrip("rRuU")
    width = 3 if quoted.startswith(('"""', "'''")) else 1
    text = quoted[width:-width]
    # A backslash behind the opening quotes only moves the text to the next line.
    return text[1:] if text.startswith("\\\n") and literal[0] not in "rR" else text


def tidy(text: str, first: int) -> tuple[str, int]:
    """The text without its indentation and its blank ends, and the line on which it then begins,
    if it began on line `first`."""
    lines = [line if line.strip() else "" for line in text.split("\n")]
    skipped = next((i for i, line in enumerate(lines) if line), 0)
    return inspect.cleandoc("\n".join(lines)), first + skipped


def comment_notes(scopes: list[Scope], tokens: Tokens, lines: list[str]) -> Iterator[Note]:
    headers = {n for scope in scopes for n in range(scope.first, scope.docstring)}
    comments = {
        n: column
        for n, column in tokens.comments.items()
        if n not in headers and not stays_code(lines[n].strip(), n)
    }
    for run in runs(comments, lines):
        # `cleandoc` measures the indentation from the second line on, so the first is an empty one.
        marked = (lines[n].lstrip() for n in run)
        text, first = tidy("\n".join(["", *(line[1:] for line in marked)]), run.start - 1)
        if text:
            yield Note(run.start, "comment", lines=run, text=text, text_first=first)


def stays_code(comment: str, line: int) -> bool:
    word = comment[1:].partition(":")[0].strip()
    shebang = line == 1 and comment.startswith("#!")
    encoding = line <= 2 and ("coding:" in comment or "coding=" in comment)
    return comment.startswith("##") or word in DIRECTIVES or shebang or encoding


def runs(comments: dict[int, int], lines: list[str]) -> list[range]:
    found: list[range] = []
    for n, column in comments.items():
        last = found[-1] if found else range(0)
        if last and comments[last.start] == column and is_blank(lines[last.stop : n]):
            found[-1] = range(last.start, n + 1)
        else:
            found.append(range(n, n + 1))
    return found


def is_blank(lines: list[str]) -> bool:
    return not any(map(str.strip, lines))


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
    """Where code begins that no note above speaks of: at the top of the file, and at the first line
    of every definition with notes in it, and below its last."""
    starts = sorted(note.start for note in notes)
    found = {0 if starts and is_blank(lines[: starts[0]]) else 1}
    spoken_of = {filled(note.lines.stop, lines) for note in notes if note.kind == "comment"}
    for scope in scopes[1:]:
        if bisect_left(starts, scope.first) < bisect_right(starts, scope.last):
            found |= {scope.first} - spoken_of | {filled(scope.last + 1, lines)}
    return found - {0}


def filled(n: int, lines: list[str]) -> int:
    """The first line from `n` on that is not blank, or 0."""
    return next((k for k in range(n, len(lines)) if lines[k].strip()), 0)


def trim(numbers: list[int], lines: list[str]) -> tuple[int, ...]:
    some = [n for n in numbers if lines[n].strip()]
    return tuple(n for n in numbers if some[0] <= n <= some[-1]) if some else ()


def anchors(sections: list[Section], scopes: list[Scope], tokens: Tokens) -> list[str]:
    defined = {scope.first: scope.name for scope in scopes if scope.kind != "module"}
    around: dict[int, str] = {}
    for scope in scopes:
        around.update(dict.fromkeys(range(scope.first, scope.last + 1), scope.name))
    names = [
        section.name or anchor(section, around[section.first], defined, tokens)
        for section in sections
    ]
    # Where a definition and a comment want the same name, the definition gets it.
    taken: Counter[str] = Counter()
    for i in sorted(range(len(names)), key=lambda i: not sections[i].name):
        taken[names[i]] += 1
        if taken[names[i]] > 1:
            names[i] += f"-{taken[names[i]]}"
    return names


def anchor(section: Section, scope: str, defined: dict[int, str], tokens: Tokens) -> str:
    """The name of a section that is not a docstring's and begins in `scope`."""
    first = next((n for n in section.code if n in tokens.statements), 0)
    if first:
        return defined.get(first, f"{scope}.{tokens.statements[first] or section.kind}")
    below = defined.get(section.last + 1, "")
    return f"{below}.above" if below.rpartition(".")[0] == scope else f"{scope}.{section.kind}"


def read(path: str | os.PathLike[str]) -> str:
    """The text of a file, in the encoding that it declares and with its own line ends."""
    data = Path(path).read_bytes()
    encoding, _ = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)
    try:
        # `utf-8-sig` would drop the byte-order mark, and the law with it.
        return data.decode("utf-8" if encoding == "utf-8-sig" else encoding)
    except UnicodeDecodeError as error:
        line = len(data[: error.end].splitlines())
        raise SyntaxError(str(error), (str(path), line, None, None)) from error


def definitions(text: str, name: str) -> dict[str, int]:
    """Qualified name -> line of its `def` or `class`, the first if there are several."""
    found = [
        (q, node.lineno) for q, node in walk(syntax(text), name) if isinstance(node, Definition)
    ]
    return dict(reversed(found))


def imports(text: str, package: str = "") -> dict[str, str]:
    """Local name -> origin, as `Adam` -> `labml_optim.adam.Adam`. Relative imports are resolved
    against `package`, and left out if they lead out of it."""
    depth = package.count(".") + bool(package)
    found: dict[str, str] = {}
    for _, node in walk(syntax(text), ""):
        if isinstance(node, ast.Import):
            for item in node.names:
                whole = item.name if item.asname else item.name.partition(".")[0]
                found[item.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom) and node.level <= depth:
            module = resolve_name("." * node.level + (node.module or ""), package)
            found |= {item.asname or item.name: f"{module}.{item.name}" for item in node.names}
    found.pop("*", None)
    return found

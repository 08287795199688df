r"""
# Notes in a bundle

A link to another file of the project leads nowhere from a single file. It becomes its text, or a
link to the site if its address is given. A figure is left out, with its caption: what that says of
a picture would be said of none. In a bare bundle there are no notes: no comments, and of
each docstring one line.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator

from ..source.examples import docstrings

WIDTH = 100
LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\]\((?P<file>[\w./-]*\.\w+)?(?P<anchor>#[\w.-]+)?\)")
FIGURE = re.compile(r"(?:^[ \t]*\n)?^ */// *figure *\|.*?^ *///[ \t]*\n", re.MULTILINE | re.DOTALL)
DOCTEST = re.compile(r"^ *(>>>|\.\.\.)( |$)")


def without_links(text: str, folder: str, address: str, anchors: bool) -> str:
    """
    The text of a statement with its links changed. `folder` is that of its file, in the project,
    and `anchors` tells whether links within the page are kept.
    """
    lines = text.splitlines(keepends=True)
    for first, last in noted(text):
        block = lines[first - 1 : last]
        plain = "".join(line for line in block if not DOCTEST.match(line))
        if LINK.search(plain):
            joined = LINK.sub(lambda found: _link(found, folder, address, anchors), "".join(block))
            lines[first - 1 : last] = joined.splitlines(keepends=True)
    return "".join(lines)


def without_figures(text: str) -> str:
    r"""
    The text of a statement without the blocks of figures in its docstrings.

    >>> without_figures("'A.\\n'"), FIGURE.sub("", "A.\n\n/// figure | a.py\nB.\n///\n\nC.")
    ("'A.\\n'", 'A.\n\nC.')
    """
    lines = text.splitlines(keepends=True)
    for docstring in reversed(list(docstrings(ast.parse(text).body))):
        first, last = docstring.lineno - 1, docstring.end_lineno or 0
        lines[first:last] = [FIGURE.sub("", "".join(lines[first:last]))]
    return "".join(lines)


def _link(found: re.Match[str], folder: str, address: str, anchors: bool) -> str:
    file, anchor = found["file"] or "", found["anchor"] or ""
    if not file and not anchor:
        return found[0]
    if not file:
        return found[0] if anchors else found["text"]
    parts: list[str] = []
    for part in [*folder.split("/"), *file.split("/")]:
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    target = "/".join(parts)
    return f"[{found['text']}]({address}/{target}{anchor})" if address else found["text"]


def noted(text: str) -> Iterator[tuple[int, int]]:
    """The lines of the docstrings and of the blocks of comments in a text."""
    for docstring in docstrings(ast.parse(text).body):
        yield docstring.lineno, docstring.end_lineno or docstring.lineno
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith("#")]
    strings = [
        n
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        for n in range(node.lineno, (node.end_lineno or 0) + 1)
    ]
    begin = None
    for n in sorted(set(lines) - set(strings)):
        begin = n if begin is None else begin
        if n + 1 not in lines:
            yield begin, n
            begin = None


def bare(text: str) -> str:
    """A statement without comments, and with one line of each docstring."""
    for docstring in reversed(list(docstrings(ast.parse(text).body))):
        lines = text.splitlines(keepends=True)
        first, last = docstring.lineno - 1, docstring.end_lineno or 0
        indent = " " * docstring.col_offset
        behind = lines[last - 1].encode()[docstring.end_col_offset or 0 :].decode()
        lines[first:last] = [f"{indent}{one_line(str(docstring.value), len(indent))}{behind}"]
        text = "".join(lines)
    return _without_comments(text)


def one_line(docstring: str, indent: int = 0) -> str:
    """The heading or the first sentence of a docstring, as a docstring of one line."""
    paragraph = docstring.strip().partition("\n\n")[0]
    if paragraph.startswith("#"):
        words = re.sub(r" *\{#[\w-]+\}$", "", paragraph.splitlines()[0].lstrip("# "))
    else:
        words = re.split(r"(?<=[.!?])\s", " ".join(paragraph.split()))[0]
    words = LINK.sub(lambda found: found["text"], words)
    short = textwrap.shorten(words, WIDTH - indent - 7, placeholder=" …")
    raw = "r" if "\\" in short else ""
    return f'{raw}"""{short.rstrip(chr(34))}"""'


def _without_comments(text: str) -> str:
    lines = text.splitlines()
    inside: set[int] = set()
    dropped: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        (first, column), (last, _) = token.start, token.end
        if token.type == tokenize.COMMENT:
            lines[first - 1] = lines[first - 1][:column].rstrip()
            if not lines[first - 1]:
                dropped.add(first)
        elif last > first:
            inside.update(range(first, last + 1))
    kept: list[str] = []
    for number, line in enumerate(lines, 1):
        if number in dropped:
            continue
        # Where a comment stood between empty lines, one of them is enough.
        if not line and number not in inside and (not kept or not kept[-1]):
            continue
        kept.append(line)
    return "\n".join(kept).rstrip() + "\n"

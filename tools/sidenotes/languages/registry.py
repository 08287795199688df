r"""
# The languages

What the tool must know of a language to show a file in it. The name of the file decides; what
ends in neither `.c` nor `.h` is taken for Python.

Links from a name to its definition exist for Python alone: they need
[`references.py`](python/references.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from pygments.lexer import RegexLexer
from pygments.lexers import CLexer, PythonLexer

from .c import notes as c_notes
from .c import symbols as c_symbols
from .highlight import Mark
from .python import notes, symbols, syntax
from .sections import Section


class Language(NamedTuple):
    # Decodes a file and keeps its line ends; `SyntaxError` if it cannot.
    read: Callable[[Path], str]
    # The sections of a text, under a stem; `SyntaxError` if it is not of the language.
    parse: Callable[[str, str], list[Section]]
    # Qualified names, under a stem, with their lines.
    definitions: Callable[[str, str], dict[str, int]]
    # Tags around the variables that stand for a symbol.
    symbol_marks: Callable[[str, Mapping[str, Sequence[str]]], list[Mark]]
    lexer: type[RegexLexer]


PYTHON = Language(syntax.read, notes.parse, syntax.definitions, symbols.symbol_marks, PythonLexer)
C = Language(c_notes.read, c_notes.parse, c_notes.definitions, c_symbols.symbol_marks, CLexer)
SUFFIXES = {".py": PYTHON, ".c": C, ".h": C}


def language(path: str | Path) -> Language:
    return SUFFIXES.get(PurePath(path).suffix, PYTHON)

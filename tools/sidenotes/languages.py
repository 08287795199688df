r"""
# The languages

What the tool must know of a language to show a file in it. The name of the file decides; what
ends in neither `.c` nor `.h` is taken for Python.

Links from a name to its definition exist for Python alone: they need
[`references.py`](references.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from pygments.lexer import RegexLexer
from pygments.lexers import CLexer, PythonLexer

from . import c_names, c_source, code, source
from .code import Mark
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


def _in_python(text: str, symbols: Mapping[str, Sequence[str]]) -> list[Mark]:
    return code.symbol_marks(source.syntax(text), text, symbols)


PYTHON = Language(source.read, source.parse, source.definitions, _in_python, PythonLexer)
C = Language(c_source.read, c_source.parse, c_source.definitions, c_names.symbol_marks, CLexer)
SUFFIXES = {".py": PYTHON, ".c": C, ".h": C}


def language(path: str | Path) -> Language:
    return SUFFIXES.get(PurePath(path).suffix, PYTHON)

r"""
# The languages

The suffix of a file decides in which language it is. An unknown one is an error with the name of
the file.

To add a language, write its [`Language`](language.py) in a folder or a file of its own, and name it
here. Then its files have pages. To have formulas beside its code checked, also write what finds its
statements, and list that in [`statements/`](../check/statements/__init__.py).
"""

from __future__ import annotations

from pathlib import Path, PurePath

from .c import C
from .language import Language
from .python import PYTHON

__all__ = ["C", "LANGUAGES", "PYTHON", "SUFFIXES", "UnknownLanguage", "language"]

LANGUAGES = (PYTHON, C)
SUFFIXES = {suffix: language for language in LANGUAGES for suffix in language.highlighters}


class UnknownLanguage(ValueError):
    """No language has files with such a name."""


def language(path: str | Path) -> Language:
    suffix = PurePath(path).suffix.lower()
    if suffix not in SUFFIXES:
        what = f"ends in '{suffix}'" if suffix else "has no ending"
        known = ", ".join(sorted(SUFFIXES))
        raise UnknownLanguage(f"'{path}' {what}: no reader for it; there are readers for {known}")
    return SUFFIXES[suffix]

r"""
# What stops a build

A page that is wrong must not be built. Whatever goes wrong raises one error, whose text names the
page, the line on it, the source file and its line where there is one, and the thing itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# MkDocs prints this error of its own as one red line; any other exception it prints with sixty
# lines of traceback. Under Zensical, and without either, a plain exception does.
try:
    from mkdocs.exceptions import BuildError as _Stop
except ImportError:
    _Stop = Exception  # type: ignore[assignment, misc]


class PageError(_Stop):
    """Something on a page, or in a source file that it shows, is wrong."""


def near(wrong: str, known: Iterable[str]) -> str:
    """
    A hint at what may have been meant: `"; did you mean 'only'?"`, or the whole list if it is
    short.
    """
    names = sorted(known)
    close = get_close_matches(wrong, names, n=3, cutoff=0.5)
    if close:
        return "; did you mean " + " or ".join(repr(name) for name in close) + "?"
    return f"; known: {', '.join(names)}" if 0 < len(names) <= 12 else ""

r"""
# Comments for programs

`# noqa` is not a note: readers of a page do not need it, and it only works in its place. So
comments for linters, formatters, type checkers, editors and licence scanners stay code. There are
three kinds:

* a comment that begins with a word such as `noqa` or `pylint`, alone or before a colon;
* a comment with a form of its own: `# %%`, `# region …` in a file that has an `endregion`, a
  modeline of Vim or Emacs;
* a block from one line to another: the [metadata of a script](https://peps.python.org/pep-0723/),
  the header of a notebook, Emacs's local variables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Standalone, or with a colon or a bracket after them.
WORDS = """
    autopep8 basedpyright black clang-format codespell cppcheck-suppress cspell cSpell endregion
    fallthrough FALLTHROUGH FALLTHRU flake8 fmt isort LINTED mypy NOLINT NOLINTBEGIN NOLINTEND
    NOLINTNEXTLINE noqa nosec nosemgrep NOSONAR pragma pylint pyre-fixme pyre-ignore
    pyre-ignore-all-errors pyre-strict pyre-unsafe pyrefly pyright pytype ruff spell-checker
    type yapf
"""
# Only with a colon after them: alone they are words like any other.
WITH_COLON = (
    "bandit clang-tidy cython distutils doctest fixmt IWYU jupytext lint sourcery ty vim vi"
)
FORMS = re.compile(
    rf"""
      (?: {"|".join(map(re.escape, WORDS.split()))} ) (?: \s* [:(\[=] .* )? \Z
    | (?: {"|".join(WITH_COLON.split())} ) \s? : (?! :) .*
    | (?: fmt | isort | pylint | yapf | noqa | nosec | NOSONAR | NOLINT ) [ ]? [:=]? [ ]?
        (?: off | on | skip | skip_file | disable | enable | ignore | [A-Z]{{1,3}}\d+ ) \b .*
    | (?: SPDX | REUSE | LCOV | GCOV | GCOVR ) [-_] \w+ .*
    | type : \s* ignore .*
    | clang-format \s+ (?: on | off ) .*
    | @formatter : .*
    | noinspection \s+ \w+ .*
    | ex: \s* (?: set | se | ts | sw | et ) \b .*
    | -\*- .* -\*-
    | </? editor-fold .* >
    | (?: %% | In\[[\d ]*\]: ) .*
    | \#? endregion \b .*
    """,
    re.VERBOSE,
)
REGION = re.compile(r"#?region\b")
# The first and the last comment of a block; all of one that has no last is text.
BLOCKS = (
    (re.compile(r"/// [\w-]+"), re.compile(r"///")),
    (re.compile(r"Local Variables:"), re.compile(r"End:")),
)
HEADER = re.compile(r"---")


def directives(comments: Mapping[int, str], first: int = 1) -> set[int]:
    """
    The lines whose comments are for a program. `comments` gives the text of each comment, without
    its mark, by its line; `first` is the line on which the header of a notebook may stand.
    """
    texts = {line: text.strip() for line, text in comments.items()}
    regions = any(re.match(r"#?\s*endregion\b", text) for text in texts.values())
    found = {n for n, text in texts.items() if FORMS.fullmatch(text)}
    if regions:
        found |= {n for n, text in texts.items() if REGION.match(text)}
    for begin, end in BLOCKS:
        for n, text in texts.items():
            if n not in found and begin.fullmatch(text):
                found |= _block(texts, n, end)
    if HEADER.fullmatch(texts.get(first, "")) and texts.get(first + 1, "").endswith(":"):
        found |= _block(texts, first, HEADER)
    return found


def _block(texts: Mapping[int, str], first: int, end: re.Pattern[str]) -> set[int]:
    """The lines of a block that begins on line `first`, if it ends among those below it."""
    last = first + 1
    while last in texts and not end.fullmatch(texts[last]):
        last += 1
    return set(range(first, last + 1)) if last in texts else set()

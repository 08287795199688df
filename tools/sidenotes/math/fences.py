r"""
# What Markdown leaves alone

Three parts of the tool must not take an example for the thing itself: the search for formulas, that
for doctests, and that for blocks on the pages. They share this one answer to the question which
lines are a fence, a comment or indented code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

# ## Patterns
#
# A fence closes on a mark that stands alone: ` ```python ` inside of ` ```text ` is text. One that
# is never closed lasts to the end.
FENCE = r"""
      ^[ \t>]* (?P<fence> (?P<mark>[`~]) (?P=mark){2,} ) (?: (?<=`) [^`\n]* | (?<=~) [^\n]* ) $ .*?
        (?: ^[ \t>]* (?P=fence) (?P=mark)* [ \t]* $ | \Z )
"""
COMMENT = r"<!-- .*? -->"
# Code in a line, between any number of backticks, and not over a blank line.
TICKS = r"(?<!`) (?P<ticks>`+) (?!`) (?: (?!\n[ \t]*\n) . )+? (?<!`) (?P=ticks) (?!`)"

_HIDING = re.compile(f"{FENCE} | {COMMENT} | {TICKS}", re.VERBOSE | re.MULTILINE | re.DOTALL)
# What may hold indented text: a list item, an admonition or a tab, a definition, a footnote.
_HOLDER = re.compile(r"\s*(?:(?:[-+*:]|\d+[.)])\s|!!!|\?\?\?|===|\[\^)")


def hidden(text: str) -> set[int]:
    """The lines of fences, their marks included, and of comments; the first line is 0."""
    found: set[int] = set()
    for match in _HIDING.finditer(text):
        if not match["ticks"]:
            first = text.count("\n", 0, match.start())
            found.update(range(first, first + match[0].count("\n") + 1))
    return found


# ## Code that is marked by its indentation
#
# Four columns after a blank line make code, counted from where the text of the list item around
# begins.
def indented(text: str) -> set[int]:
    """The lines of indented code; the first line is 0."""
    skip, code = hidden(text), set()
    columns, blank = [0], True
    for number, line in enumerate(text.split("\n")):
        margin = len(line) - len(line.lstrip())
        if not line.strip() or number in skip:
            blank = not line.strip()
            continue
        holder = _HOLDER.match(line)
        # A line straight below a list item belongs to it, wherever it begins.
        while (blank or holder) and margin < columns[-1]:
            columns.pop()
        if margin >= columns[-1] + 4 and (blank or number - 1 in code):
            code.add(number)
        elif holder:
            columns.append(margin // 4 * 4 + 4)
        blank = False
    return code


def passages(text: str) -> Iterator[tuple[int, int]]:
    """Where the text between the indented code begins and ends."""
    code, start = indented(text), 0
    lines = enumerate(text.split("\n"))
    for is_code, group in groupby(lines, key=lambda line: line[0] in code):
        end = start + sum(len(line) + 1 for _, line in group)
        if not is_code:
            yield start, min(end, len(text))
        start = end

r"""
# Finding formulas in Markdown

Maths stands between dollars: `$…$` in a line, `$$…$$` as a display of its own. This file finds it,
hands each formula to a function, and puts what comes back in its place. The usual extension misses
a display without a blank line above it and has no idea of doctests, so we look ourselves, with one
scan over the text.

These are passed over, in this order:

1. code that is marked by its indentation, see [`fences.py`](fences.py);
2. fenced code, with ` ``` ` or `~~~`; a fence that is never closed lasts to the end;
3. doctests: from a line with `>>>` to the next blank line;
4. HTML comments, tags with their attributes, and the elements whose text is not prose;
5. code in a line, between any number of backticks;
6. whatever follows a backslash; `\$` becomes a dollar.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .fences import COMMENT, FENCE, TICKS, passages


class BadFormula(ValueError):
    """A formula that cannot be typeset: where it stands, the formula, and what is wrong."""


# ## The scan
#
# In a line, the rule against `$5 and $6` is pandoc's: no space after the first dollar, none before
# the last, no digit after it. No formula reaches over a blank line, so that one missing dollar
# spoils one paragraph and not the page.
SCAN = re.compile(
    rf"""
      {FENCE}
    | ^[ \t>]* >>> (?=[ \n]) .*? (?= \n[ \t]*\n | \Z )
    | {COMMENT}
    | < (?P<raw> script|style|pre|code|textarea ) \b [^>]* > .*? </ (?P=raw) \s* >
    | </? [A-Za-z][\w-]* (?: \s+ [\w:@.-]+ (?: \s*=\s* (?: "[^"]*" | '[^']*' | [^\s"'<>=`]+ ) )? )*
        \s* /? >
    | {TICKS}
    | ^ [ \t]* (?P<bullet> [*+-] | \d+\. ) (?=[ \t])
    | (?P<escape> \\. )
    | (?P<open> \$\$ ) (?: (?P<display> (?: \\. | (?!\$\$|\n[ \t]*\n) . )* ) \$\$ )?
    | \$ (?=[^\s$]) (?P<inline> (?: \\. | (?!\n[ \t]*\n) [^$\\`] )+ ) (?<!\s) \$ (?!\d)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
BULLET = re.compile(r"^([ \t]*)(?:[*+-]|\d+\.)(?=[ \t])", re.MULTILINE)


def replace(
    text: str,
    typeset: Callable[[str, bool, int], str],
    where: Callable[[int], str] = lambda line: f"line {line + 1}",
) -> str:
    r"""
    `text` with each formula replaced by `typeset(tex, display, line)`, where `line` counts from 0.

    `where` names a line in the message about a `$$` that is never closed.

    >>> replace(r"From $x$ to `$y$`, for \$5.", lambda tex, display, line: f"<{tex}>")
    'From <x> to `$y$`, for $5.'
    """

    after_display = False

    def swap(found: re.Match[str]) -> str:
        nonlocal after_display
        line = text.count("\n", 0, found.start())
        if found["bullet"]:
            blank = "\n" if after_display else ""
            after_display = False
            return blank + found[0]
        if found["escape"]:
            return "$" if found["escape"] == r"\$" else found["escape"]
        if found["inline"]:
            return typeset(found["inline"], False, line)
        if not found["open"]:
            return found[0]
        if found["display"] is None:
            raise BadFormula(f"{where(line)}: $$: not closed before the next blank line")
        after_display = True
        lead = _lead(text[: found.start()])
        return _block(typeset(_unquoted(found["display"], lead), True, line), lead)

    parts, done = [], 0
    for start, end in passages(text):
        for found in SCAN.finditer(text, start, end):
            parts += [text[done : found.start()], swap(found)]
            done = found.end()
    return "".join([*parts, text[done:]])


# ## A display is a block
#
# Markdown must see blank lines around a block and, within a list item, four columns more than at
# its bullet, wherever the author put the dollars. So a display in the midst of a paragraph ends it
# and begins another, and the next bullet needs a blank line above it.


def _lead(before: str) -> str:
    """What the lines of a block have to begin with, after the text `before` it."""
    paragraph = re.split(r"\n[ \t]*\n", before)[-1]
    bullets = BULLET.findall(paragraph)
    if bullets:
        return " " * (len(bullets[-1].expandtabs(4)) // 4 * 4 + 4)
    found = re.match(r"[ \t>]*", paragraph.rsplit("\n", 1)[-1])
    return found[0] if found else ""


def _block(html: str, lead: str) -> str:
    blank = "\n" + (lead.rstrip() if ">" in lead else "") + "\n"
    return f"{blank}{lead}{html}{blank}{lead}"


def _unquoted(tex: str, lead: str) -> str:
    # In a quotation each further line of the formula begins with the quotation's `>`.
    if ">" in lead:
        tex = re.sub(r"^[ \t]*(>[ \t]?)+", "", tex, flags=re.MULTILINE)
    return tex.strip()

r"""
# Finding formulas in Markdown

Maths stands between dollars: `$…$` in a line, `$$…$$` as a display of its own. Without dollars
`\(…\)`, `\[…\]` and `\begin{align}…\end{align}` are formulas, too. This file finds them, hands each
to a function, and puts what comes back in its place, with one scan over the text.

These are passed over, in this order:

1. code that is marked by its indentation, see [`fences.py`](fences.py);
2. fenced code, with ` ``` ` or `~~~`; a fence that is never closed lasts to the end;
3. doctests: from a line with `>>>` to the next that is blank or begins to the left of it;
4. HTML comments, tags with their attributes, and the elements whose text is not prose;
5. code in a line, between any number of backticks;
6. whatever follows a backslash; `\$` becomes a dollar.

And dollars that are no maths: prices, variables of a shell, and mentions of the sign.

>>> [formula.tex for formula in find(r"Here $x_1$ and \(y\), but '$' or $5, $6 and $HOME/$USER.")]
['x_1', 'y']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .fences import COMMENT, FENCE, TICKS, passages


class BadFormula(ValueError):
    """A formula that cannot be typeset: where it stands, the formula, and what is wrong."""


class Formula(NamedTuple):
    """A formula in a text: where it begins and ends, its TeX, and its line, counted from 0."""

    start: int
    end: int
    tex: str
    display: bool
    line: int


# ## The scan
#
# No formula reaches over a blank line, so that one missing dollar spoils one paragraph and not the
# page. A dollar within braces does not end a formula: `$\text{if $x$}$` is one.
ENVIRONMENT = r"""
    (?: (?: align|aligned|alignat|alignedat|equation|gather|gathered|split|array|subarray
          | [bpvBV]?matrix|smallmatrix|[dr]?cases|CD ) \*? )
"""
SCAN = re.compile(
    rf"""
      {FENCE}
    | ^ (?P<margin> [ \t>]* ) >>> (?=[ \n]) .*? (?= \n[ \t]*\n | \n(?!(?P=margin)) | \Z )
    | {COMMENT}
    | < (?P<raw> script|style|pre|code|textarea ) \b [^>]* > .*? </ (?P=raw) \s* >
    | </? [A-Za-z][\w-]* (?: \s+ [\w:@.-]+ (?: \s*=\s* (?: "[^"]*" | '[^']*' | [^\s"'<>=`]+ ) )? )*
        \s* /? >
    | {TICKS}
    | (?P<bracket> \\[(\[] ) (?:
        (?<= \( ) (?P<round> (?: (?! \\\) | \n[ \t]*\n ) . )+ ) \\\)
      | (?<= \[ ) (?P<square> (?: (?! \\\] | \n[ \t]*\n ) . )+ ) \\\] )
    | (?P<environment> \\begin\{{ (?P<name> {ENVIRONMENT} ) \}}
        (?: (?! \n[ \t]*\n ) . )*? \\end\{{ (?P=name) \}} )
    | (?P<escape> \\. )
    | (?P<open> \$\$ ) (?: (?P<display> (?: \\. | (?!\$\$|\n[ \t]*\n) [^\\] )* ) \$\$ )?
    | (?<!\w) (?P<dollar> \$ )
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)


def find(text: str, where: Callable[[int], str] | None = None) -> Iterator[Formula]:
    """The formulas of a text. `where` names a line in the message about an open `$$`."""
    return (found for found in _scan(text, where) if isinstance(found, Formula))


def replace(
    text: str,
    typeset: Callable[[str, bool, int], str],
    where: Callable[[int], str] | None = None,
    doubt: Callable[[str], None] | None = None,
) -> str:
    r"""
    `text` with each formula replaced by `typeset(tex, display, line)`, where `line` counts from 0.
    `doubt` is called with a warning about what may have been meant as a formula and stays text.

    >>> replace(r"From $x$ to `$y$`, for \$5.", lambda tex, display, line: f"<{tex}>")
    'From <x> to `$y$`, for $5.'
    """
    parts, copied = [], 0
    for found in _scan(text, where):
        if isinstance(found, Formula):
            parts += [text[copied : found.start], typeset(*found[2:])]
            copied = found.end
        elif found["escape"] == r"\$":
            parts += [text[copied : found.start()], "$"]
            copied = found.end()
        elif doubt and found["display"] and not _is_paired(found["display"]):
            place = _place(found, where)
            doubt(f"{place}: not a formula, since \\begin and \\end do not match: {found[0]}")
    return "".join([*parts, text[copied:]])


def _scan(text: str, where: Callable[[int], str] | None) -> Iterator[Formula | re.Match[str]]:
    """The formulas, and what else the scan found."""
    if "$" not in text and "\\" not in text:
        return
    for start, end in passages(text):
        while found := SCAN.search(text, start, end):
            formula = _formula(found, end)
            if not formula and found["open"] and not found["display"] and _begins_display(found):
                place = _place(found, where)
                raise BadFormula(f"{place}: $$: not closed before the next blank line")
            yield formula or found
            # What turns out to be prose may have the beginning of a formula in it.
            mark = found["open"] or found["dollar"] or found["bracket"]
            if formula:
                start = formula.end
            elif mark and _is_paired(found["display"] or ""):
                start = found.start() + len(mark)
            else:
                start = found.end()


def _place(found: re.Match[str], where: Callable[[int], str] | None) -> str:
    line = _line(found)
    return where(line) if where else f"line {line + 1}"


def _line(found: re.Match[str]) -> int:
    return found.string.count("\n", 0, found.start())


def _formula(found: re.Match[str], end: int) -> Formula | None:
    """The formula that begins where the scan has stopped, if it is one."""
    text, start = found.string, found.start()
    if found["dollar"]:
        close = _close(text, found.end(), end)
        tex = text[found.end() : close]
        is_maths = close > 0 and _is_maths(tex, text[start - 1 : start], text[close + 1 : end])
        return Formula(start, close + 1, tex, False, _line(found)) if is_maths else None
    if found["bracket"]:
        tex = found["round"] or found["square"]
        if not _is_tex(tex) and not (found["round"] and _LETTER.fullmatch(tex)):
            return None
    else:
        tex = found["environment"] or found["display"]
        if not tex or found["display"] and not _is_display(tex):
            return None
    display = not found["round"]
    return Formula(start, found.end(), _unquoted(tex, text[:start]), display, _line(found))


_STOP = re.compile(r"\\.|[${}`]|\n[ \t]*\n", re.DOTALL)


def _close(text: str, start: int, end: int) -> int:
    """Where the dollar stands that closes a formula which begins at `start`; -1 if none does."""
    depth, within = 0, -1
    for found in _STOP.finditer(text, start, end):
        sign = found[0]
        depth += (sign == "{") - (sign == "}")
        if sign == "`" or sign[0] == "\n" or depth < 0:
            break
        if sign == "$" and depth == 0:
            return found.start()
        within = found.start() if sign == "$" and within < 0 else within
    # A closing brace is missing.
    return within


def _unquoted(tex: str, before: str) -> str:
    # In a quotation each further line of the formula begins with the quotation's `>`.
    if before.rpartition("\n")[2].lstrip().startswith(">"):
        tex = re.sub(r"^[ \t]*(>[ \t]?)+", "", tex, flags=re.MULTILINE)
    return tex.strip()


# ## Which dollars are maths
#
# The rule against `$5 and $6` is pandoc's: no space after the first dollar, none before the last,
# no digit after it. A formula may be quoted, as in '$x$', but a quoted dollar is not one. What
# follows the last dollar directly may be an ending, as in `$n$th`.
_AFTER = re.compile(r"(?: (?:th|st|nd|rd|s|d|D) \b | [^\w({] | \Z )", re.VERBOSE)
_WORDS = re.compile(r"[A-Za-z]{3,},?\s+[A-Za-z]{3,}")
# `"$%s$" % name` is a program.
_FORMAT = re.compile(r"(?<!\\)%[a-z(]")
# Words alone are no display.
_PLAIN = re.compile(r"[^\\^_={}+*/<>|\d-]*[A-Za-z]{3}[^\\^_={}+*/<>|\d-]*")


# An environment that ends and does not begin is not TeX but about it, or a slip.
_ENDS = re.compile(r"\\(begin|end)\{")


def _is_display(tex: str) -> bool:
    """Whether what stands between two `$$` is a formula."""
    return _is_paired(tex) and not _is_prose(tex) and not _PLAIN.fullmatch(tex)


def _is_paired(tex: str) -> bool:
    marks = _ENDS.findall(tex)
    return marks.count("begin") == marks.count("end")


def _is_maths(tex: str, before: str, after: str) -> bool:
    """Whether what stands between two dollars is maths, after `before` and before `after`."""
    if not tex or tex[0] in " \t\n'\",;:!?)]}" or tex[-1] in " \t\n" or not _AFTER.match(after):
        return False
    if tex[0].isdigit() and re.match(r"\s+\d", after):  # `$5, US$ 5`
        return False
    if _FORMAT.search(tex) or before in ("'", '"') and (after[:1] != before or before in tex):
        return False
    return "\\" in tex or not (_is_prose(tex) or '"' in tex or tex[-1] in "/,:" or _is_torn(tex))


def _is_prose(tex: str) -> bool:
    """Whether words stand between the dollars, or a quotation ends and another begins."""
    torn = re.match(r"[;,.:!?)] |['\"`].*['\"`(]\Z", tex, re.DOTALL)
    return not re.search(r"[\\^_={]", tex) and bool(torn or _WORDS.search(tex))


def _is_torn(tex: str) -> bool:
    """Whether more brackets are opened than closed, or the other way round."""
    return sum(map(tex.count, "([{")) != sum(map(tex.count, ")]}"))


# Elsewhere `\(` and `\[` are brackets that Markdown is to leave alone, or a regular expression.
_TEX = re.compile(r"\\[A-Za-z]{2} | (?<![\\\s]) [_^] | \s (?:[-+*/=<>]|\\[a-z]+) \s", re.VERBOSE)


_LETTER = re.compile(r"\s*[A-Za-z]\s*")


def _is_tex(tex: str) -> bool:
    return bool(_TEX.search(tex))


def _begins_display(found: re.Match[str]) -> bool:
    """Whether an open `$$` was meant to begin a display, and is not a mention of the sign."""
    text, start, end = found.string, found.start(), found.end()
    line = text[text.rfind("\n", 0, start) + 1 : start].strip(" \t>")
    rest = text[end:].partition("\n")[0]
    if not rest.strip():
        return not line
    return bool(re.match(r"\\[A-Za-z]|[a-z0-9](?![a-z])", rest)) or not line and "\\" in rest

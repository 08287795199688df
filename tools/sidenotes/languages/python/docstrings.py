r"""
# What a docstring says

In a raw docstring that is what is written. In any other, Python reads escapes: the author of
`"The rate $\\alpha$"` doubled the backslash so that Python leaves one. So outside of formulas two
backslashes are one, and an escaped quote is a quote.

In a formula it depends. With a command behind two backslashes, as in `\\alpha`, the formula is what
Python reads. Without one it is taken as it is written, for then the `r` before the quotes was
forgotten: `\beta` is $\beta$, and `\\` begins a new row. A formula with both `\\alpha` and `\beta`
has no meaning that all readers agree on, since Python makes a control character of `\b`: that is an
error.

>>> print(docstring(r'"The rate $\\alpha$ and \"$\beta$\"."', 1)[0])
The rate $\alpha$ and "$\beta$".
"""

from __future__ import annotations

import re

from ...math.formulas import find
from ..sections import tidy

ESCAPE = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
DOUBLED = re.compile(r"\\\\[A-Za-z]{2,}")
# What Python makes another character of: the `\b` of `\beta`.
EATEN = re.compile(r"\\[abfnrtvxuUN]")


def docstring(literal: str, line: int) -> tuple[str, int]:
    """
    The text of a string literal that begins on `line`, without its indentation, and the line on
    which it then begins. A line of the literal stays a line.
    """
    quoted = literal.lstrip("rRuU")
    width = 3 if quoted.startswith(('"""', "'''")) else 1
    text, raw = quoted[width:-width], literal[0] in "rR"
    # A backslash after the opening quotes only moves the text to the next line.
    if text.startswith("\\\n") and not raw:
        text = text[1:]
    text, first = tidy(text, line)
    return text if raw or "\\" not in text else unescaped(text, first), first


def unescaped(text: str, line: int) -> str:
    """A text that is not raw, and begins on `line`, as it is meant."""
    parts, copied = [], 0
    for formula in find(text):
        if _is_written_raw(formula.tex, line + formula.line):
            parts += [_unescaped(text[copied : formula.start]), text[formula.start : formula.end]]
            copied = formula.end
    return "".join([*parts, _unescaped(text[copied:])])


def _is_written_raw(tex: str, line: int) -> bool:
    doubled = DOUBLED.search(tex)
    if not doubled:
        return True
    eaten = [sign for sign in ESCAPE.findall(tex) if EATEN.match(sign)]
    if eaten:
        message = (
            f"this docstring is not raw: it has both {doubled[0]} and {eaten[0]}, which Python"
            ' reads as another character; write r""" before it, and single backslashes'
        )
        raise SyntaxError(message, (None, line, None, None))
    return False


def _unescaped(text: str) -> str:
    return re.sub(r"""\\([\\'"])""", r"\1", text)

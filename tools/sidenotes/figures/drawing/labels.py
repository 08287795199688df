r"""
# Words with symbols, in SVG

A formula in a figure is short: a letter, an index, a hat. So it is written as text of the page, in
the fonts that KaTeX brings, with letters in italics and scripts moved up or down.

>>> print(tspans("of $v_t$"))
of <tspan class="sn-m">v</tspan><tspan class="sn-s" dy="4"><tspan class="sn-m">t</tspan></tspan>
>>> spelled(r"around $\hat m_t$")
'around m̂ₜ'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from ...math.plain import plain
from ...math.symbols import TOKEN

LOWER, RAISE = 4, -6
_FORMULA = re.compile(r"\$([^$]+)\$")
_UPRIGHT = {"text", "mathrm", "operatorname", "mathtt", "texttt"}
_ACCENTS = {"hat": "ˆ", "bar": "ˉ", "tilde": "˜"}
# How wide letters are in the italics of KaTeX, in em: an accent is moved back over its letter.
_WIDE, _WIDTH, _ACCENT = {"m": 0.88, "w": 0.72}, 0.5, 0.5
_SPACES = {",": "\u2009", ";": "\u2005", ":": "\u2005", " ": " ", "quad": "\u2003", "!": ""}


def spelled(words: str) -> str:
    """The words as plain text."""
    return _FORMULA.sub(lambda found: plain(found[1]), words)


def tspans(words: str) -> str:
    """The words as what stands inside `<text>`."""
    pieces: list[tuple[str, str, int]] = []
    for number, part in enumerate(_FORMULA.split(words)):
        if number % 2:
            pieces += _pieces(part)
        elif part:
            pieces.append((part, "", 0))
    return "".join(_written(pieces))


def _written(pieces: list[tuple[str, str, int]]) -> Iterator[str]:
    at = 0
    for text, kind, shift in pieces:
        # In SVG a shift lasts until the next one.
        move = f' dy="{shift - at}"' if shift != at else ""
        inner = f'<tspan class="sn-m">{escape(text)}</tspan>' if kind else escape(text)
        if kind == "accented":
            inner = _accented(text)
        if shift:
            yield f'<tspan class="sn-s"{move}>{inner}</tspan>'
        elif move:
            yield f"<tspan{move}>{inner}</tspan>"
        else:
            yield inner
        at = shift


def _accented(text: str) -> str:
    letter, accent = text[0], text[1]
    half = (_WIDE.get(letter, _WIDTH) + _ACCENT) / 2
    back, forth = f"{0.06 - half:.2f}em", f"{half - _ACCENT - 0.06:.2f}em"
    return (
        f'<tspan class="sn-m">{escape(letter)}</tspan><tspan class="sn-a" dx="{back}">{accent}'
        f'</tspan><tspan class="sn-a" dx="{forth}">\u200b</tspan>'
    )


def _pieces(tex: str) -> list[tuple[str, str, int]]:
    """The texts of a formula, whether each is a symbol, and how far it is moved."""
    return list(_row(re.findall(rf"\s+|{TOKEN.pattern}", tex, re.DOTALL), 0))


def _row(tokens: list[str], shift: int) -> Iterator[tuple[str, str, int]]:
    first = True
    while tokens:
        token = tokens.pop(0)
        name = token[1:]
        if token in "_^":
            yield from _row(_argument(tokens), LOWER if token == "_" else RAISE)
        elif token == "{":
            tokens.insert(0, token)
            yield from _row(_argument(tokens), shift)
        elif name in ("frac", "sqrt"):
            yield from _built(name, tokens, shift)
        elif name in _UPRIGHT:
            yield "".join(_argument(tokens)), "", shift
        elif name in _ACCENTS:
            yield plain("".join(_argument(tokens)))[:1] + _ACCENTS[name], "accented", shift
        elif token.startswith("\\") and name in _SPACES:
            yield _SPACES[name], "", shift
        else:
            yield _sign(token, first or bool(shift)), "m" if _is_letter(token) else "", shift
        first = first and token.isspace()


def _built(name: str, tokens: list[str], shift: int) -> Iterator[tuple[str, str, int]]:
    parts = [_argument(tokens) for _ in range(1 + (name == "frac"))]
    if name == "sqrt":
        yield "√", "", shift
    for number, part in enumerate(parts):
        if number:
            yield "\u200a/\u200a", "", shift
        silent = {"_", "^", "{", "}", *(f"\\{accent}" for accent in _ACCENTS)}
        simple = sum(not token.isspace() for token in part if token not in silent) <= 2
        yield from [] if simple else [("(", "", shift)]
        yield from _row(part, shift)
        yield from [] if simple else [(")", "", shift)]


def _argument(tokens: list[str]) -> list[str]:
    """The next group, without its braces, or the next single thing."""
    while tokens and tokens[0].isspace():
        del tokens[0]
    found = [tokens.pop(0)] if tokens else []
    if found != ["{"]:
        return found
    depth, found = 1, []
    while tokens and depth:
        token = tokens.pop(0)
        depth += (token == "{") - (token == "}")
        found.append(token)
    return found[:-1]


def _is_letter(token: str) -> bool:
    sign = plain(token)
    return len(sign) == 1 and sign.isalpha()


def _sign(token: str, first: bool) -> str:
    sign = "−" if token == "-" else plain(token)
    # A sign that stands first belongs to what follows.
    return f"\u2005{sign}\u2005" if sign and sign in "=≤≥<>≈+−" and not first else sign

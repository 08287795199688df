r"""
# Formulas as plain text

Where a formula cannot be typeset it is written with the letters that Unicode has: in the table of
contents, in the index of the search, and in what a picture says to those who cannot see it.
"""

from __future__ import annotations

import re
import unicodedata

_LOW = str.maketrans("0123456789aehijklmnoprstuvx+-=()", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₌₍₎")
_HIGH = str.maketrans(
    "0123456789abcdehijklmnoprstuvxy+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛˣʸ⁺⁻⁼⁽⁾"
)
_OVER = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "dot": "\u0307"}
_WORDS = {"infty": "∞", "sqrt": "√", "cdot": "·", "times": "×", "le": "≤", "ge": "≥", "to": "→"}
_WORDS |= {"leq": "≤", "geq": "≥", "leftarrow": "←", "rightarrow": "→", "approx": "≈", "sum": "∑"}
_WORDS |= {"pm": "±", "neq": "≠", "ne": "≠", "in": "∈", "dots": "…", "ldots": "…", "cdots": "…"}
_WORDS |= {
    "partial": "∂",
    "nabla": "∇",
    "propto": "∝",
    "ll": "≪",
    "gg": "≫",
    "sim": "∼",
    "prod": "∏",
}
# These say how something looks, not what it is.
_LOOKS = {"left", "right", "text", "texttt", "operatorname", "quad", "qquad", "tfrac", "dfrac"}
_LOOKS |= {"mathrm", "mathbf", "mathbb", "mathcal", "boldsymbol", "big", "Big", "bigl", "bigr"}
_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"


def plain(tex: str) -> str:
    r"""
    >>> plain(r"\hat m_t"), plain(r"\beta_1^t"), plain(r"\frac{1}{1 - \beta}"), plain(r"\max(a, b)")
    ('m̂ₜ', 'β₁ᵗ', '1/(1 - β)', 'max(a, b)')
    """
    tex = re.sub(r"\\textcolor\s*\{[^}]*\}", "", tex)
    tex = re.sub(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}", lambda m: _over(m[1], m[2]), tex)
    tex = re.sub(
        r"\\(hat|tilde|bar|dot)\s*\{?(\\?[A-Za-z]+?)\}?(?![a-z])", lambda m: m[2] + _OVER[m[1]], tex
    )
    tex = re.sub(rf"\\sqrt\s*{_GROUP}", lambda m: "√" + _bracketed(m[1]), tex)
    tex = re.sub(r"\\([A-Za-z]+)(\s*)", lambda m: _word(m[1], m[2]), tex)
    tex = re.sub(r"_(?:\{([^}]*)\}|(\w))", lambda m: _script("_", m[1] or m[2], _LOW), tex)
    tex = re.sub(r"\^(?:\{([^}]*)\}|(\w))", lambda m: _script("^", m[1] or m[2], _HIGH), tex)
    return " ".join(re.sub(r"[{}$&]|\\.?", "", tex).split())


def _over(top: str, below: str) -> str:
    """A fraction in one line."""
    return f"{_bracketed(top)}/{_bracketed(below)}"


def _bracketed(tex: str) -> str:
    return tex if re.fullmatch(r"\\?\w+", tex.strip()) else f"({tex})"


def _script(mark: str, text: str | None, table: dict[int, int]) -> str:
    """Unicode has a few small letters; without all of a script's it stays as it was written."""
    text = (text or "").replace(" ", "")
    if all(ord(x) in table for x in text):
        return text.translate(table)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def _word(name: str, space: str) -> str:
    size = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.removeprefix('var').upper()}")
    except KeyError:
        # The `log` of `\log x` keeps its distance.
        return _WORDS.get(name, "" if name in _LOOKS else name + space)

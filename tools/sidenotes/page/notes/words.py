r"""
# What the search knows of code and symbols

People search for `addcmul_`, for `r_t`, for "m hat". The search reads the notes, where a formula is
$\hat m_t$ in Unicode, and not the code beside them. So each heading is followed by a line that
nobody sees: the names in the code up to the next heading, and its symbols, spelled out.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator
from html import escape, unescape

_HEADING = re.compile(r"(<h[1-6] [^>]*\bid=[^>]*>.*?</h[1-6]>)", re.DOTALL)
_CODE = re.compile(r'<pre class="highlight">(.*?)</pre>', re.DOTALL)
_SYMBOL = re.compile(r'data-symbol="([^"]*)"')
_IMPORT = re.compile(r"^(?:from|import) .*$", re.MULTILINE)
_NAME = re.compile(r"[^\W\d]\w{2,}")
_ACCENTED = re.compile(r"\\(?:wide)?(hat|tilde|bar|dot|overline)(?![a-z])\s*(.*)")


def spell(tex: str) -> tuple[str, ...]:
    r"""
    A symbol as one types it.

    >>> spell("r_t"), spell(r"\hat m_t"), spell(r"\beta_2^t"), spell(r"\tilde\theta_{t-1}")
    (('r_t',), ('m hat', 'm_t'), ('beta_2^t',), ('theta tilde', 'theta_t-1'))
    >>> spell(r"\epsilon"), spell(r"\rho_\infty")
    (('epsilon',), ('rho_infty', 'rho_inf'))
    """
    accented = _ACCENTED.match(tex)
    accent, rest = accented.groups() if accented else ("", tex)
    typed = re.sub(r"[{}\\\s]", "", rest)
    found = [f"{re.split('[_^]', typed)[0]} {accent}"] if accent else []
    if "_" in typed or not accent:
        found.append(typed)
    return (*found, typed[:-2]) if typed.endswith("infty") else tuple(found)


def names(html: str) -> Iterator[str]:
    """The names in highlighted code, without what every file has: keywords, `self`, imports."""
    text = _IMPORT.sub("", unescape(re.sub(r"<a class=\"sn-num.*?</a>|<[^>]*>", "", html)))
    return (n for n in _NAME.findall(text) if n != "self" and not keyword.iskeyword(n))


def add_words(html: str) -> str:
    """The page, with the line behind each heading that has code or symbols below it."""
    before, *parts = _HEADING.split(html)
    found = [before]
    for heading, below in zip(parts[::2], parts[1::2], strict=True):
        code = (name for block in _CODE.findall(below) for name in names(block))
        symbols = (word for tex in _SYMBOL.findall(below) for word in spell(unescape(tex)))
        found += [heading, _line(code, symbols), below]
    return "".join(found)


def _line(*words: Iterable[str]) -> str:
    text = ", ".join(dict.fromkeys(word for group in words for word in group))
    return f'<p class="sn-words" hidden>{escape(text)}</p>' if text else ""

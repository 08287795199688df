r"""
# Symbols and their indices

A symbol is known by its one spelling. Symbols that differ in an index belong together: $m_{t-1}$ is
what $m_t$ was one step before, and $g_i$ in a sum over $i$ is $g_1$, then $g_2$. Here one is made
from the other.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from ...math.symbols import key

_SUBSCRIPT = re.compile(r"(?P<stem>.*)_(?:\{(?P<group>.*)\}|(?P<one>\\?\w+))", re.DOTALL)
_PRIMED = re.compile(r"(?P<stem>.*?)(?P<subscript>_(?:\{.*\}|\\?\w+))(?P<primes>(?:'|\^\\prime)+)")


def spelled(tex: str) -> str:
    r"""
    The one spelling of a symbol. A prime belongs to the letter, on whichever side of the subscript.

    >>> spelled("x_t'"), spelled("x'_{t}"), spelled(r"x^{\prime}_t")
    ("x'_t", "x'_t", "x'_t")
    """
    spelling = key(tex)
    found = _PRIMED.fullmatch(spelling)
    if found:
        spelling = f"{found['stem']}{found['primes']}{found['subscript']}"
    return spelling.replace(r"^\prime", "'")


@lru_cache(maxsize=1024)
def shifted(name: str, old: str, new: str) -> str:
    r"""
    The symbol with another index; itself if it has not the old one.

    >>> print(shifted(r"\hat m_t", "t", "t-1"), shifted("x_{i,0}", "0", "t-1"))
    \hat m_{t-1} x_{i,t-1}
    """
    index = re.escape(old)
    found, count = re.subn(rf"_(?:{index}|\{{([^{{}}]*,)?{index}\}})", rf"_{{\g<1>{new}}}", name)
    return key(found) if count else name


def subscripts(name: str) -> tuple[str, list[str]]:
    r"""
    A symbol without its subscript, and the parts of that.

    >>> subscripts(r"\hat x_{t,i-1}"), subscripts("x")
    (('\\hat x', ['t', 'i-1']), ('x', []))
    """
    found = _SUBSCRIPT.fullmatch(name)
    if not found:
        return name, []
    return found["stem"], (found["group"] or found["one"] or "").split(",")


def with_subscripts(stem: str, parts: Collection[str]) -> str:
    """
    The symbol with these subscripts.

    >>> with_subscripts("x", ["t", "i"]), with_subscripts("x", [])
    ('x_{t,i}', 'x')
    """
    return key(f"{stem}_{{{','.join(parts)}}}") if parts else stem

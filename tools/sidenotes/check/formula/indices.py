r"""
# Indices

Symbols that differ in an index belong together: $m_{t-1}$ is what $m_t$ was one step ago, and
$g_i$ in a sum over $i$ is $g_1$, then $g_2$. Here one is made from the other.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ...math.symbols import key
from .tree import Expression, Name, Number, Sum


@lru_cache(maxsize=1024)
def shifted(name: str, old: str, new: str) -> str:
    r"""
    The symbol with another index; itself if it has not the old one.

    >>> print(shifted(r"\hat m_t", "t", "t-1"), shifted("x_{i,0}", "0", "t-1"))
    \hat m_{t-1} x_{i,t-1}
    """
    index = re.escape(old)
    return key(re.sub(rf"_(?:{index}|\{{([^{{}}]*,)?{index}\}})", rf"_{{\g<1>{new}}}", name))


def at(node: Expression, index: str, value: int) -> Expression:
    """
    The expression where an index has a value: $i$ is 3, and $x_i$ is $x_3$.

    >>> at(Name("x_i"), "i", 3), at(Name("i"), "i", 3)
    (Name(key='x_3'), Number(value=3))
    """
    if isinstance(node, Name) and node.key == index:
        return Number(value, start=node.start, end=node.end)
    if isinstance(node, Name):
        return replace(node, key=shifted(node.key, index, str(value)))
    if isinstance(node, Sum) and node.index.key == index:
        # An inner sum has an index of its own, even if it goes by the same letter.
        first, last = (at(bound, index, value) for bound in (node.first, node.last))
        return replace(node, first=first, last=last)
    parts: dict[str, Any] = {}
    for name, part in vars(node).items():
        if isinstance(part, Expression):
            parts[name] = at(part, index, value)
        elif isinstance(part, tuple):
            parts[name] = tuple(at(each, index, value) for each in part)
    return replace(node, **parts)

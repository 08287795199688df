r"""
# Symbols in C

C has no tree here as Python has, but for the variables that stand for a symbol its tokens are
enough. A name counts where it is a variable, a parameter or a member: `p->beta1` is what a key of a
group is in Python. It does not count where it is called, nor on a line of the preprocessor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..highlight import Markup, tag
from .tokens import tokens


def symbol_markup(text: str, symbols: Mapping[str, Sequence[str]]) -> list[Markup]:
    """Tags for the variables: `symbols` gives the symbols' TeX for a name."""
    code = [token for token in tokens(text) if token.kind != "comment"]
    called = {a for a, b in zip(code, code[1:], strict=False) if b.text == "("}
    return [
        tag(token.first, token.column, token.column + len(token.text), symbols[token.text])
        for token in code
        if token.kind == "name" and token.text in symbols and token not in called
    ]

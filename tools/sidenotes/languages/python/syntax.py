r"""
# The syntax tree of a file

Python's own parser reads a file once, and all else uses its tree: which definitions there are, and
on which line each begins.
"""

from __future__ import annotations

import ast
import os
import tokenize
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ..sections import BYTE_ORDER_MARK, decode, numbered

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# Where statements stand in a statement, in the order of the file.
BODIES = ("body", "cases", "handlers", "orelse", "finalbody")


# The tree of a text is asked for several times in a row: no caller may change it. It is large, so
# few are kept; what is found in one is kept instead.
@lru_cache(maxsize=4)
def syntax(text: str) -> ast.Module:
    with warnings.catch_warnings():
        # A warning of a wrong escape in a string would not even name the file.
        warnings.simplefilter("ignore")
        return ast.parse(text.removeprefix(BYTE_ORDER_MARK))


@lru_cache(maxsize=1)
def tokens(text: str) -> list[tokenize.TokenInfo]:
    """What the tokenizer makes of a file, whatever its line ends."""
    lines = numbered(text)[1][1:]
    return list(tokenize.generate_tokens((f"{line}\n" for line in lines).__next__))


def literals(text: str) -> Iterator[range]:
    """The lines of each string. From Python 3.12 on, a formatted one is many tokens."""
    opened: list[int] = []
    for token in tokens(text):
        kind = tokenize.tok_name[token.type]
        if kind.endswith("STRING_START"):
            opened.append(token.start[0])
        elif kind == "STRING":
            yield range(token.start[0], token.end[0] + 1)
        elif kind.endswith("STRING_END"):
            yield range(opened.pop(), token.end[0] + 1)


def walk(tree: ast.Module, name: str) -> Iterator[tuple[str, ast.AST]]:
    """The module and all statements, in the order of the file. With each comes a qualified name:
    its own or, if it defines nothing, that of the scope it stands in."""
    # Not recursive: every `elif` is nested in the one before it, deeper than calls may go.
    stack: list[tuple[str, ast.AST]] = [(name, tree)]
    while stack:
        scope, node = stack.pop()
        yield scope, node
        for field in reversed(BODIES):
            for child in reversed(getattr(node, field, ())):
                inner = f"{scope}.{child.name}" if isinstance(child, Definition) else scope
                stack.append((inner, child))


@lru_cache(maxsize=512)
def definitions(text: str, name: str = "") -> dict[str, int]:
    """Qualified name -> line of its `def` or `class`, the first if there are several."""
    if name:
        return {f"{name}{local}": line for local, line in definitions(text).items()}
    found = [(q, node.lineno) for q, node in walk(syntax(text), "") if isinstance(node, Definition)]
    return dict(reversed(found))


def decode_file(path: str | os.PathLike[str]) -> str:
    """The text of a file, in the encoding that it declares and with its own line ends."""
    data = Path(path).read_bytes()
    encoding, _ = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)
    # `utf-8-sig` would drop the byte-order mark, and the law with it.
    return decode(data, "utf-8" if encoding == "utf-8-sig" else encoding, str(path))

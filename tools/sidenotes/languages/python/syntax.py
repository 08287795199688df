r"""
# The syntax tree of a file

Python's own parser reads a file, once, and all else asks its tree: which definitions and imports
there are, and on which line each begins.
"""

from __future__ import annotations

import ast
import os
import tokenize
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import resolve_name
from pathlib import Path

from ..sections import BYTE_ORDER_MARK, decode

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Block = ast.stmt | ast.excepthandler | ast.match_case


# The tree of a text is asked for again and again; nobody may change it.
@lru_cache(maxsize=256)
def syntax(text: str) -> ast.Module:
    return ast.parse(text.removeprefix(BYTE_ORDER_MARK))


def walk(tree: ast.Module, name: str) -> Iterator[tuple[str, ast.AST]]:
    """The module and all statements, in the order of the file. With each comes a qualified name:
    its own or, if it defines nothing, that of the scope it stands in."""
    # Not recursive: every `elif` is nested in the one before it, deeper than calls may go.
    stack: list[tuple[str, ast.AST]] = [(name, tree)]
    while stack:
        scope, node = stack.pop()
        yield scope, node
        for child in reversed([*ast.iter_child_nodes(node)]):
            if isinstance(child, Definition):
                stack.append((f"{scope}.{child.name}", child))
            elif isinstance(child, Block):
                stack.append((scope, child))


def definitions(text: str, name: str) -> dict[str, int]:
    """Qualified name -> line of its `def` or `class`, the first if there are several."""
    found = [
        (q, node.lineno) for q, node in walk(syntax(text), name) if isinstance(node, Definition)
    ]
    return dict(reversed(found))


def imports(text: str, package: str = "") -> dict[str, str]:
    """Local name -> origin, as `Adam` -> `labml_optim.adam.Adam`. Relative imports are resolved
    against `package`, and left out if they lead out of it."""
    depth = package.count(".") + bool(package)
    found: dict[str, str] = {}
    for _, node in walk(syntax(text), ""):
        if isinstance(node, ast.Import):
            for item in node.names:
                whole = item.name if item.asname else item.name.partition(".")[0]
                found[item.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom) and node.level <= depth:
            module = resolve_name("." * node.level + (node.module or ""), package)
            found |= {item.asname or item.name: f"{module}.{item.name}" for item in node.names}
    found.pop("*", None)
    return found


def read(path: str | os.PathLike[str]) -> str:
    """The text of a file, in the encoding that it declares and with its own line ends."""
    data = Path(path).read_bytes()
    encoding, _ = tokenize.detect_encoding(iter(data.splitlines(keepends=True)).__next__)
    # `utf-8-sig` would drop the byte-order mark, and the law with it.
    return decode(data, "utf-8" if encoding == "utf-8-sig" else encoding, str(path))

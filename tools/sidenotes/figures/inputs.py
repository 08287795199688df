r"""
# What a figure depends on

A figure is as its file, and the files of the project that this one imports, directly or by way of
others. Of each the syntax tree counts, without docstrings: a note that changes changes no figure.
Files of data that it reads it names in `READS`, a list of paths within the project.
Imports within functions count in the figure's own file only. What lies outside the project is
taken to stay as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path


def digests(root: Path, path: str) -> dict[str, str]:
    """The files that a figure depends on, by their names in the project, and their digests."""
    folders = (root, (root / path).parent)
    found: dict[str, str] = {}
    left = [root / path]
    while left:
        file = left.pop()
        name = file.relative_to(root).as_posix()
        if name not in found:
            found[name] = digest(file)
            left += imported(file, folders, deep=name == path)
            left += [root / data for data in read(file)]
    return dict(sorted(found.items()))


def digest(file: Path) -> str:
    """The digest of a file's code; that of its bytes, if it is none."""
    stat = file.stat()
    return _digest(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _digest(file: Path, changed: int, size: int) -> str:
    data = file.read_bytes()
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return sha256(data).hexdigest()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:]
    return sha256(ast.dump(tree).encode()).hexdigest()


def read(file: Path) -> Iterator[str]:
    """The files of data that a file names."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(ast.unparse(to) == "READS" for to in node.targets):
            yield from ast.literal_eval(node.value)


def imported(file: Path, folders: tuple[Path, ...], deep: bool) -> Iterator[Path]:
    """The files in these folders that a file imports."""
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree) if deep else _at_import(tree.body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(folders, alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            starts = (file.parents[node.level - 1],) if node.level else folders
            parts = node.module.split(".") if node.module else []
            for alias in node.names:
                yield from _files(starts, [*parts, alias.name])


def _at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        for inner in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _at_import(getattr(node, inner, []))


def _files(folders: tuple[Path, ...], parts: list[str]) -> Iterator[Path]:
    """The modules on the way to `a.b.c`; the last part may be a name in `a.b`."""
    for folder in folders:
        for number in range(1, len(parts) + 1):
            place = folder.joinpath(*parts[:number])
            for file in (place / "__init__.py", place.with_suffix(".py")):
                if file.is_file():
                    yield file

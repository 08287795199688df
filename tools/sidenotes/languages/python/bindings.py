r"""
# What a scope binds

Python binds names in many ways: `def` and `class`, assignments, imports, loops, `with`, `except`
and the captures of `match`. A link may only follow a name that is bound once, so here all of them
are counted.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
_PAIR = {"getter", "setter", "deleter"}


def names(body: Iterable[ast.AST]) -> Iterator[str]:
    """Each name that a body binds in its own scope, as often as it does."""
    for node in own(body):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _completes_property(node):
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from ((a.asname or a.name).partition(".")[0] for a in node.names)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name


def own(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body, without what stands inside the functions and classes defined there."""
    queue = list(body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))


def times(tree: ast.Module) -> Counter[str]:
    """
    How often each name at the top of a module is bound, and as `Class.name` each name in a class.
    """
    found = Counter(names(tree.body))
    for node in own(tree.body):
        if isinstance(node, ast.ClassDef):
            found.update(f"{node.name}.{name}" for name in names(node.body))
            found.update(f"{node.name}.{target.attr}" for target in _targets(node))
    for target in _targets(tree):
        found[f"{target.value.id}.{target.attr}"] += 1  # type: ignore[attr-defined]
    found.update(_from_within(tree))
    return found


def _targets(tree: ast.AST) -> Iterator[ast.Attribute]:
    """`self.x` where it is assigned to: then `x` is no longer the method of that name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Name):
                yield node


def _from_within(tree: ast.Module) -> Iterator[str]:
    """Names of the module that a function makes doubtful."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names
        elif isinstance(node, Function):
            # `source.imports` cannot tell an import in a function from one of the module. Counted
            # twice, it never counts as certain.
            for part in own(node.body):
                if isinstance(part, ast.Import | ast.ImportFrom):
                    yield from 2 * list(names([part]))


def _completes_property(node: Function) -> bool:
    return any(
        isinstance(d, ast.Attribute) and d.attr in _PAIR and ast.unparse(d.value) == node.name
        for d in node.decorator_list
    )

r"""
# The names of a module

Which names a module binds, and how often, and which names it uses. [`scopes.py`](scopes.py) finds
them in one walk over the syntax tree. A link may follow a name only if it is certain what the name
means, so here all doubts count: a name that is bound twice, a name that a function binds itself, an
attribute that is assigned to.

>>> found = names("import math\nclass A:\n    def f(self, math): return self.g(math)\n")
>>> print([(use.name, use.owner) for use in found.uses], found.bindings["math"])
[('g', 'A')] 1
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Set
from functools import lru_cache
from importlib.util import resolve_name
from typing import NamedTuple

from .scopes import Import, Scope, Walk, dotted
from .syntax import syntax


class Use(NamedTuple):
    """
    A dotted name in use, and where it ends (in `ast`'s columns).

    `owner` is the class if the name follows `self.`, `cls.` or `super().`, else empty.
    """

    line: int
    end: int
    name: str
    owner: str = ""
    inherited: bool = False


class Names(NamedTuple):
    """What a module binds and uses."""

    uses: list[Use]
    # How often each name at the top of the module is bound, and as `Class.name` each in a class.
    bindings: Counter[str]
    imports: list[Import]
    # The base classes of each class at the top, as they are written; `""` if not a plain name.
    bases: dict[str, tuple[str, ...]]


@lru_cache(maxsize=256)
def names(text: str) -> Names:
    """All of it, for the text of a module."""
    tree, walk, module = syntax(text), Walk(), Scope()
    walk.each(tree.body, module)
    walk.bindings.update(module.bound)
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    bases = {c.name: tuple(dotted(base) for base in c.bases) for c in classes}
    known = module.bound.keys() - module.assigned
    uses = (_use(node, scope, known) for node, scope in walk.loads)
    return Names([use for use in uses if use], walk.bindings, walk.imports, bases)


@lru_cache(maxsize=256)
def origins(text: str, package: str = "") -> dict[str, str]:
    """
    Local name -> origin, as `Adam` -> `labml_optim.adam.Adam`. Relative imports are resolved
    against `package`, and left out if they lead out of it.
    """
    depth = package.count(".") + bool(package)
    found: dict[str, str] = {}
    for node in names(text).imports:
        if isinstance(node, ast.Import):
            for item in node.names:
                whole = item.name if item.asname else item.name.partition(".")[0]
                found[item.asname or whole] = whole
        elif node.level <= depth:
            module = resolve_name("." * node.level + (node.module or ""), package)
            found |= {item.asname or item.name: f"{module}.{item.name}" for item in node.names}
    found.pop("*", None)
    return found


def _use(node: ast.Name | ast.Attribute, scope: Scope, known: Set[str]) -> Use | None:
    """A use of a name that is `known` to mean one thing in the module, or of a method."""
    if isinstance(node, ast.Name) and node.id not in known:
        return None
    end = (node.end_lineno or 0, node.end_col_offset or 0)
    if isinstance(node, ast.Attribute) and scope.owner:
        value = node.value
        if isinstance(value, ast.Name) and value.id == scope.instance():
            return Use(*end, node.attr, scope.owner)
        if isinstance(value, ast.Call) and dotted(value.func) == "super":
            return None if value.args else Use(*end, node.attr, scope.owner, True)
    name = dotted(node)
    first = name.partition(".")[0]
    return None if first not in known or scope.hides(first) else Use(*end, name)

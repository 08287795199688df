r"""
# The names of a module

One walk over the syntax tree finds which names a module binds, and how often, and which names it
uses. A link may follow a name only where there is no doubt what it means, so this file is about
doubt: a name that is bound twice, a name that a function binds itself, an attribute that is
assigned to.

>>> found = names("import math\nclass A:\n    def f(self, math): return self.g(math)\n")
>>> print([(use.name, use.owner) for use in found.uses], found.times["math"])
[('g', 'A')] 1
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Set
from functools import lru_cache
from importlib.util import resolve_name
from typing import Any, NamedTuple

from .syntax import syntax

Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom


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
    times: Counter[str]
    imports: list[Import]
    # The base classes of each class at the top, as they are written; `""` if not a plain name.
    bases: dict[str, tuple[str, ...]]


@lru_cache(maxsize=256)
def names(text: str) -> Names:
    """All of it, for the text of a module."""
    tree, walk, module = syntax(text), _Walk(), _Scope()
    walk.each(tree.body, module)
    walk.times.update(module.bound)
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    bases = {c.name: tuple(dotted(base) for base in c.bases) for c in classes}
    known = module.bound.keys() - module.assigned
    uses = (_use(node, scope, known) for node, scope in walk.loads)
    return Names([use for use in uses if use], walk.times, walk.imports, bases)


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


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression that is written so, else an empty string."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


# ## Scopes


class _Scope:
    """A module, a class, a function, or the type parameters of one of them."""

    def __init__(self, outer: _Scope | None = None, owner: str = "", bound: Iterable[str] = ()):
        # Where a name is looked up that is not bound here.
        self.outer = outer
        # The class at the top of the module whose methods the functions in here are.
        self.owner = owner
        self.bound = Counter(bound)
        # Of a module: what is bound otherwise than by a definition or an import.
        self.assigned: set[str] = set()
        # Of a class: where its functions look names up, which do not see those of the class.
        self.around: _Scope | None = None
        # Of a method: its first parameter, unless the body binds that name to something else.
        self.first = ""

    def hides(self, name: str) -> bool:
        """Whether the name may mean something else in here than in the module."""
        scope = self
        while scope.outer is not None:
            if name in scope.bound:
                return True
            scope = scope.outer
        return name in scope.assigned

    def instance(self) -> str:
        """What a method calls the instance or the class that it is called on."""
        if self.first or self.outer is None:
            return self.first
        name = self.outer.instance()
        return "" if name in self.bound else name


def _use(node: ast.Name | ast.Attribute, scope: _Scope, known: Set[str]) -> Use | None:
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


# ## The walk


class _Walk:
    """
    Visits each node of a tree once, with its scope. What handles a kind of node gives the nodes
    below it that are yet to be visited in the same scope: an expression may be nested deeper than
    calls may go.
    """

    def __init__(self) -> None:
        self.loads: list[tuple[ast.Name | ast.Attribute, _Scope]] = []
        self.times: Counter[str] = Counter()
        self.imports: list[Import] = []
        # The class at the top of the module that the walk is in.
        self.inside = ""

    def each(self, nodes: Iterable[ast.AST], scope: _Scope) -> None:
        stack = [*nodes]
        stack.reverse()
        while stack:
            node = stack.pop()
            visit = _VISIT.get(node.__class__)
            below = visit(self, node, scope) if visit else _children(node)
            if below:
                stack += reversed(below)

    def name(self, node: ast.Name, scope: _Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((node, scope))
        else:
            self.assign(node.id, scope)

    def assign(self, name: str | None, scope: _Scope) -> None:
        if name:
            scope.bound[name] += 1
            scope.assigned.add(name)

    def attribute(self, node: ast.Attribute, scope: _Scope) -> list[ast.AST]:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((node, scope))
        elif isinstance(node.value, ast.Name):
            # Then it is no longer the method of that name.
            self.times[f"{node.value.id}.{node.attr}"] += 1
            if self.inside:
                self.times[f"{self.inside}.{node.attr}"] += 1
        return [node.value]

    def import_(self, node: Import, scope: _Scope) -> None:
        self.imports.append(node)
        found = [(item.asname or item.name).partition(".")[0] for item in node.names]
        scope.bound.update(found)
        # `origins` cannot tell an import in a function from one of the module: counted twice, it
        # is never certain.
        if scope.outer is not None and scope.around is None:
            self.times.update(2 * found)

    def global_(self, node: ast.Global, scope: _Scope) -> None:
        self.times.update(node.names)

    def handler(self, node: ast.AST, scope: _Scope) -> list[ast.AST]:
        """`except … as name`, and the captures of a pattern."""
        self.assign(getattr(node, "name", None) or getattr(node, "rest", None), scope)
        return _children(node)

    def formatted(self, node: ast.JoinedStr, scope: _Scope) -> None:
        """Before Python 3.12 what stands in an f-string has no columns of its own: no uses."""
        known = len(self.loads)
        self.each(_children(node), scope)
        del self.loads[known:]

    def lambda_(self, node: ast.Lambda, scope: _Scope) -> None:
        # The defaults of its parameters are evaluated outside.
        self.each([node.args], scope)
        inside = _Scope(scope.around or scope, scope.owner, _parameters(node))
        self.each([node.body], inside)

    def function(self, node: Function, scope: _Scope) -> None:
        if not _completes_property(node):
            scope.bound[node.name] += 1
        # Decorators, defaults and annotations are evaluated outside; only the body sees the
        # parameters.
        outside = _Scope(scope, scope.owner, _types(node))
        annotation = [node.returns] if node.returns else []
        self.each([*node.decorator_list, node.args, *annotation], outside)
        inside = _Scope(scope.around or scope, scope.owner, _types(node))
        self.each(node.body, inside)
        first = [*node.args.posonlyargs, *node.args.args][:1]
        if scope.around and first and first[0].arg not in inside.bound and not _is_static(node):
            inside.first = first[0].arg
        inside.bound.update(_parameters(node))

    def class_(self, node: ast.ClassDef, scope: _Scope) -> None:
        scope.bound[node.name] += 1
        outside = _Scope(scope, scope.owner, _types(node))
        self.each([*node.decorator_list, *node.bases, *node.keywords], outside)
        # The `self` of a class within a class or a function leads nowhere.
        top = scope.outer is None
        inside = _Scope(outside, node.name if top else "")
        inside.around = _Scope(scope.around or scope, inside.owner, _types(node))
        self.inside = node.name if top else self.inside
        self.each(node.body, inside)
        if top:
            self.inside = ""
            self.times.update({f"{node.name}.{name}": n for name, n in inside.bound.items()})


def _children(node: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


# The fields in which names may stand: operators, for one, are nodes without any.
_FIELDS = {
    kind: tuple(field for field in kind._fields if field not in ("ctx", "op", "ops"))
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


_VISIT: dict[type[ast.AST], Callable[[_Walk, Any, _Scope], list[ast.AST] | None]] = {
    ast.Name: _Walk.name,
    ast.Attribute: _Walk.attribute,
    ast.Import: _Walk.import_,
    ast.ImportFrom: _Walk.import_,
    ast.Global: _Walk.global_,
    ast.ExceptHandler: _Walk.handler,
    ast.MatchAs: _Walk.handler,
    ast.MatchStar: _Walk.handler,
    ast.MatchMapping: _Walk.handler,
    ast.JoinedStr: _Walk.formatted,
    ast.Lambda: _Walk.lambda_,
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.ClassDef: _Walk.class_,
    ast.Constant: lambda walk, node, scope: None,
}


def _parameters(node: Function | ast.Lambda) -> Iterator[str]:
    args = node.args
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if each:
            yield each.arg


def _types(node: Function | ast.ClassDef) -> Iterator[str]:
    """`T` of `def first[T](…)`."""
    return (parameter.name for parameter in getattr(node, "type_params", ()))


def _is_static(node: Function) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)


def _completes_property(node: Function) -> bool:
    completing = {"getter", "setter", "deleter"}
    return any(
        isinstance(d, ast.Attribute) and d.attr in completing and dotted(d.value) == node.name
        for d in node.decorator_list
    )

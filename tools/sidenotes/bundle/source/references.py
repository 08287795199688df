r"""
# What the names in a piece of code refer to

One walk over a syntax tree finds the scopes and all names in them. A name refers to the module
unless a scope around it binds it. As in Python, the scope of a class is not seen from the functions
in it, and the first iterable of a comprehension is evaluated outside. Text in quotation marks
counts where it is an annotation.

>>> code = "def f(a):\n    return a + b"
>>> [each.node.id for each in references(ast.parse(code).body)]
['b']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(eq=False)
class Scope:
    """
    * `kind` is `module`, `class`, `function` or `comprehension`
    * `bound` are its names, without those that its imports bind
    * `imports` are the imports in it, each with the name that it binds
    """

    kind: str
    outer: Scope | None = None
    bound: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    imports: dict[str, list[tuple[Import, ast.alias]]] = field(default_factory=dict)

    def visible(self) -> Iterator[Scope]:
        """The scopes whose names are seen here, from the inside out, without the module."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "module":
            if scope is self or scope.kind != "class":
                yield scope
            scope = scope.outer

    @property
    def is_eager(self) -> bool:
        """Whether code in it runs when the module is imported."""
        return self.kind != "function" and (self.outer is None or self.outer.is_eager)


@dataclass(eq=False)
class Reference:
    """
    * `node` is the name, and `chain` the attributes that follow it: `a.b.c`
    * `hidden` are names that mean something else here than in the module
    * `local` are the imports that bind it in a function
    * `text` is the annotation in quotation marks in which it stands
    * `fixed` tells whether it also may be a name of its class, so that it cannot be renamed
    """

    node: ast.Name
    chain: list[ast.Attribute]
    scope: Scope
    hidden: set[str] = field(default_factory=set)
    local: list[tuple[Import, ast.alias]] = field(default_factory=list)
    text: ast.Constant | None = None
    fixed: bool = False


class Walk:
    def __init__(self) -> None:
        self.module = Scope("module")
        self.names: list[tuple[ast.Name, Scope, ast.Constant | None]] = []
        self.parents: dict[ast.AST, ast.Attribute] = {}
        self.text: ast.Constant | None = None

    def each(self, nodes: Sequence[ast.AST | None], scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                visit: Any = getattr(self, f"visit_{type(node).__name__}", self.others)
                visit(node, scope)

    def others(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, COMPREHENSIONS):
            self.comprehension(node, scope)
            return
        # `except E as name`, and what a `case` binds
        for name in ("name", "rest"):
            bound = getattr(node, name, None)
            if isinstance(bound, str) and not isinstance(node, ast.alias):
                scope.bound.add(bound)
        self.each(list(ast.iter_child_nodes(node)), scope)

    def visit_Name(self, node: ast.Name, scope: Scope) -> None:
        if not isinstance(node.ctx, ast.Load):
            scope.bound.add(node.id)
        self.names.append((node, scope, self.text))

    def visit_NamedExpr(self, node: ast.NamedExpr, scope: Scope) -> None:
        owner = scope
        while owner.kind == "comprehension" and owner.outer:
            owner = owner.outer
        self.each([node.target], owner)
        self.each([node.value], scope)

    def visit_Attribute(self, node: ast.Attribute, scope: Scope) -> None:
        self.parents[node.value] = node
        self.each([node.value], scope)

    def visit_Global(self, node: ast.Global, scope: Scope) -> None:
        scope.outside.update(node.names)

    def visit_Import(self, node: Import, scope: Scope) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            scope.imports.setdefault(name, []).append((node, alias))

    visit_ImportFrom = visit_Import

    def visit_arg(self, node: ast.arg, scope: Scope) -> None:
        self.annotation(node.annotation, scope)

    def visit_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:
        self.each([node.target, node.value], scope)
        self.annotation(node.annotation, scope)

    def annotation(self, node: ast.AST | None, scope: Scope) -> None:
        if node is None:
            return
        self.each([node], scope)
        literal = {
            inner
            for each in ast.walk(node)
            if isinstance(each, ast.Subscript) and ast.unparse(each.value).endswith("Literal")
            for inner in ast.walk(each.slice)
        }
        for text in ast.walk(node):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                if text not in literal and (inner := parsed(text.value)):
                    self.text = text
                    self.each([inner], scope)
                    self.text = None

    def function(self, node: Function, scope: Scope) -> None:
        scope.bound.add(node.name)
        self.each(node.decorator_list, scope)
        around = self.with_types(node, scope)
        self.each([node.args], around)
        self.annotation(node.returns, around)
        inside = Scope("function", around)
        inside.bound.update(parameters(node.args))
        self.each(node.body, inside)

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def visit_Lambda(self, node: ast.Lambda, scope: Scope) -> None:
        self.each([node.args], scope)
        inside = Scope("function", scope)
        inside.bound.update(parameters(node.args))
        self.each([node.body], inside)

    def visit_ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.bound.add(node.name)
        self.each(node.decorator_list, scope)
        around = self.with_types(node, scope)
        self.each([*node.bases, *node.keywords], around)
        self.each(node.body, Scope("class", around))

    def visit_TypeAlias(self, node: Any, scope: Scope) -> None:
        self.each([node.name], scope)
        self.each([node.value], self.with_types(node, scope))

    def with_types(self, node: Any, scope: Scope) -> Scope:
        """The scope of `T` in `def first[T](…)`."""
        found = getattr(node, "type_params", [])
        if not found:
            return scope
        around = Scope("function", scope, {each.name for each in found})
        self.each([getattr(each, "bound", None) for each in found], around)
        return around

    def comprehension(self, node: Any, scope: Scope) -> None:
        first, *rest = node.generators
        self.each([first.iter], scope)
        inside = Scope("comprehension", scope)
        self.each([first.target, *first.ifs, *rest], inside)
        parts = [getattr(node, name, None) for name in ("elt", "key", "value")]
        self.each(parts, inside)


def references(nodes: Sequence[ast.stmt]) -> list[Reference]:
    """The names that refer to the module, or to what a function imports."""
    walk = walked(nodes)
    found = (_reference(walk, *each) for each in walk.names)
    return [each for each in found if each]


def local_scopes(nodes: Sequence[ast.stmt]) -> Scope:
    """What statements at the top of a module bind."""
    return walked(nodes).module


def walked(nodes: Sequence[ast.stmt]) -> Walk:
    walk = Walk()
    walk.each(nodes, walk.module)
    return walk


def _reference(
    walk: Walk, node: ast.Name, scope: Scope, text: ast.Constant | None
) -> Reference | None:
    found = Reference(node, list(_chain(walk, node)), scope, text=text)
    for each in scope.visible():
        if node.id in each.outside:
            break
        if node.id in each.imports and node.id not in each.bound:
            found.local = each.imports[node.id]
            break
        if node.id in each.bound:
            if each.kind != "class" or not isinstance(node.ctx, ast.Load):
                return None
            found.fixed = True
    found.hidden = {
        name for each in scope.visible() for name in {*each.bound, *each.imports} - each.outside
    }
    return found


def _chain(walk: Walk, node: ast.AST) -> Iterator[ast.Attribute]:
    while node in walk.parents:
        node = walk.parents[node]
        assert isinstance(node, ast.Attribute)
        yield node


def parsed(text: str) -> ast.expr | None:
    """An annotation in quotation marks; `None` if it is no expression."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def parameters(args: ast.arguments) -> Iterator[str]:
    for each in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if each:
            yield each.arg

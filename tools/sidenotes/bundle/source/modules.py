r"""
# The statements of a module

A module is a row of statements, each with the comments above it. A statement binds names of the
module, imports some, or only does something. Statements that share a line stay together.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .project import dotted
from .references import Import, Reference, local_scopes, references

Nodes = list[ast.stmt]


class Refused(ValueError):
    """What cannot be bundled, with its file and line."""

    def __init__(self, module: Module, line: int, why: str):
        super().__init__(f"{module.path}:{line}: {why}")


@dataclass(eq=False)
class Origin:
    """
    What an import says: a module and, with `from`, a name in it. `node` is the import in which it
    stands, and `local` the name that it gets.
    """

    module: str
    name: str
    local: str
    node: Import
    # `import a.b` binds `a`, and imports this.
    whole: str = ""
    conditional: bool = False
    typing: bool = False

    @property
    def line(self) -> int:
        return self.node.lineno


@dataclass(eq=False)
class Statement:
    """
    * `nodes` are the statements of Python, more than one if they share lines
    * `first` is the line at which the comments above it begin, `last` its own last line
    * `kind` is `code`, `docstring`, `import`, `future`, `all`, `nothing`, or `main`, which runs
      only if the module is the program
    """

    module: Module
    nodes: Nodes
    first: int
    kind: str

    @property
    def line(self) -> int:
        node = self.nodes[0]
        return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])

    @property
    def last(self) -> int:
        return self.nodes[-1].end_lineno or self.nodes[-1].lineno

    @cached_property
    def binds(self) -> set[str]:
        """The names of the module that it binds, also those which an import in it binds."""
        scope = local_scopes(self.nodes)
        declared = {n for each in references(self.nodes) for n in each.scope.outside}
        return scope.bound | set(scope.imports) | declared if self.kind == "code" else set()

    @cached_property
    def references(self) -> list[Reference]:
        return references(self.nodes)


@dataclass(eq=False)
class Module:
    path: Path
    text: str
    name: str
    is_package: bool
    # Those of another module that replace some of this one's.
    instead: Module | None = None
    # What is left out of the bundle.
    without: frozenset[str] = frozenset()
    origins: list[Origin] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path, without: frozenset[str] = frozenset()) -> Module:
        path = path.resolve()
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: not in UTF-8: {error}") from error
        text = text.removeprefix("\ufeff")
        return cls(path, text, dotted(path), path.name == "__init__.py", without=without)

    @property
    def package(self) -> str:
        return self.name if self.is_package else self.name.rpartition(".")[0]

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        try:
            return ast.parse(self.text)
        except SyntaxError as error:
            raise Refused(self, error.lineno or 1, f"does not parse: {error.msg}") from error

    @cached_property
    def statements(self) -> list[Statement]:
        """All of them. The imports at the top of the module become `origins`."""
        groups: list[Nodes] = []
        for node in self.tree.body:
            if groups and node.lineno <= (groups[-1][-1].end_lineno or 0):
                groups[-1].append(node)
            else:
                groups.append([node])
        found, end = [], 0
        for nodes in groups:
            statement = Statement(self, nodes, end + 1, "code")
            end = statement.last
            statement.first = self.comments_above(statement)
            statement.kind = self.kind(statement)
            found.append(statement)
        return found

    def comments_above(self, statement: Statement) -> int:
        """The first line of the comments between the statement before and this one."""
        before = range(statement.first, statement.line)
        return next((n for n in before if self.lines[n - 1].lstrip().startswith("#")),
                    statement.line)  # fmt: skip

    def kind(self, statement: Statement) -> str:
        node, alone = statement.nodes[0], len(statement.nodes) == 1
        if all(isinstance(each, ast.Import | ast.ImportFrom) for each in statement.nodes):
            future = [n for n in statement.nodes if getattr(n, "module", "") == "__future__"]
            self.add_imports([n for n in statement.nodes if n not in future])
            return "future" if future else "import"
        if not alone:
            return "code"
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            first = node is self.tree.body[0] and isinstance(node.value.value, str)
            return "docstring" if first else "nothing"
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Delete):
            about_all = any(
                isinstance(each, ast.Name) and each.id == "__all__" for each in _heads(node)
            )
            return "all" if about_all else "code"
        if isinstance(node, ast.If) and is_main(node.test):
            return "main"
        if isinstance(node, ast.If) and is_typing(node.test) and not node.orelse:
            if all(isinstance(each, ast.Import | ast.ImportFrom) for each in node.body):
                self.add_imports(node.body, typing=True)
                return "import"
        if isinstance(node, ast.Try):
            return self.kind_of_try(node)
        return "code"

    def kind_of_try(self, node: ast.Try) -> str:
        """An import that cannot fail, since what it imports will be in the same file."""
        imports = all(isinstance(each, ast.Import | ast.ImportFrom) for each in node.body)
        simple = imports and not node.orelse and not node.finalbody and is_guarded(node)
        own = [each for each in node.body if self.is_own(each)]
        if simple and own and len(own) == len(node.body) and not self.is_left_out(own):
            self.add_imports(own, conditional=True)
            return "import"
        return "code"

    def is_own(self, node: ast.stmt) -> bool:
        """Whether all that an import imports is of this package."""
        top = self.name.partition(".")[0]
        return isinstance(node, ast.Import | ast.ImportFrom) and all(
            each.module.partition(".")[0] == top for each in self.read_import(node)
        )

    def is_left_out(self, nodes: Nodes) -> bool:
        names = [
            name
            for node in nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for each in self.read_import(node)
            for name in (each.module, f"{each.module}.{each.name}", each.whole)
        ]
        return any(f"{name}.".startswith(f"{out}.") for name in names for out in self.without)

    def add_imports(self, nodes: Nodes, typing: bool = False, conditional: bool = False) -> None:
        for node in nodes:
            assert isinstance(node, ast.Import | ast.ImportFrom)
            for origin in self.read_import(node):
                origin.typing, origin.conditional = typing, conditional
                self.origins.append(origin)

    def read_import(self, node: Import) -> Iterator[Origin]:
        """What an import says, with relative names resolved."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                yield Origin(whole, "", alias.asname or whole, node, alias.name)
            return
        module = node.module or ""
        if node.level:
            parts = self.package.split(".") if self.package else []
            if node.level > len(parts):
                raise Refused(self, node.lineno, "a relative import leads out of the package")
            module = ".".join([*parts[: len(parts) + 1 - node.level], *filter(None, [module])])
        for alias in node.names:
            yield Origin(module, alias.name, alias.asname or alias.name, node)


def is_main(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")


def is_typing(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING")


def is_guarded(node: ast.Try) -> bool:
    """Whether an import in a `try` may fail."""
    names = [each.type and ast.unparse(each.type) for each in node.handlers]
    return all(name in ("ImportError", "ModuleNotFoundError", "Exception") for name in names)


def _heads(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement is about: `__all__` in `__all__ += [...]` and in `__all__.append(...)`."""
    fields: tuple[str, ...] = ("targets", "target", "func")
    if isinstance(node, ast.Expr | ast.Attribute | ast.Subscript):
        fields = ("value",)
    for value in (getattr(node, name, None) for name in fields):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield each
                yield from _heads(each)

r"""
# The order in which Python runs the statements of modules

A module runs where it is first imported, after the packages that it is in. One that only a function
imports comes before that function, if nothing that it needs is under way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .source.modules import Module, Origin, Statement
from .source.resolve import Package


class Execution:
    """The statements of all modules, in `order`."""

    def __init__(self, package: Package):
        self.package = package
        self.order: list[Statement] = []
        self.started: list[Module] = []
        self.running: list[Module] = []

    def start(self, module: Module) -> None:
        parts = module.name.split(".")
        for count in range(1, len(parts)):
            outer = self.package.load(".".join(parts[:count]))
            if outer:
                self.run(outer)
        self.run(module)

    def run(self, module: Module) -> None:
        if module in self.started:
            return
        self.started.append(module)
        self.running.append(module)
        replaced = module.instead.statements if module.instead else []
        done = 0
        for statement in module.statements:
            for inner in self.imports(module, statement):
                self.start(inner)
            for index, other in enumerate(replaced):
                if index >= done and other.binds & statement.binds:
                    self.extend(replaced[done : index + 1])
                    done = index + 1
            self.order.append(statement)
        self.extend(replaced[done:])
        self.running.remove(module)

    def extend(self, statements: list[Statement]) -> None:
        for statement in statements:
            for inner in self.imports(statement.module, statement):
                self.start(inner)
            self.order.append(statement)

    def imports(self, module: Module, statement: Statement) -> Iterator[Module]:
        """The modules that a statement imports, and those that a function in it will."""
        if statement.kind == "main":
            return
        top = [o for o in module.origins if o.node in nodes_of(statement) and not o.typing]
        for origin in top:
            yield from self.modules(origin)
        for origin in inner_imports(self.package, statement):
            for inner in self.modules(origin):
                if not self.closure(inner) & set(self.running):
                    yield inner

    def modules(self, origin: Origin) -> Iterator[Module]:
        whole = f"{origin.module}.{origin.name}" if origin.name else origin.whole or origin.module
        for name in (origin.module, whole):
            if not self.package.is_left_out(name) and (found := self.package.load(name)):
                yield found

    def closure(self, module: Module) -> set[Module]:
        """All modules that are imported with one."""
        found, left = set(), [module]
        while left:
            each = left.pop()
            if each not in found and each not in self.started or each is module:
                found.add(each)
                origins = [o for s in each.statements if s.kind == "import" or s.kind == "code"
                           for o in each.origins if not o.typing]  # fmt: skip
                left += [m for o in origins for m in self.modules(o) if m not in found]
            found.add(each)
        return found

    def finish(self, needed: set[Module]) -> None:
        """Run the modules that only annotations or functions ask for."""
        for module in sorted(needed, key=lambda each: each.name):
            if not any(each.instead is module for each in self.started):
                self.start(module)


def nodes_of(statement: Statement) -> list[ast.AST]:
    return [inner for node in statement.nodes for inner in ast.walk(node)]


def inner_imports(package: Package, statement: Statement) -> Iterator[Origin]:
    """The imports of the package that stand in other statements."""
    if statement.kind not in ("code", "main"):
        return
    for node in nodes_of(statement):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for origin in statement.module.read_import(node):
                if package.has(origin.module) and not package.leaves_out(origin):
                    yield origin

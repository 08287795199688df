r"""
# What a bundle takes

It begins with the names that the bundle is made for and takes every statement that binds a name
which a taken statement uses, until nothing is missing. Statements that only do something are taken
too, as they would run when the package is imported, unless all that they speak of is not there.

The order is that in which Python would run them: the package first, and each module where it is
first imported. A module that only a function imports comes before that function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from . import effects
from .conditions import refuse_risky
from .order import Execution, inner_imports, nodes_of
from .source import refusals
from .source.examples import docstrings, examples
from .source.modules import Module, Origin, Statement
from .source.references import Import, Reference
from .source.resolve import External, Item, Package, Target


@dataclass
class Taken:
    """
    * `roots` are the names that the bundle is made for
    * `statements` are what it takes, in the order in which they run
    * `targets` tells what each name in them means
    * `externals` are its imports from elsewhere, with the places that say them
    """

    roots: list[Item]
    statements: list[Statement] = field(default_factory=list)
    targets: dict[Reference, tuple[Target | None, int]] = field(default_factory=dict)
    externals: dict[External, list[Origin]] = field(default_factory=dict)
    # Names that no module of the package binds.
    unknown: set[str] = field(default_factory=set)
    # For each docstring, the names in its examples and its imports of the package.
    examples: dict[ast.Constant, list[Reference]] = field(default_factory=dict)
    example_imports: dict[ast.Constant, list[Import]] = field(default_factory=dict)


class Collector:
    """
    * `programs` are modules that run when the bundle is run
    * `notes` tells whether docstrings are kept, with their examples
    """

    def __init__(self, package: Package, programs: list[Module], notes: bool = True):
        self.package, self.programs, self.notes = package, programs, notes
        self.taken = Taken([])
        self.chosen: set[Statement] = set()
        self.items: set[Item] = set()
        self.executed = Execution(package)

    def collect(self, module: Module, roots: list[Item]) -> Taken:
        """All that these names of a module need."""
        for each in (module, *self.programs):
            self.executed.start(each)
        for item in roots:
            self.take_item(item)
        for statement in module.statements if self.notes else ():
            if statement.kind == "docstring":
                self.take_examples(statement)
        for statement in (s for p in self.programs for s in p.statements if s.kind == "main"):
            self.take(statement)
        while found := list(self.effects()):
            for statement in found:
                self.take(statement)
        self.executed.finish({item.module for item in self.items})
        self.taken.roots = roots
        order = [each for each in self.executed.order if each in self.chosen]
        self.taken.statements = order
        refuse_risky(self.package, self.taken.externals)
        return self.taken

    def take_item(self, item: Item) -> None:
        if item in self.items:
            return
        self.items.add(item)
        for statement in self.package.statements(item):
            self.take(statement)

    def take(self, statement: Statement) -> None:
        if statement in self.chosen:
            return
        self.chosen.add(statement)
        module = statement.module
        refusals.check(self.package, module, statement.nodes)
        refusals.check_stars(self.package, module)
        calls = called(statement)
        for found in statement.references:
            target = self.target(statement, found, calls)
            if isinstance(target, Item):
                self.take_item(target)
            elif isinstance(target, External) and not found.local:
                self.take_external(module, found, target)
        for origin in inner_imports(self.package, statement):
            # An import in a condition or a function names what it brings.
            target = self.package.origin(module, origin)
            if isinstance(target, Item):
                self.take_item(target)
        if self.notes:
            self.take_examples(statement)

    def take_examples(self, statement: Statement) -> None:
        """An example needs what it uses, too."""
        module = statement.module
        for docstring in docstrings(statement.nodes):
            found = examples(module.lines, docstring)
            self.taken.examples[docstring] = found.references()
            self.taken.example_imports[docstring] = [
                node
                for node in found.imports()
                if all(self.package.has(each.module) for each in module.read_import(node))
            ]
            for each in self.taken.examples[docstring]:
                target, _ = self.taken.targets[each] = self.package.reference(module, each)
                if isinstance(target, Item):
                    self.take_item(target)
                elif isinstance(target, External) and not each.local:
                    self.take_external(module, each, target)
                elif target is None and not each.local:
                    self.taken.unknown.add(each.node.id)

    def target(
        self, statement: Statement, found: Reference, calls: dict[ast.AST, ast.Call]
    ) -> Target | None:
        module, line = statement.module, (found.text or found.node).lineno
        target, used = self.package.reference(module, found)
        self.taken.targets[found] = (target, used)
        nodes: list[ast.AST] = [found.node, *found.chain]
        call, rest = calls.get(nodes[-1]), [each.attr for each in found.chain[used:]]
        if target is None and not found.local:
            is_top = next(found.scope.visible(), None) is None
            refusals.check_name(module, call, found.node.id, line, is_top, bool(found.text))
            self.taken.unknown.add(found.node.id)
        refusals.check_foreign(module, target, rest, call, line)
        return target

    def take_external(self, module: Module, found: Reference, target: External) -> None:
        places = self.taken.externals.setdefault(target, [])
        for each in self.package.modules.values():
            for origin in each.origins:
                same = External(origin.module, origin.name, origin.local) == target
                if same and each is module and origin not in places:
                    places.append(origin)
        if not places:
            # By way of another module of the package: `other.math.sqrt`.
            places.extend(o for m in self.package.modules.values() for o in m.origins
                          if External(o.module, o.name, o.local) == target)  # fmt: skip

    def effects(self) -> Iterator[Statement]:
        """Statements that are not taken yet, and would do something to what is there."""
        for statement in self.executed.order:
            if statement not in self.chosen and statement.kind == "code":
                if effects.matters(self.package, statement, self.items):
                    yield statement


def called(statement: Statement) -> dict[ast.AST, ast.Call]:
    return {n.func: n for n in nodes_of(statement) if isinstance(n, ast.Call)}

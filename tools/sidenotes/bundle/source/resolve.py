r"""
# What a name means

A name of a module is defined there, or imported from another module of the package, or from
elsewhere. A name that a package hands on is followed to where it is defined.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .modules import Module, Origin, Refused, Statement
from .project import base
from .references import Reference


@dataclass(frozen=True)
class Item:
    """A name that a module of the package defines."""

    module: Module
    name: str


@dataclass(frozen=True)
class Whole:
    """A module of the package, as a value."""

    module: Module


@dataclass(frozen=True)
class External:
    """An import from elsewhere: `from module import name as local`, or `import module as local`."""

    module: str
    name: str
    local: str


Target = Item | Whole | External


@dataclass
class Package:
    """
    ## The modules that can be bundled

    * `folders` tells where each package is imported from
    * `instead` are files that replace a part of a module
    * `without` are modules that are left out
    """

    folders: dict[str, Path] = field(default_factory=dict)
    instead: dict[str, Path] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    modules: dict[str, Module] = field(default_factory=dict)
    beside: Path | None = None

    def add(self, path: Path) -> Module:
        """A module that is given by its file."""
        module = Module.read(path, self.without)
        self.folders[module.name.partition(".")[0]] = base(path)
        if "." not in module.name and not module.is_package:
            self.beside = base(path)
        return self._keep(module)

    def _keep(self, module: Module) -> Module:
        if module.name in self.modules:
            return self.modules[module.name]
        self.modules[module.name] = module
        if module.name in self.instead:
            module.instead = self.add(self.instead[module.name])
        return module

    def has(self, name: str) -> bool:
        """Whether a module of this name is of one of the packages."""
        top = name.partition(".")[0]
        if top not in self.folders and self.beside and top not in sys.stdlib_module_names:
            if self._file(self.beside, top):
                self.folders[top] = self.beside
        return top in self.folders

    def load(self, name: str) -> Module | None:
        """The module of a package; `None` if there is none."""
        if name not in self.modules and self.has(name):
            file = self._file(self.folders[name.partition(".")[0]], name)
            if file:
                self._keep(Module.read(file, self.without))
        return self.modules.get(name)

    @staticmethod
    def _file(folder: Path, name: str) -> Path | None:
        place = folder.joinpath(*name.split("."))
        choice = (place / "__init__.py", place.with_name(place.name + ".py"))
        return next((file for file in choice if file.is_file()), None)

    def is_left_out(self, name: str) -> bool:
        return any(name == out or name.startswith(out + ".") for out in self.without)

    def leaves_out(self, origin: Origin) -> bool:
        """Whether an import asks for something that is to be left out."""
        names = (origin.module, f"{origin.module}.{origin.name}", origin.whole)
        return any(self.is_left_out(name) for name in names)

    # ## Names

    def statements(self, item: Item) -> list[Statement]:
        """All statements of a module that bind a name, in their order."""
        return [each for each in item.module.statements if item.name in each.binds]

    def name(self, module: Module, name: str, line: int = 1, depth: int = 0) -> Target | None:
        """What a name of a module means; `None` if the module does not know it."""
        if depth > 20:
            raise Refused(module, line, f"{name} is imported in a circle")
        if module.instead and self.statements(Item(module.instead, name)):
            return Item(module.instead, name)
        defined = bool(self.statements(Item(module, name)))
        origins = [each for each in module.origins if each.local == name]
        found = {self.origin(module, each, depth) for each in origins}
        if len(found) + defined > 1:
            raise Refused(module, origins[0].line, f"{name} is imported, and bound again elsewhere")
        if defined:
            return Item(module, name)
        return found.pop() if found else self._further(module, name, depth)

    def _further(self, module: Module, name: str, depth: int) -> Target | None:
        """A name that is not bound by name: from a star import, or a module in a package."""
        for star in (each for each in module.origins if each.name == "*"):
            origin = self.load(star.module)
            if origin is None:
                if self.has(star.module):
                    raise Refused(module, star.line, f"there is no module {star.module}")
                continue
            if name in self.public(origin) and (found := self.name(origin, name, 1, depth + 1)):
                return found
        if module.is_package and (inner := self.load(f"{module.name}.{name}")):
            return Whole(inner)
        if module.is_package and self.statements(Item(module, "__getattr__")):
            line = self.statements(Item(module, "__getattr__"))[0].line
            raise Refused(module, line, f"__getattr__ decides what {name} is when it is asked for")
        return None

    def origin(self, module: Module, origin: Origin, depth: int = 0) -> Target:
        """What is imported."""
        if self.leaves_out(origin):
            what = f"{origin.module}.{origin.name}".rstrip(".")
            raise Refused(module, origin.line, f"needs {what}, which is to be left out")
        if not self.has(origin.module):
            return External(origin.module, origin.name, origin.local)
        found = self.load(origin.module)
        if found is None:
            raise Refused(module, origin.line, f"there is no module {origin.module}")
        if not origin.name:
            return Whole(found)
        # `from . import inner` in a package asks for the module, not for its own name.
        itself = origin in module.origins and found is module
        target = None if itself else self.name(found, origin.name, 1, depth + 1)
        if target is None and (inner := self.load(f"{origin.module}.{origin.name}")):
            return Whole(inner)
        if target is None:
            raise Refused(module, origin.line, f"{origin.module} has no {origin.name}")
        return target

    def public(self, module: Module) -> list[str]:
        """`__all__`, or what the module defines under a name without an underscore."""
        listed = list(self._listed(module))
        if listed:
            return listed
        names = [name for each in module.statements for name in sorted(each.binds)]
        if module.is_package:
            names += [each.local for each in module.origins if each.name != "*"]
        return [name for name in dict.fromkeys(names) if not name.startswith("_")]

    def _listed(self, module: Module) -> Iterator[str]:
        for statement in (each for each in module.statements if each.kind == "all"):
            value = getattr(statement.nodes[0], "value", None)
            try:
                yield from ast.literal_eval(value or "")
            except (ValueError, TypeError, SyntaxError) as error:
                why = "__all__ is not a plain list of names"
                raise Refused(module, statement.line, why) from error

    def reference(self, module: Module, found: Reference) -> tuple[Target | None, int]:
        """What a name in the code means, and how many of the attributes behind it belong to it."""
        line = (found.text or found.node).lineno
        if found.local:
            node, alias = found.local[-1]
            origins = [each for each in module.read_import(node)
                       if each.local == found.node.id]  # fmt: skip
            if any(not self.has(each.module) or self.leaves_out(each) for each in origins):
                return None, 0
            target: Target | None = self.origin(module, origins[0])
        else:
            target = self.name(module, found.node.id, line)
        used = 0
        while isinstance(target, Whole):
            if used == len(found.chain):
                why = f"{found.node.id} is used as a value, and a bundle has no such module"
                raise Refused(module, line, why)
            attribute = found.chain[used]
            if not isinstance(attribute.ctx, ast.Load):
                why = (
                    f"{attribute.attr} is assigned to another module, which a bundle does not have"
                )
                raise Refused(module, line, why)
            inner = self.name(target.module, attribute.attr, line)
            if inner is None:
                raise Refused(module, line, f"{target.module.name} has no {attribute.attr}")
            target, used = inner, used + 1
        return target, used

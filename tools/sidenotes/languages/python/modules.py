r"""
# What a name means

A name in the code links to its definition when two things are certain: what the name means, and
that the definition is in a package whose files are shown. A wrong link costs more trust than a
missing one, so each doubt ends without a link: a name that the function binds itself, an attribute
of a thing whose class is not written down, a base class that is elsewhere, a name that is bound
twice.

What is followed: names of the module, imports (re-exports too), attributes of imported modules
and classes, and `self.name`, `cls.name` and `super().name` through the chain of base classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from ..highlight import column
from ..language import Definition, Link, Project
from .names import Names, names, origins
from .syntax import definitions


def links(project: Project, path: str, text: str) -> Iterator[Link]:
    """The names in a module whose definitions are known."""
    modules, found = _modules(project, project.shown), {}
    modules.forget()
    for use in names(text).uses:
        key = use[2:]
        if key not in found:
            found[key] = (
                modules.member(path, use.owner, use.name, use.inherited)
                if use.owner
                else modules.name(path, use.name)
            )
        if target := found[key]:
            end = column(text, use.line, use.end)
            yield Link(use.line, end - len(use.name.rpartition(".")[2]), end, target)


# A build asks for each of its pages. What a project shows is all that changes in it.
@lru_cache(maxsize=4)
def _modules(project: Project, shown: frozenset[str]) -> Modules:
    return Modules(project)


class Modules:
    """The modules of the packages that files are shown of."""

    def __init__(self, project: Project):
        self.root, self.project = project.root, project
        # The folders from which the files that are shown are imported.
        shown = (self.root / path for path in project.shown if path.endswith((".py", ".pyi")))
        self.folders = {_base(file, self.root) for file in shown}
        self._packages: dict[str, str] = {}
        self.forget()

    def forget(self) -> None:
        """Look at the files again."""
        self._texts: dict[str, str] = {}
        self._modules: dict[tuple[str, ...], str] = {}

    def text(self, path: str) -> str:
        if path not in self._texts:
            self._texts[path] = self.project.text(path)
        return self._texts[path]

    def name(self, path: str, name: str, depth: int = 0) -> Definition | None:
        """What a dotted name means in a module."""
        first, _, rest = name.partition(".")
        text = self.text(path)
        # Imports can go round in a circle; no name is re-exported nine times.
        if depth > 8 or names(text).bindings[first] != 1:
            return None
        if f".{first}" in definitions(text, ""):
            return self.member(path, first, rest) if rest else Definition(path, first)
        origin = origins(text, self._package(path)).get(first)
        if origin is None:
            return None
        return self._origin(f"{origin}.{rest}" if rest else origin, depth + 1)

    def member(
        self, path: str, owner: str, name: str, inherited: bool = False
    ) -> Definition | None:
        """What `name` means on the class `owner`: its own, else the nearest base class's."""
        seen = 0
        while "." not in name and seen < 16:
            text, seen = self.text(path), seen + 1
            module: Names = names(text)
            if owner not in module.bases or module.bindings[owner] != 1:
                return None
            own = f"{owner}.{name}"
            # What is assigned in the class or to `self` hides the method of a base class.
            if not inherited and module.bindings[own]:
                certain = module.bindings[own] == 1 and f".{own}" in definitions(text, "")
                return Definition(path, own) if certain else None
            bases = module.bases[owner]
            # With two base classes the order of their lookup matters; then nothing is certain here.
            base = self.name(path, bases[0]) if len(bases) == 1 and bases[0] else None
            if base is None or not base.name:
                return None
            path, owner, inherited = base.path, base.name, False
        return None

    def _origin(self, origin: str, depth: int) -> Definition | None:
        parts = origin.split(".")
        for cut in range(len(parts), 0, -1):
            module = self._file(parts[:cut])
            if module and not self._hidden(parts[:cut]):
                rest = ".".join(parts[cut:])
                return self.name(module, rest, depth) if rest else Definition(module, "")
        return None

    def _hidden(self, parts: list[str]) -> bool:
        """Whether the package has another thing of the same name as the module."""
        package = self._file(parts[:-1]) if parts[1:] else ""
        text = self.text(package) if package else ""
        other = origins(text, ".".join(parts[:-1])).get(parts[-1], "")
        return bool(names(text).bindings[parts[-1]]) and other != ".".join(parts)

    def _package(self, path: str) -> str:
        """The package that relative imports in this file start from."""
        if path not in self._packages:
            file = self.root / path
            parts = file.parent.relative_to(_base(file, self.root)).parts
            self._packages[path] = ".".join(parts)
        return self._packages[path]

    def _file(self, parts: list[str]) -> str:
        """
        The file of a module, found beside the packages that files are shown of; `""` if it is not
        one of them, or if two folders have one of that name.
        """
        key = tuple(parts)
        if key not in self._modules:
            found = []
            for folder in self.folders:
                module = folder.joinpath(*parts)
                # Python, too, takes the package where there are both.
                choice = (module / "__init__.py", module.with_suffix(".py"))
                found += [file for file in choice if file.is_file()][:1]
            only = found[0].relative_to(self.root).as_posix() if len(found) == 1 else ""
            self._modules[key] = only
        return self._modules[key]


def _base(file: Path, root: Path) -> Path:
    """The folder from which a file is imported: the first one above it that is not a package."""
    folder = file.parent
    while folder != root and (folder / "__init__.py").is_file():
        folder = folder.parent
    return folder

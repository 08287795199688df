r"""
# Imports that may fail

An import under a condition may stand there because what it imports needs something that not every
machine has. In a bundle, what that module imports from elsewhere stands at the top, where nothing
catches a failure. So it is refused, unless it is there on every machine, or needed in any case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from sys import stdlib_module_names

from .order import inner_imports, nodes_of
from .source.modules import Module, Origin, Refused, Statement
from .source.resolve import External, Package

# What of the standard library not every system has.
PLATFORM = frozenset(
    "winreg msvcrt winsound nt fcntl termios pwd grp resource curses readline tty pty syslog posix "
    "tkinter".split()
)


def refuse_risky(package: Package, externals: Mapping[External, list[Origin]]) -> None:
    """Refuse an import that may fail of a module that imports what may be missing."""
    risky = {inner: (importer, line) for inner, importer, line in conditional(package)}
    sure = {
        external.module.partition(".")[0]
        for external, places in externals.items()
        for module in package.modules.values()
        if module not in risky and any(each in module.origins for each in places)
    }
    for module, (importer, line) in risky.items():
        for external, places in externals.items():
            top = external.module.partition(".")[0]
            ours = any(each in module.origins and not each.typing for each in places)
            if ours and top not in sure and (top not in stdlib_module_names or top in PLATFORM):
                why = f"{module.name} is imported under a condition, and needs {top}"
                raise Refused(importer, line, f"{why}, which may be missing")


def conditional(package: Package) -> Iterator[tuple[Module, Module, int]]:
    """The modules that are imported under a condition, each with the place of the import."""
    for module in list(package.modules.values()):
        for statement in module.statements:
            nodes = nodes_of(statement)
            origins = [each for each in module.origins if each.conditional and each.node in nodes]
            if is_condition(statement):
                origins += inner_imports(package, statement)
            for origin in origins:
                for name in (origin.module, f"{origin.module}.{origin.name}"):
                    inner = package.load(name)
                    if inner is not None and inner is not module and not inner.is_package:
                        yield inner, module, origin.line


def is_condition(statement: Statement) -> bool:
    return any(isinstance(node, ast.If | ast.Try) for node in statement.nodes)

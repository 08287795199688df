r"""
# What cannot be bundled

Some code asks for modules, files or names while it runs, and would find others in a bundle, or
nothing. It is refused by file and line. So is an import of which one cannot say what it brings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from .modules import Module, Refused
from .resolve import External, Package, Target

# Names that every module has, and that are others in a bundle.
OWN = {
    **dict.fromkeys(("__file__", "__path__"), "the place of the file"),
    **dict.fromkeys(("__package__", "__spec__", "__loader__"), "the package of the file"),
    "__builtins__": "the names of the module",
}
NAMESPACES = {"globals", "locals", "vars"}
DYNAMIC = {"exec", "eval", "__import__"}
# Functions of other modules, and what they look for.
FOREIGN = {
    "sys.modules": "modules by their names",
    "importlib": "modules by their names",
    "pkgutil": "modules or files by their names",
    "pkg_resources": "modules or files by their names",
    "runpy": "modules by their names",
}


def check(package: Package, module: Module, nodes: Iterable[ast.stmt]) -> None:
    """Refuse what nodes of a module do, apart from what their names mean."""
    for node in (each for top in nodes for each in ast.walk(top)):
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            own = package.has(next(module.read_import(node)).module)
            if "*" in names and not own:
                why = f"`from {node.module} import *`: which names it brings is not known"
                raise Refused(module, line, why)


def check_stars(package: Package, module: Module) -> None:
    """Refuse a star import from elsewhere at the top of a module."""
    for origin in module.origins:
        if origin.name == "*" and not package.has(origin.module):
            why = f"`from {origin.module} import *`: which names it brings is not known"
            raise Refused(module, origin.line, why)


def check_name(
    module: Module, call: ast.AST | None, name: str, line: int, is_top: bool, annotated: bool
) -> None:
    """
    Refuse a name that neither the module nor a function in it binds. `call` is the call of it, if
    it is called, and `is_top` tells whether this happens at the top of the module.
    """
    if name in OWN:
        raise Refused(module, line, f"{name} tells {OWN[name]}, which is another in a bundle")
    if name in DYNAMIC:
        why = f"{name} runs text, and which names that uses is not known"
        raise Refused(module, line, why)
    empty = isinstance(call, ast.Call) and not call.args and not call.keywords
    if name == "globals" or (name in NAMESPACES and is_top and empty):
        why = f"{name}() has the names of the module, which are others in a bundle"
        raise Refused(module, line, why)


def check_foreign(
    module: Module, target: Target | None, attributes: list[str], call: ast.AST | None, line: int
) -> None:
    """Refuse what asks for modules or files by their names."""
    if not isinstance(target, External):
        return
    whole = ".".join(filter(None, [target.module, target.name, *attributes]))
    for name, what in FOREIGN.items():
        if whole == name or whole.startswith(name + "."):
            if whole == "importlib.import_module" and _is_elsewhere(module, call):
                return
            why = f"{whole} looks for {what}, and a bundle is one file"
            raise Refused(module, line, why)


def _is_elsewhere(module: Module, call: ast.AST | None) -> bool:
    """Whether `import_module` is called with the name of a module of another package."""
    if not isinstance(call, ast.Call) or len(call.args) != 1 or call.keywords:
        return False
    name = call.args[0]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return False
    top = module.name.partition(".")[0]
    return not name.value.startswith(".") and name.value.partition(".")[0] != top

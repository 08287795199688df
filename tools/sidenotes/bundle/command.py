r"""
# The command `bundle`

Writes a module, and what it needs from its package, into one file. Nothing is imported to do so.
The file is written aside and then renamed, so that none is ever half there.
"""

from __future__ import annotations

import argparse
import os
import shlex
import tempfile
from pathlib import Path

from .collect import Collector
from .naming import names
from .source.modules import Module, Refused
from .source.project import Project
from .source.resolve import Item, Package
from .text.layout import Layout
from .text.rewrite import Rewriter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", type=Path, help="the module")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="print it by default")
    parser.add_argument("--bare", action="store_true", help="without notes")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="its public names by default")
    parser.add_argument("--without", nargs="+", metavar="MODULE", default=[],
                        help="modules of the package that are left out")  # fmt: skip
    parser.add_argument("--check", type=Path, metavar="FILE",
                        help="a module that the bundle runs when it is run")  # fmt: skip
    parser.add_argument("--address", default="", help="the site that links lead to")
    parser.add_argument("--force", action="store_true", help="overwrite the output")


def main(options: argparse.Namespace) -> int:
    output: Path | None = options.output
    if output is not None:
        refuse_output(output, options.force)
    text = bundle(
        options.module,
        only=options.only,
        check=options.check,
        is_bare=options.bare,
        without=frozenset(options.without),
        address=options.address,
    )
    if output is None:
        print(text, end="")
        return 0
    write(output, text)
    print(f"{output}: {len(text.splitlines())} lines")
    return 0


def bundle(
    path: Path,
    *,
    only: list[str] | None = None,
    check: Path | None = None,
    is_bare: bool = False,
    without: frozenset[str] = frozenset(),
    address: str = "",
) -> str:
    """The text of a bundle."""
    project = Project.around(path)
    package = Package(instead=project.instead, without=without)
    module = package.add(path)
    programs = [module] if any(s.kind == "main" for s in module.statements) else []
    if check is not None:
        if programs:
            line = next(s.line for s in module.statements if s.kind == "main")
            raise Refused(module, line, "is a program of its own, and cannot have another check")
        programs = [package.add(check)]
    found = public(package, module, only)
    taken = Collector(package, programs, notes=not is_bare).collect(module, found)
    chosen = names(taken)
    rewriter = Rewriter(package, taken, chosen, notes=not is_bare)
    command = described(project, path, only, check, is_bare, without, address)
    layout = Layout(project, module, command, address.rstrip("/"), is_bare)
    text = layout.text(taken, chosen, rewriter)
    compile(text, str(path), "exec", dont_inherit=True)
    return text


def public(package: Package, module: Module, only: list[str] | None) -> list[Item]:
    """The names that the bundle is made for."""
    found = []
    for name in only or package.public(module):
        target = package.name(module, name)
        if not isinstance(target, Item):
            raise Refused(module, 1, f"does not define {name}")
        found.append(target)
    if not found:
        raise Refused(module, 1, "defines no public name")
    return found


def described(
    project: Project, path: Path, only: list[str] | None, check: Path | None,
    is_bare: bool, without: frozenset[str], address: str,
) -> str:  # fmt: skip
    """The command that makes the same bundle, in the folder of the project."""

    def place(file: Path) -> str:
        whole = file.resolve()
        inside = whole.is_relative_to(project.root.resolve())
        return whole.relative_to(project.root.resolve()).as_posix() if inside else file.name

    words = ["sidenotes", "bundle", place(path)]
    words += ["--only", *only] if only else []
    words += ["--check", place(check)] if check else []
    words += ["--bare"] if is_bare else []
    words += ["--without", *sorted(without)] if without else []
    words += ["--address", address] if address else []
    return shlex.join(words)


def refuse_output(output: Path, force: bool) -> None:
    """Say what is wrong with the place of a file before anything is made."""
    if output.is_dir():
        raise ValueError(f"{output} is a folder")
    if output.exists() and not force:
        raise ValueError(f"{output} exists; --force overwrites it")
    if not output.parent.is_dir():
        raise ValueError(f"there is no folder {output.parent}")
    if not os.access(output.parent, os.W_OK):
        raise ValueError(f"the folder {output.parent} cannot be written to")


def write(output: Path, text: str) -> None:
    handle, aside = tempfile.mkstemp(dir=output.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        # A temporary file is for its owner's eyes only.
        os.chmod(aside, 0o644)
        os.replace(aside, output)
    except BaseException:
        os.unlink(aside)
        raise

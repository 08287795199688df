r"""
# The command

```
sidenotes figures docs/notes/figures --output .cache/figures
```

calls `figure()` in each file of the folder that has changed, or that imports what has, and writes
the drawings. A file whose name begins with `_` is no figure: others import it. `--force` draws all.
Paths start from the project's folder, which is where the command is run, and which is on the import
path, as is the folder of figures.

Whatever goes wrong names the file: it cannot be imported, has no `figure()`, raises, or returns
something that is no figure or cannot be drawn. The others are drawn all the same.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from ..check.failures import where
from ..check.runs import importable
from ..output import update
from . import table
from .data import Figure
from .inputs import digests
from .stored import Stored, file_of, read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder with the files of figures")
    parser.add_argument("--output", type=Path, required=True, help="the folder of drawings")
    parser.add_argument("--force", action="store_true", help="draw all, whether changed or not")


def main(options: argparse.Namespace) -> int:
    root = Path.cwd()
    folder = (root / options.folder).resolve()
    if not folder.is_dir() or not folder.is_relative_to(root):
        raise ValueError(f"{options.folder}: no folder of the project")
    sources = {path.relative_to(root).as_posix() for path in files(folder)}
    if not sources:
        raise ValueError(f"{options.folder}: no figures here")
    made, failed = 0, 0
    for source in sorted(sources):
        try:
            made += renew(root, options.output, source, options.force)
        except ValueError as error:
            failed += 1
            print(f"sidenotes: {error}", file=sys.stderr)
    removed = remove_others(options.output, folder.relative_to(root).as_posix(), sources)
    print(f"{options.folder}: {len(sources)} figures, {made} drawn, {removed} removed")
    return 1 if failed else 0


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.py")) if not path.name.startswith("_"))


def remove_others(output: Path, folder: str, sources: set[str]) -> int:
    """Remove the drawings of files that are no more."""
    kept = {file_of(output, source) for source in sources}
    prefix = folder.replace("/", ".")
    old = [path for path in output.glob(f"{prefix}.*.json") if path not in kept]
    for path in old:
        path.unlink()
    return len(old)


def renew(root: Path, output: Path, source: str, force: bool) -> bool:
    """Draw a figure if it has changed; whether it was."""
    target, now = file_of(output, source), digests(root, source)
    before = read(target)
    if before and not force and (before.files, before.drawn_by) == (now, drawn_by()):
        return False
    update(target, make(root, source, now).json().encode())
    return True


@cache
def drawn_by() -> str:
    """The digest of the code that draws."""
    here = sha256(version("matplotlib").encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        here.update(path.read_bytes())
    return here.hexdigest()


def make(root: Path, source: str, now: dict[str, str]) -> Stored:
    # Not earlier: matplotlib takes a second, and most often nothing has changed.
    from .drawing.plot import draw

    figure = called(root, source)
    try:
        figure.check()
        svg = draw(figure)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from error
    head, rows = table.head(figure), table.rows(figure)
    return Stored(now, drawn_by(), figure.title, svg, head, rows)


def called(root: Path, source: str) -> Figure:
    """What `figure()` of a file returns."""
    path = root / source
    with importable([root, path.parent]):
        try:
            module = load(path)
            function = getattr(module, "figure", None)
            found = function() if callable(function) else None
        except Exception as error:
            place = where(error) or source
            raise ValueError(f"{source}: {place}: {type(error).__name__}: {error}") from error
    if function is None:
        raise ValueError(f"{source}: it has no function figure()")
    if not isinstance(found, Figure):
        raise ValueError(f"{source}: figure() returns {type(found).__name__}, which is no Figure")
    return found


def load(path: Path) -> ModuleType:
    name = re.sub(r"\W", "_", f"_figure_{path}")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look for the module that they are defined in.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module

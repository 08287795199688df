"""
# The time of rendering

Compares how long the tool takes for a file with how long
[pycco](https://github.com/pycco-docs/pycco) takes, which shows notes beside code, too, for the same
files of the standard library. None of them has a formula in it.

    python -m benchmarks.rendering --files 60 --rounds 7

Both run in one process, by turns, and all caches are emptied before each turn. The medians of the
rounds are compared, in processor time, so that what else the machine does counts little. Without
pycco, the tool's own time is shown alone.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from markdown import Markdown

from sidenotes.languages import files
from sidenotes.math.formulas import find
from sidenotes.page.extension import SidenotesExtension

EXTENSIONS = ["admonition", "attr_list", "tables", "toc", "pymdownx.superfences"]
Contestant = Callable[[Sequence[Path]], None]


def chosen(number: int) -> list[Path]:
    """Files of the standard library without a formula: neither the smallest nor the largest."""
    library = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    medium = [path for path in library if 2_000 < path.stat().st_size < 60_000]
    return [path for path in medium if not any(find(path.read_text("utf-8")))][:number]


def project(paths: Sequence[Path], root: Path) -> list[Path]:
    """Copies of the files, with a page for each, so that names link from one to the other."""
    (root / "docs").mkdir()
    for path in paths:
        shutil.copy(path, root)
        (root / "docs" / f"{path.stem}.md").write_text(page(path))
    return [root / path.name for path in paths]


def page(path: Path) -> str:
    return f"# {path.stem}\n\n/// sidenotes | {path.name}\n///\n"


def sidenotes(paths: Sequence[Path]) -> None:
    for path in paths:
        extension = SidenotesExtension(root=str(path.parent), docs="docs")
        assert "sn-line" in Markdown(extensions=[*EXTENSIONS, extension]).convert(page(path))


def pycco() -> Contestant | None:
    try:
        from pycco.main import generate_documentation
    except ImportError:
        return None

    def run(paths: Sequence[Path]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for path in paths:
                generate_documentation(str(path), outdir=folder, preserve_paths=False)

    return run


def forget() -> None:
    """Empty all caches of the tool."""
    for name, module in list(sys.modules.items()):
        if name.startswith("sidenotes"):
            caches: Any = (getattr(value, "cache_clear", None) for value in vars(module).values())
            for clear in filter(None, caches):
                clear()


def seconds(contestant: Contestant, paths: Sequence[Path]) -> float:
    forget()
    gc.collect()
    begun = process_time()
    contestant(paths)
    return process_time() - begun


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.rendering")
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        compare(project(chosen(options.files), Path(folder)), options.rounds)
    return 0


def compare(paths: Sequence[Path], rounds: int) -> None:
    lines = sum(files.text_of(path).count("\n") for path in paths)
    other = pycco()
    contestants = {"sidenotes": sidenotes, **({"pycco": other} if other else {})}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, contestant in contestants.items():
            spent = seconds(contestant, paths)
            # The first round also imports, and compiles patterns.
            times[name] += [spent] if number else []
    print(f"{len(paths)} files, {lines} lines, {rounds} rounds")
    for name, found in times.items():
        print(f"{name}: {median(found):.3f} s ({min(found):.3f} to {max(found):.3f})")
    if other:
        print(f"ratio: {median(times['sidenotes']) / median(times['pycco']):.2f}")
    else:
        print("pycco is not installed: nothing to compare with")


if __name__ == "__main__":
    sys.exit(main())

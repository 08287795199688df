r"""
# The command

```
sidenotes assets docs/assets/sidenotes
sidenotes pages tools/sidenotes docs/tool/source
sidenotes sources docs docs/assets/source
sidenotes check labml_optim --runs tools/checks/optimizers.py --symbols tools/checks/symbols.yml
sidenotes prove labml_optim --runs tools/checks/exact.py --symbols tools/checks/symbols.yml
sidenotes bundle labml_optim/adabelief.py -o adabelief.py
sidenotes figures docs/notes/figures --output .cache/figures
sidenotes previews mkdocs.yml docs/assets/previews
```

`assets` writes what the pages need beside themselves into a folder of the site: the style sheet,
the script, and the style sheet and fonts of KaTeX.

`pages` writes [a page for each file](page/generate.py) of a folder.

`sources` copies [the sources that pages show](page/actions/sources.py) into the site.

`check` compares the formulas of a package with what its code does: see
[command.py](check/command.py).

`prove` makes its [proofs](check/proof/__init__.py) alone, in another field if one is given.

`bundle` writes a module and what it needs from its package into one file: see
[command.py](bundle/command.py).

`figures` draws [figures](figures/__init__.py), and `previews` [the pictures](previews/__init__.py)
that other sites show beside a link to a page.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from .bundle import command as bundle
from .check import command
from .errors import PageError
from .figures import command as figures
from .output import update
from .previews import command as previews

_HERE = Path(__file__).parent


def files() -> Iterator[tuple[str, Path]]:
    """Each file's path under the folder, and where it comes from."""
    for path in sorted((_HERE / "assets").iterdir()):
        yield path.name, path
    katex = _HERE / "vendor" / "katex"
    yield "katex/LICENSE", katex / "LICENSE"
    yield "katex/katex.min.css", katex / "katex.min.css"
    for path in sorted((katex / "fonts").iterdir()):
        yield f"katex/fonts/{path.name}", path


def copy(folder: Path) -> int:
    """Bring the folder up to date; how many files had to be written."""
    written = 0
    for name, origin in files():
        written += update(folder / name, origin.read_bytes())
    return written


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sidenotes")
    commands = parser.add_subparsers(dest="command", required=True)
    assets = commands.add_parser(
        "assets", help="write style sheets, script and fonts into a folder"
    )
    assets.add_argument("folder", type=Path)
    pages = commands.add_parser("pages", help="write a page for each source file of a folder")
    pages.add_argument("source", type=Path, help="the folder of sources, within the project")
    pages.add_argument("folder", type=Path, help="the folder of pages that they go to")
    sources = commands.add_parser("sources", help="copy the sources that pages show into the site")
    sources.add_argument("docs", type=Path, help="the folder of pages")
    sources.add_argument("folder", type=Path, help="the folder of copies, within it")
    check = commands.add_parser("check", help="check the formulas of a package against its code")
    command.add_arguments(check)
    proof = commands.add_parser("prove", help="prove the formulas of a package for every value")
    command.add_proof_arguments(proof)
    one_file = commands.add_parser("bundle", help="write a module and what it needs into one file")
    bundle.add_arguments(one_file)
    drawn = commands.add_parser("figures", help="draw the figures of a folder")
    figures.add_arguments(drawn)
    pictures = commands.add_parser("previews", help="draw a picture for each page of the site")
    previews.add_arguments(pictures)
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # As on standard error: what a terminal cannot show must not stop a command.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return COMMANDS[options.command](options)
    except (OSError, ValueError, SyntaxError, PageError) as error:
        print(f"sidenotes: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("sidenotes: interrupted", file=sys.stderr)
        return 130


def copy_assets(options: argparse.Namespace) -> int:
    written = copy(options.folder)
    print(f"{options.folder}: {f'{written} files written' if written else 'up to date'}")
    return 0


def write_pages(options: argparse.Namespace) -> int:
    from .page import generate

    written, removed = generate.write(options.source, options.folder)
    print(f"{options.folder}: {written} pages written, {removed} removed")
    return 0


def copy_sources(options: argparse.Namespace) -> int:
    from .page.actions import sources

    written, removed = sources.copy(options.docs, options.folder)
    print(f"{options.folder}: {written} sources copied, {removed} removed")
    return 0


COMMANDS = {
    "assets": copy_assets,
    "pages": write_pages,
    "sources": copy_sources,
    "check": command.main,
    "prove": command.prove,
    "bundle": bundle.main,
    "figures": figures.main,
    "previews": previews.main,
}


if __name__ == "__main__":
    sys.exit(main())

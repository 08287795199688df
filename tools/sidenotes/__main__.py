r"""
# `python -m sidenotes assets DIR`

Writes what the pages need beside themselves into a folder of the site: the style sheet, the
script, and the style sheet and fonts of KaTeX. A file that is there and has not changed is left
alone, else a server that watches the folder would build without end. A file that has changed is
written aside and then renamed, so that none is ever half there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
        target, content = folder / name, origin.read_bytes()
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # A temporary file is for its owner's eyes only; a web server is someone else.
            os.chmod(aside, 0o644)
            os.replace(aside, target)
        except BaseException:
            os.unlink(aside)
            raise
        written += 1
    return written


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m sidenotes")
    commands = parser.add_subparsers(dest="command", required=True)
    assets = commands.add_parser(
        "assets", help="write style sheets, script and fonts into a folder"
    )
    assets.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    try:
        written = copy(options.folder)
    except OSError as error:
        print(f"sidenotes: {error}", file=sys.stderr)
        return 1
    print(
        f"{options.folder}: {written} files written" if written else f"{options.folder}: up to date"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

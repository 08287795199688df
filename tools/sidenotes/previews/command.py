r"""
# The command

```
sidenotes previews mkdocs.yml docs/assets/previews
```

The picture of `guides/first.md` is `guides-first.png`. It is drawn again only if its words or the
code that draws have changed; what they were is noted in `--known`, which is in `.cache` if nothing
else is said. Pictures of pages that are no more are removed.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from ..output import update
from .pages import Words, words


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("config", type=Path, help="the configuration of MkDocs")
    parser.add_argument("folder", type=Path, help="the folder of pictures")
    known = Path(".cache/previews.json")
    parser.add_argument("--known", type=Path, default=known, help="what is known of the pictures")


def main(options: argparse.Namespace) -> int:
    pages = words(options.config)
    keys = {name(page): digest(found) for page, found in pages.items()}
    before = known(options.known)
    drawn = 0
    for page, found in pages.items():
        file = options.folder / name(page)
        if before.get(file.name) != keys[file.name] or not file.is_file():
            # Not earlier: matplotlib takes a second, and most often nothing has changed.
            from .picture import png

            update(file, png(found))
            drawn += 1
    old = [path for path in options.folder.glob("*.png") if path.name not in keys]
    for path in old:
        path.unlink()
    update(options.known, (json.dumps(keys, indent=0, sort_keys=True) + "\n").encode())
    print(f"{options.folder}: {len(pages)} pictures, {drawn} drawn, {len(old)} removed")
    return 0


def name(page: str) -> str:
    """
    >>> name("optimizers/adabelief.md")
    'optimizers-adabelief.png'
    """
    return f"{page.removesuffix('.md').replace('/', '-')}.png"


def known(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def digest(found: Words) -> str:
    return sha256(f"{drawn_by()} {json.dumps(asdict(found))}".encode()).hexdigest()


@cache
def drawn_by() -> str:
    """The digest of the code that draws."""
    here = sha256(version("matplotlib").encode())
    here.update(Path(__file__).with_name("picture.py").read_bytes())
    return here.hexdigest()

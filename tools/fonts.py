"""
# The face of the text

```
python tools/fonts.py
```

takes Source Serif 4 from npm, where Fontsource has it, and writes the three faces that the site
uses, with their licence, into `docs/assets/fonts`; `theme.css` names them. They are kept in the
repository, so a build needs no npm.

They are the files of Latin and its punctuation that Google Fonts hands out, as they are: a file
that has been made smaller still may not be called "Source", which is a reserved name.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "@fontsource/source-serif-4@5.3.1"
NPM = ROOT / ".cache/fonts"
FONTS = ROOT / "docs/assets/fonts"
FACES = {"regular": "400-normal", "italic": "400-italic", "semibold": "600-normal"}
# The package's licence leaves this out; it stands in the files themselves.
NOTICE = (
    "Copyright 2014 - 2021 Adobe Systems Incorporated (http://www.adobe.com/),\n"
    "with Reserved Font Name 'Source'.\n"
)


def main() -> int:
    if not shutil.which("npm"):
        sys.exit("This needs npm: install Node 18 or later (Debian: nodejs npm)")
    NPM.mkdir(parents=True, exist_ok=True)
    FONTS.mkdir(parents=True, exist_ok=True)
    words = ["install", "--prefix", str(NPM), "--no-audit", "--no-fund", "--ignore-scripts"]
    subprocess.run(["npm", *words, PACKAGE], check=True, capture_output=True)
    folder = NPM / "node_modules" / PACKAGE.rpartition("@")[0]
    for name, face in FACES.items():
        target = FONTS / f"source-serif-4-{name}.woff2"
        shutil.copy(folder / f"files/source-serif-4-latin-{face}.woff2", target)
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size / 1000:.1f} kB")
    licence = (folder / "LICENSE").read_text("utf-8").partition("\n\n")[2]
    (FONTS / "LICENSE").write_text(f"{NOTICE}\n{licence}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

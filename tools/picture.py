"""
# The picture in the README

```
python tools/picture.py
```

takes a picture of AdaBelief's page in the built site, `site/`, with Chromium. A digest of what it
shows, the first screen and the style sheet, is written into it; a test compares that with the
site, so a picture that has become stale is noticed. `make picture` takes it anew.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import sys
import zlib
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs/assets/page.png"
PAGE = "optimizers/adabelief.html"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def digest(site: Path) -> str:
    """
    What the picture shows: the top of the page, to the end of its first rows, and its style. Not
    the numbers of lines, and not what a closed badge says, which names the machine.
    """
    html = (site / PAGE).read_text(encoding="utf-8")
    begin = html.index('<div class="sn-head"')
    rows = html[begin : html.index("</sn-first>", begin)]
    rows = re.sub(r'(?<=["#]L)\d+|(?<=>)\d+(?=</a>)', "", rows)
    rows = re.sub(r'<div class="sn-said".*?</div>', "", rows, flags=re.DOTALL)
    style = (site / "assets/sidenotes/sidenotes.css").read_text(encoding="utf-8")
    return sha256((rows + style).encode()).hexdigest()


def noted(picture: Path) -> str:
    """The digest in a picture; empty if it has none."""
    data = picture.read_bytes()
    begin = data.find(b"tEXtdigest\0")
    return data[begin + 11 : begin + 75].decode("ascii", "replace") if begin >= 0 else ""


def with_note(data: bytes, text: str) -> bytes:
    """A PNG with a text chunk behind its header, which is 33 bytes long."""
    chunk = b"tEXtdigest\0" + text.encode("ascii")
    length, check = struct.pack(">I", len(chunk) - 4), struct.pack(">I", zlib.crc32(chunk))
    return data[:33] + length + chunk + check + data[33:]


def photograph(site: Path) -> bytes:
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    handler = partial(SimpleHTTPRequestHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.5)
        page.goto(f"http://127.0.0.1:{server.server_port}/{PAGE}")
        page.wait_for_timeout(500)
        # A variable and its symbol, lit.
        page.locator('.sn-code [data-symbol="e_t"]').first.hover()
        page.wait_for_timeout(300)
        data = page.screenshot()
        browser.close()
        server.shutdown()
    return data


def main() -> int:
    site = ROOT / "site"
    if not (site / PAGE).is_file():
        print(f"{site / PAGE}: no such page; build the site first", file=sys.stderr)
        return 2
    PICTURE.write_bytes(with_note(photograph(site), digest(site)))
    print(f"{PICTURE.relative_to(ROOT)}: taken")
    return 0


if __name__ == "__main__":
    sys.exit(main())

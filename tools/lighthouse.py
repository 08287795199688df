"""
# Lighthouse on the built site

```
python tools/lighthouse.py [--runs N] [--site DIR] [PAGE ...]
```

serves `site/` on the loopback interface, behind gzip, and asks Lighthouse for its four scores, on a
phone: of each page the median of five runs, and how many elements, bytes and requests it has.
Lighthouse comes from npm, once, into `.cache/npm`. `make lighthouse` runs it; its pages are
`make lighthouse PAGES="index.html use/torch.html"`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[1]
NPM = ROOT / ".cache/npm"
# The newest that runs on Node 18 and later.
LIGHTHOUSE = "12.8.2"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAGES = ("index.html", "optimizers/adabelief.html")
SCORES = ("performance", "accessibility", "best-practices", "seo")
# What else is read out of a report: a heading, the audit, and where its number stands.
FIGURES = {
    "FCP ms": "first-contentful-paint",
    "LCP ms": "largest-contentful-paint",
    "TBT ms": "total-blocking-time",
    "CLS": "cumulative-layout-shift",
    "elements": "dom-size",
    "kB": "total-byte-weight",
    "requests": "network-requests",
}
TEXT = (".html", ".css", ".js", ".json", ".svg", ".txt", ".xml")


class Zipped(SimpleHTTPRequestHandler):
    """A static host as they are today: text is sent compressed, and may be kept for a while."""

    def send_head(self) -> BytesIO | BinaryIO | None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if path.suffix not in TEXT or not path.is_file():
            return super().send_head()
        body = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=3600")
        super().end_headers()

    def guess_type(self, path: Any) -> str:
        found = super().guess_type(path)
        return f"{found}; charset=utf-8" if found.startswith("text/") else found

    def log_message(self, *_: object) -> None:
        pass


def installed() -> Path:
    """The script of Lighthouse, which npm brings the first time."""
    folder = NPM / "node_modules/lighthouse"
    about = folder / "package.json"
    if not about.is_file() or json.loads(about.read_text("utf-8"))["version"] != LIGHTHOUSE:
        print(f"Installing Lighthouse {LIGHTHOUSE} from npm, in {NPM.relative_to(ROOT)}")
        NPM.mkdir(parents=True, exist_ok=True)
        words = ["install", "--prefix", str(NPM), "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(["npm", *words, f"lighthouse@{LIGHTHOUSE}"], capture_output=True)
        if done.returncode:
            sys.exit(f"npm could not install Lighthouse:\n{done.stderr.decode()}")
    return folder / "cli/index.js"


def audit(script: Path, address: str, chromium: str) -> dict[str, float]:
    """What one run says of one page."""
    words = [script, address, "--quiet", "--output=json", f"--only-categories={','.join(SCORES)}"]
    words += ["--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"]
    env = {**os.environ, "CHROME_PATH": chromium}
    done = subprocess.run(["node", *map(str, words)], capture_output=True, env=env)
    if done.returncode:
        sys.exit(f"{address}: Lighthouse failed:\n{done.stderr.decode()}")
    report = json.loads(done.stdout)
    found: dict[str, float] = {}
    for name in SCORES:
        found[name] = 100 * (report["categories"][name]["score"] or 0)
    for name, figure in FIGURES.items():
        entry = report["audits"][figure]
        found[name] = entry.get("numericValue") or 0
        if name == "requests":
            found[name] = len(entry["details"]["items"])
    found["kB"] /= 1000
    return found


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lighthouse", description="Lighthouse on the built site")
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--site", type=Path, default=ROOT / "site")
    return parser.parse_args(words)


def main(words: list[str]) -> int:
    told = arguments(words)
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            sys.exit(f"Lighthouse needs {tool}: install Node 18 or later (Debian: nodejs npm)")
    chromium = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not chromium:
        sys.exit("Lighthouse needs Chromium: install it, or name it in $CHROMIUM")
    missing = [page for page in told.pages if not (told.site / page).is_file()]
    if missing:
        sys.exit(f"{told.site}: no such page: {', '.join(missing)}; build the site first")
    script = installed()
    names = [*SCORES, *FIGURES]
    print("| page | " + " | ".join(names) + " |\n|---|" + "--:|" * len(names))
    handler = partial(Zipped, directory=told.site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        for page in told.pages:
            address = f"http://127.0.0.1:{server.server_port}/{page}"
            runs = [audit(script, address, chromium) for _ in range(told.runs)]
            middle = {name: median(run[name] for run in runs) for name in names}
            cells = [f"{middle[n]:.3f}" if n == "CLS" else f"{middle[n]:.0f}" for n in names]
            print(f"| {page} | " + " | ".join(cells) + " |", flush=True)
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

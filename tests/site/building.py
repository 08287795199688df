"""A copy of the project to build sites in."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from sidenotes.page import badges

ROOT = Path(__file__).parents[2]
PARTS = [
    "docs",
    "labml_optim",
    "tools",
    "mkdocs.yml",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]
CHECKED = ("optimizers", "corners", "kernels", "exact", "exact_kernels")
RUNS = [f"tools/checks/{name}.py" for name in CHECKED]
SYMBOLS, REPORT = "tools/checks/symbols.yml", ".cache/equations.json"
# Folders of sources, and where their pages go, as the Makefile has them.
GENERATED = {
    "tools/sidenotes": "docs/tool/source",
    "tools/checks": "docs/tool/checks",
    "labml_optim/fused": "docs/speed/source",
    "labml_optim/verify": "docs/use/verify",
    "tools/benchmarks": "docs/speed/benchmarks",
    "tools/exhaust": "docs/speed/exhaust",
    "tools/experiments": "docs/experiments/source",
}


def copy_project(folder):
    for part in PARTS:
        if (ROOT / part).is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / part, folder / part, ignore=skip)
        else:
            shutil.copy(ROOT / part, folder)


def make_bundles(folder):
    """What `make bundles` makes."""
    (folder / "docs/assets/bundles").mkdir(exist_ok=True)
    for paper in (folder / "tools/checks/papers").glob("[a-z]*.py"):
        name = paper.relative_to(folder)
        if paper.stem != "shared":
            words = ["--check", name, "--output", f"docs/assets/bundles/{name.name}", "--force"]
            run("sidenotes", "bundle", f"labml_optim/{name.name}", *words, cwd=folder)


def draw(folder):
    """What `make figures` makes; what is drawn already in the working tree is taken from there."""
    for part in (".cache/figures", ".cache/previews.json"):
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        elif (ROOT / part).is_file():
            shutil.copy(ROOT / part, folder / part)
    run("sidenotes", "figures", "docs/notes/figures", "--output", ".cache/figures", cwd=folder)
    run("sidenotes", "previews", "mkdocs.yml", "docs/assets/previews", cwd=folder)


def check(folder):
    """What `make verify` writes. It is taken from the working tree if made of these files."""
    if (ROOT / REPORT).is_file():
        shutil.copy(ROOT / REPORT, folder / REPORT)
    found = badges.load(folder, REPORT)
    if found.stale or not found.report:
        patterns = ("*.md", "tools/*.md", "docs/*.md", "docs/*/*.md")
        pages = sorted(page for pattern in patterns for page in folder.glob(pattern))
        pages = [page.relative_to(folder).as_posix() for page in pages]
        words = ["labml_optim", "docs/notes", *pages, "--runs", *RUNS, "--symbols", SYMBOLS]
        run("sidenotes", "check", *words, "--json", REPORT, cwd=folder)


def run(*command, cwd):
    """Run a Python module; what it printed is shown where it fails."""
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """The address of a folder on the loopback interface."""
    handler = functools.partial(Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()

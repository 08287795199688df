"""A copy of the project to build sites in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = [
    "docs",
    "labml_optim",
    "benchmarks",
    "tools",
    "mkdocs.yml",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
]


def copy_project(folder):
    for part in PARTS:
        if (ROOT / part).is_dir():
            skip = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / part, folder / part, ignore=skip)
        else:
            shutil.copy(ROOT / part, folder)


def run(*command, cwd):
    """Run a Python module; what it printed is shown where it fails."""
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr

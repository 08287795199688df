"""Copies of the package, under other names or in other forms, as people make them."""

import compileall
import importlib
import shutil
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "labml_optim"


def copy(folder, name, edits=(), leave_out=()):
    """
    Copy the package into a folder, under another name. Its modules import each other under it.

    * `edits` are pairs: a file, and what is to be replaced in it by what
    * `leave_out` are names of files and folders
    """
    skip = shutil.ignore_patterns("__pycache__", *leave_out)
    target = Path(shutil.copytree(PACKAGE, folder / name, ignore=skip))
    for path in target.rglob("*.py"):
        path.write_text(path.read_text("utf-8").replace("labml_optim", name), "utf-8")
    for file, old, new in edits:
        text = (target / file).read_text("utf-8")
        assert text.count(old) == 1, (file, old)
        (target / file).write_text(text.replace(old, new), "utf-8")
    return target


def without_source(target):
    """Leave only what Python has compiled."""
    compileall.compile_dir(target, quiet=1, legacy=True)
    for path in target.rglob("*.py"):
        path.unlink()


def zipped(target):
    """Put the package into a zip file, and return its path."""
    path = target.parent / "packages.zip"
    with zipfile.ZipFile(path, "w") as file:
        for each in sorted(target.rglob("*")):
            file.write(each, each.relative_to(target.parent))
    shutil.rmtree(target)
    return path


@contextmanager
def imported(place, name):
    """The package of this name that is in a folder or a zip file."""
    sys.path.insert(0, str(place))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        sys.path.remove(str(place))
        for module in [each for each in sys.modules if each.partition(".")[0] == name]:
            del sys.modules[module]

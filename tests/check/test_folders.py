"""The tool has small folders with a guide in each, short functions, and no import cycles."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "tools/sidenotes"
CHECK = TOOL / "check"
FILES = sorted(TOOL.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}
# What people import from an earlier place. It has no guide.
KEPT = TOOL / "equations"
FOLDERS = sorted({path.parent for path in FILES if KEPT not in path.parents})
OTHERS = [
    ROOT / "labml_optim" / name for name in ("", "fused", "fused/cpu", "fused/cuda", "verify")
]
NAMED = {"ids": lambda path: str(path.relative_to(ROOT))}


def modules(folder):
    return [path for path in sorted(folder.glob("*.py")) if not path.name.startswith("__")]


@pytest.mark.parametrize("folder", [*FOLDERS, *OTHERS], **NAMED)
def test_a_folder_has_nine_modules_at_most(folder):
    assert 2 <= len(modules(folder)) <= 9


@pytest.mark.parametrize("folder", FOLDERS, **NAMED)
def test_the_guide_of_a_folder_links_what_is_in_it(folder):
    guide = ast.get_docstring(TREES[folder / "__init__.py"])
    assert [path.name for path in modules(folder) if f"]({path.name})" not in guide] == []
    inner = [path.name for path in FOLDERS if path.parent == folder]
    assert [name for name in inner if f"]({name}/__init__.py)" not in guide] == []


@pytest.mark.parametrize("path", FILES, **NAMED)
def test_a_file_has_250_lines_at_most_and_a_function_30(path):
    assert len(path.read_text("utf-8").splitlines()) <= 250
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert lines <= 30, f"{path.name}: {node.name} has {lines} lines"


def imported(path):
    """The files of the tool that a file needs before it can be imported."""
    for node in TREES[path].body:
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for found in (base, *(base / alias.name for alias in node.names)):
                if found.with_suffix(".py") in TREES:
                    yield found.with_suffix(".py")


def test_imports_go_in_no_circle():
    left = {path: set(imported(path)) - {path} for path in FILES}
    while leaves := [path for path, needs in left.items() if not needs & left.keys()]:
        for path in leaves:
            del left[path]
    assert [str(path.relative_to(TOOL)) for path in left] == []


def names(path):
    """The packages that a file imports, wherever in it."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_the_checker_needs_the_standard_library_and_the_tool_alone():
    for path in FILES:
        if CHECK in path.parents:
            assert set(names(path)) <= sys.stdlib_module_names, path.name


def test_the_tool_knows_nothing_of_what_it_shows():
    for path in FILES:
        assert not {"torch", "labml_optim", "checks", "benchmarks"} & set(names(path)), path


def test_no_two_test_files_have_one_name():
    # pytest imports them by their names, and leaves out the second one.
    paths = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, after in zip(paths, paths[1:], strict=False) if name == after] == []

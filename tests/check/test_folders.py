"""The checker has small folders with a guide in each, short functions, and no import cycles."""

import ast
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools/sidenotes"
CHECK = TOOL / "check"
FILES = sorted(CHECK.rglob("*.py"))
FOLDERS = [CHECK, *sorted(path.parent for path in CHECK.glob("*/__init__.py"))]
TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}
NAMED = {"ids": lambda path: str(path.relative_to(TOOL))}


def modules(folder):
    return [path for path in sorted(folder.glob("*.py")) if path.name != "__init__.py"]


@pytest.mark.parametrize("folder", FOLDERS, **NAMED)
def test_a_folder_has_nine_modules_at_most_and_its_guide_links_them_all(folder):
    own = modules(folder)
    assert 2 <= len(own) <= 9
    guide = ast.get_docstring(TREES[folder / "__init__.py"])
    assert [path.name for path in own if f"]({path.name})" not in guide] == []
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
    """The files of the tool that a file imports, for types too."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            names = [base / alias.name for alias in node.names]
            for found in (base, *names):
                if found.with_suffix(".py") in TREES:
                    yield found.with_suffix(".py")


def test_imports_go_in_no_circle():
    left = {path: set(imported(path)) - {path} for path in FILES}
    while leaves := [path for path, needs in left.items() if not needs & left.keys()]:
        for path in leaves:
            del left[path]
    assert [str(path.relative_to(CHECK)) for path in left] == []


def test_the_checker_needs_the_standard_library_and_the_tool_alone():
    import sys

    for path, tree in TREES.items():
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names, f"{path.name}: {name}"

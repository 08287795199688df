"""What the pages show of the code is true: every doctest runs, on the CPU and on a GPU."""

import ast
import doctest
import importlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
PACKAGE = sorted((ROOT / "labml_optim").rglob("*.py"))
TOOL = sorted((ROOT / "tools" / "sidenotes").rglob("*.py"))
NOTES = sorted((ROOT / "docs" / "notes").glob("*.py"))
PAGES = sorted((ROOT / "docs").rglob("*.md"))
ANNOTATED = ("weight_decay", "optimizer", "adam", "amsgrad", "radam", "nadam", "adabelief")


def relative(path):
    return path.relative_to(ROOT).as_posix()


def of_module(path):
    name = relative(path.with_suffix("")).removeprefix("tools/").replace("/", ".")
    module = importlib.import_module(name.removesuffix(".__init__"))
    return doctest.DocTestFinder(exclude_empty=True).find(module)


def of_note(path):
    # It is a docstring and nothing else, and in no package.
    (docstring,) = ast.parse(path.read_text("utf-8")).body
    text, place = docstring.value.value, str(path)
    return [doctest.DocTestParser().get_doctest(text, {}, path.stem, place, 0)]


def of_page(path):
    # a fence is not output; an empty line in its place keeps the numbers of the lines
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join("" if line.lstrip().startswith(("```", "~~~")) else line for line in lines)
    return [doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)]


def run(tests):
    # with no options beyond their own, as `python -m doctest` runs them
    report, runner = io.StringIO(), doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test, out=report.write)
    assert runner.failures == 0, report.getvalue()


@pytest.mark.parametrize("path", [*PACKAGE, *TOOL], ids=relative)
def test_doctests_of_a_module_hold(path):
    run(of_module(path))


@pytest.mark.parametrize("name", ANNOTATED)
def test_an_annotated_module_has_doctests(name):
    tests = of_module(ROOT / "labml_optim" / f"{name}.py")
    assert any(test.examples for test in tests)


@pytest.mark.parametrize("path", NOTES, ids=relative)
def test_doctests_of_a_note_hold(path):
    tests = of_note(path)
    assert all(test.examples for test in tests)
    run(tests)


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_doctests_of_a_page_hold(path, monkeypatch):
    # The examples read files of the project, from wherever the tests are run.
    monkeypatch.chdir(ROOT)
    run(of_page(path))


def test_the_walk_through_the_tool_has_examples():
    assert any(test.examples for test in of_page(ROOT / "docs/tool/walk.md"))


@pytest.mark.gpu
@pytest.mark.parametrize("path", PACKAGE, ids=relative)
def test_doctests_of_the_package_hold_on_the_gpu(path):
    with torch.device("cuda"):
        run(of_module(path))


@pytest.mark.gpu
@pytest.mark.parametrize("path", NOTES, ids=relative)
def test_doctests_of_a_note_hold_on_the_gpu(path):
    with torch.device("cuda"):
        run(of_note(path))


def test_doctests_hold_from_the_command_line():
    # `doctest` imports a file by its name, and `__main__` is then `doctest` itself.
    files = [path for path in [*PACKAGE, *NOTES] if path.name != "__main__.py"]
    command = [sys.executable, "-m", "doctest", *map(relative, files)]
    found = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": found},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

"""A wrong page stops the build: the message names page, file, line and thing; `site/` is left."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import check

ROOT = Path(__file__).parents[2]

CONFIG = """
site_name: Demo
strict: true
plugins: []
theme: { name: null, custom_dir: theme }
markdown_extensions:
  - sidenotes: { colours: [new], symbols: %s }
"""
BLOCK = "/// sidenotes | demo.py\n///\n"
MODULE = "# A note.\nx = 1\n"

# what is wrong -> the page, the module, and what the message must name
BUILDS = {
    "a formula with an error in a module": (
        BLOCK,
        "# A note.\n#\n# $$\\frac{1}$$\nx = 1\n",
        ["docs/index.md, line 3", "demo.py, line 3", r"\frac{1}"],
    ),
    "a formula with an error on a page": (
        "One $x$,\n\nand $\\frac{1}$.\n",
        MODULE,
        ["docs/index.md, line 5", r"\frac{1}"],
    ),
    "an unknown command in a formula": (
        BLOCK,
        "# $\\nonsense$\nx = 1\n",
        ["docs/index.md, line 3", "demo.py, line 1", r"\nonsense"],
    ),
    "an unknown colour": (
        BLOCK,
        "x = 1\n# $\\textcolor{mauve}{x}$\ny = 2\n",
        ["docs/index.md, line 3", "demo.py, line 2", "mauve"],
    ),
    "an unknown option": (
        "/// sidenotes | demo.py\n    onyl: demo.x\n///\n",
        MODULE,
        ["docs/index.md, line 3", "'onyl'", "did you mean 'only' or 'fold'?"],
    ),
    "a misspelt block name": (
        "/// sidenote | demo.py\n///\n",
        MODULE,
        ["docs/index.md, line 3", "'sidenote'", "did you mean 'sidenotes'?"],
    ),
    "a misspelt block name in a note": (
        BLOCK,
        '"""A note.\n\n/// sidenote | demo.py\n///\n"""\n',
        ["docs/index.md, line 3", "demo.py, line 3", "'sidenote'"],
    ),
    "a missing file": (
        "/// sidenotes | demmo.py\n///\n",
        MODULE,
        ["docs/index.md, line 3", "'demmo.py'", "did you mean 'demo.py'?"],
    ),
    "a file outside the project": (
        "/// sidenotes | ../demo.py\n///\n",
        MODULE,
        ["docs/index.md, line 3", "'../demo.py'", "outside the project"],
    ),
    "a syntax error": (
        BLOCK,
        "x = 1\ny = = 2\n",
        ["docs/index.md, line 3", "demo.py, line 2", "invalid syntax"],
    ),
    "a name that is not in the file": (
        "/// sidenotes | demo.py\n    only: demo.y\n///\n",
        MODULE,
        ["docs/index.md, line 3", "demo.py", "'demo.y'"],
    ),
}


def build(folder, page, module=MODULE, symbols='""'):
    (folder / "theme").mkdir()
    (folder / "theme/main.html").write_text("{{ page.content }}")
    (folder / "docs").mkdir()
    # Front matter, which no line number may forget.
    (folder / "docs/index.md").write_text(f"---\n---\n{page}")
    (folder / "mkdocs.yml").write_text(CONFIG % symbols)
    (folder / "demo.py").write_text(module)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_the_demo_builds_where_nothing_is_wrong(tmp_path):
    status, output = build(tmp_path, BLOCK + "\nAnd $\\textcolor{new}{x}$.\n")
    assert (status, output) == (0, "")
    assert 'id="demo.x"' in (tmp_path / "site/index.html").read_text("utf-8")


@pytest.mark.parametrize("what", BUILDS)
def test_the_build_stops_and_names(what, tmp_path):
    page, module, named = BUILDS[what]
    status, output = build(tmp_path, page, module)
    assert status != 0
    assert [name for name in named if name not in " ".join(output.split())] == [], output
    assert "Traceback" not in output


def test_a_wrong_entry_among_the_symbols_stops_the_build(tmp_path):
    (tmp_path / "symbols.yml").write_text("- symbol: x\n  meening: nothing\n")
    status, output = build(tmp_path, BLOCK, symbols="symbols.yml")
    assert status != 0
    assert "symbols.yml" in output and "meening" in output, output


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def project(tmp_path):
    """A copy of the project, with a site in it, to be made by `make`."""
    for part in (
        "Makefile",
        "mkdocs.yml",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "README.md",
        "LICENSE",
        "pyproject.toml",
        "docs",
        "labml_optim",
        "tools",
    ):
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/index.html").write_text("the former site")
    return tmp_path


def make(project, *words):
    # The environment is not made again: the one that runs this test is good enough.
    command = ["make", *words, "--old-file=.venv/.made"]
    env = {**quiet(), "PYTHONPATH": f"{project}:{project / 'tools'}"}
    return subprocess.run(command, cwd=project, capture_output=True, text=True, env=env)


# What `make` runs to check the formulas, for one module instead of all.
CHECK = """
$(PY) -m sidenotes check labml_optim/adam.py --runs tools/checks/optimizers.py
--symbols tools/checks/symbols.yml
"""

OLD = r"# $$d_t \leftarrow \frac{\sqrt{v_t}}{c_t}"
SLIP = r"# $$d_t \leftarrow \frac{v_t}{c_t}"


@needs_make
def test_a_claim_that_fails_stops_the_build_and_is_told(project):
    path = project / "labml_optim/adam.py"
    text = path.read_text("utf-8")
    assert text.count(OLD) == 1
    path.write_text(text.replace(OLD, SLIP), encoding="utf-8")
    done = make(project, "site", f"CHECK={' '.join(CHECK.split())}")
    assert done.returncode != 0
    # File, line and formula; both values; the configuration, the draw and the step.
    line = text.count("\n", 0, text.index(OLD)) + 1
    gist = rf"labml_optim/adam.py:{line}: {SLIP.removeprefix('# $$')}"
    at = done.stderr.index(gist)
    first, second, third, *_ = done.stderr[at:].split("\n")
    assert re.fullmatch(r"    denominator is [\d.e-]+, not [\d.e-]+, in element 1 of 3", second)
    assert re.fullmatch(r"    in Adam\(.*\), draw \d+, step 1, item 1", third)
    assert (project / "site/index.html").read_text() == "the former site"
    # The report is there for the pages, and nothing takes it for a good one.
    report = json.loads((project / ".cache/equations.json").read_text("utf-8"))
    assert [problem["line"] for problem in report["problems"] if "tex" in problem][:1] == [line]
    assert not (project / ".cache/holds").exists()


@needs_make
def test_the_author_sees_what_does_not_hold(project):
    # In the place of Python: a check that fails, and everything else does nothing.
    fake = project / "fake.sh"
    fake.write_text('#!/bin/sh\necho "$@" >>called\ncase "$*" in *" check "*) exit 1;; esac\n')
    fake.chmod(0o755)
    done = make(project, "serve", "PY=./fake.sh")
    assert done.returncode == 0, done.stderr
    assert "The pages show what does not hold." in done.stdout
    called = (project / "called").read_text().split("\n")
    checked, served = ([w in line for line in called].index(True) for w in (" check ", " serve"))
    assert checked < served and "--json .cache/equations.json" in called[checked]


@needs_make
def test_make_site_leaves_the_former_site_as_it_was(project):
    (project / ".cache").mkdir()
    check(project)
    (project / ".cache/holds").touch()
    with (project / "docs/optimizers/radam.md").open("a") as page:
        page.write("\n$\\nonsense$\n")

    done = make(project, "site", "--old-file=.cache/holds")
    assert done.returncode != 0
    assert "docs/optimizers/radam.md" in done.stderr and r"\nonsense" in done.stderr
    left = [path.relative_to(project).as_posix() for path in (project / "site").rglob("*")]
    assert left == ["site/index.html"]
    assert (project / "site/index.html").read_text() == "the former site"


def quiet():
    """The environment without what an outer make would tell an inner one."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}

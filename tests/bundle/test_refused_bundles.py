"""What cannot be bundled honestly is refused with its file and line, and nothing is written."""

import os
import re

import pytest
from making import bundle, write

from sidenotes.__main__ import main

OTHER = "other = 1\ndef function(): return other\n"

# What a module says, the line that is named, and a word of the reason.
REFUSED = {
    "a star import from elsewhere": ("from math import *\ndef f(): return pi\n", 1, "import \\*"),
    "a star import in a function's module": ("x = 1\nfrom os.path import *\nf = x\n", 2, "import"),
    "globals": ("def f():\n    return globals()['f']\n", 2, "globals"),
    "the names of the module": ("kept = dict(vars())\n", 1, "vars"),
    "text that is run": ("def f(x):\n    return eval(x)\n", 2, "eval"),
    "a module by a computed name": (
        "import importlib\ndef f(name):\n    return importlib.import_module(name)\n",
        3,
        "import_module",
    ),
    "the same, under another name": (
        "from importlib import import_module as load\nx = load('.other', 'pkg')\n",
        2,
        "import_module",
    ),
    "the table of modules": (
        "import sys\ndef f():\n    return sys.modules[__name__]\n",
        3,
        "modules",
    ),
    "a file beside the code": (
        "from pathlib import Path\n\nHERE = Path(__file__).parent\n",
        3,
        "__file__",
    ),
    "a resource": (
        "import importlib.resources\ndef f():\n    return importlib.resources.files('pkg')\n",
        3,
        "resources",
    ),
    "a module as a value": (
        "from . import other\ndef f(n):\n    return getattr(other, n)\n",
        3,
        "value",
    ),
    "a value set in another module": (
        "from . import other\nother.other = 2\nf = 1\n",
        2,
        "assigned",
    ),
    "a name that is not there": (
        "from .other import nothing\ndef f():\n    return nothing\n",
        1,
        "nothing",
    ),
    "a module that is not there": ("from .missing import x\nf = x\n", 1, "no module"),
    "out of the package": ("from ...above import x\nf = x\n", 1, "out of the package"),
    "what does not parse": ("from .broken import x\nf = x\n", 2, "parse"),
    "a name bound twice": (
        "from .other import other\ndef f(): return other\nother = 3\n",
        1,
        "again",
    ),
    "an import of both kinds": (
        "def f():\n    import os, pkg.other\n    return pkg.other.other\n",
        2,
        "both|others",
    ),
    "nothing public": ("_x = 1\n", 1, "public"),
    "a name that is decided when it is asked for": (
        "from .lazy import thing\nf = thing\n",
        None,
        "__getattr__|thing",
    ),
}


@pytest.mark.parametrize(("text", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_with_file_and_line(tmp_path, text, line, reason, capsys):
    write(tmp_path, {
        "pkg/other.py": OTHER, "pkg/main.py": text, "pkg/broken.py": "x = 1\ndef (:\n",
        "pkg/lazy/__init__.py": "def __getattr__(name): return name\n",
    })  # fmt: skip
    output = tmp_path / "one.py"
    assert main(["bundle", str(tmp_path / "pkg/main.py"), "-o", str(output)]) == 2
    said = capsys.readouterr().err
    assert not output.exists() and len(list(tmp_path.iterdir())) == 1
    name = "broken.py" if "broken" in text else "main.py"
    place = f"{name}:{line}:" if line else ".py:"
    assert place in said and re.search(reason, said), said


def test_a_module_of_another_package_may_be_imported_by_its_name(tmp_path):
    write(
        tmp_path,
        {"pkg/main.py": "from importlib import import_module\nx = import_module('json')\n"},
    )
    assert "import_module('json')" in bundle(tmp_path / "pkg/main.py")


def test_what_is_refused_can_be_left_out(tmp_path):
    write(tmp_path, {
        "pkg/odd.py": "here = __file__\n",
        "pkg/main.py": """
            try:
                from .odd import here
            except ImportError:
                here = "nowhere"

            def where(): return here
        """,
    })  # fmt: skip
    with pytest.raises(ValueError, match=r"odd\.py:1: __file__"):
        bundle(tmp_path / "pkg/main.py")
    space = {}
    exec(bundle(tmp_path / "pkg/main.py", without=frozenset(["pkg.odd"])), space)
    assert space["where"]() == "nowhere"


def test_what_is_left_out_and_needed_is_refused(tmp_path):
    write(
        tmp_path, {"pkg/other.py": OTHER, "pkg/main.py": "\nfrom .other import other\nx = other\n"}
    )
    with pytest.raises(ValueError, match=r"main\.py:1: needs pkg\.other"):
        bundle(tmp_path / "pkg/main.py", without=frozenset(["pkg.other"]))


def test_an_import_that_may_fail_of_what_may_be_missing_is_refused(tmp_path):
    write(tmp_path, {
        "pkg/fast.py": "import numpy_perhaps\ndef f(): return numpy_perhaps.f()\n",
        "pkg/main.py": """
            try:
                from .fast import f
            except ImportError:
                f = None
            def g(): return f
        """,
    })  # fmt: skip
    with pytest.raises(ValueError, match=r"main\.py:2: .*numpy_perhaps, which may be missing"):
        bundle(tmp_path / "pkg/main.py")


@pytest.fixture
def module(tmp_path):
    write(tmp_path, {"pkg/other.py": OTHER})
    return str(tmp_path / "pkg/other.py")


def test_a_file_that_exists_is_not_overwritten(tmp_path, module, capsys):
    output = tmp_path / "one.py"
    output.write_text("mine", "utf-8")
    assert main(["bundle", module, "-o", str(output)]) == 2
    assert output.read_text("utf-8") == "mine" and f"{output} exists" in capsys.readouterr().err
    assert main(["bundle", module, "-o", str(output), "--force"]) == 0
    assert "def function" in output.read_text("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.py", "pkg"]


def test_a_folder_that_is_missing_or_is_one_is_named(tmp_path, module, capsys):
    for output in (tmp_path / "none/one.py", tmp_path / "pkg"):
        assert main(["bundle", module, "-o", str(output)]) == 2
        assert f"folder {output.parent}" in (said := capsys.readouterr().err) or str(output) in said


def test_an_unwritable_folder_is_named(tmp_path, module, monkeypatch, capsys):
    # Whoever is root may write everywhere, whatever the mode of the folder.
    monkeypatch.setattr(os, "access", lambda folder, mode: False)
    assert main(["bundle", module, "-o", str(tmp_path / "one.py")]) == 2
    assert f"{tmp_path} cannot be written to" in capsys.readouterr().err


def test_a_failed_write_leaves_the_old_file(tmp_path, module, monkeypatch, capsys):
    output = tmp_path / "one.py"
    output.write_text("mine", "utf-8")

    def refused(*names):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", refused)
    assert main(["bundle", module, "-o", str(output), "--force"]) == 2
    assert "disk is full" in capsys.readouterr().err and output.read_text("utf-8") == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.py", "pkg"]


@pytest.mark.parametrize("path", ["missing.py", "pkg"])
def test_a_module_that_is_no_file_is_named(tmp_path, module, path, capsys):
    assert main(["bundle", str(tmp_path / path)]) == 2
    assert path in capsys.readouterr().err


def test_settings_that_nobody_knows_are_refused(tmp_path, module):
    (tmp_path / "pyproject.toml").write_text("[tool.sidenotes.bundle]\ninsted = {}\n", "utf-8")
    with pytest.raises(ValueError, match="pyproject.toml: .*insted"):
        bundle(tmp_path / "pkg/other.py")

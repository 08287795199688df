"""The law of `languages/python/notes.py`, and its grammar rule by rule."""

from __future__ import annotations

import ast
import doctest
import gc
import inspect
import multiprocessing
import sys
import sysconfig
import tokenize
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law import BOM, check_columns, check_growth, check_tiling, note_lines, work

from sidenotes.languages.python import notes as source
from sidenotes.languages.python.names import origins
from sidenotes.languages.python.notes import parse
from sidenotes.languages.python.syntax import decode_file, definitions
from sidenotes.languages.sections import Section

# Sources under test may hold invalid escapes; Python's own warning about them is not the subject.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")

# --- The law ------------------------------------------------------------------------------------


def check_code_is_whole(text: str, sections: list[Section]) -> None:
    """Without its notes the file is the same program."""
    lines = [line.rstrip("\r\n") for section in sections for line in section.raw]
    for section in sections:
        for i, n in enumerate(note_lines(section)):
            line = lines[n - 1].removeprefix(BOM)
            indent = line[: len(line) - len(line.lstrip())]
            stands_in = i == 0 and section.kind in ("module", "class", "function")
            lines[n - 1] = f"{indent}''" if stands_in else ""
    blanked = "\n".join(lines)
    assert dump_without_docstrings(blanked) == dump_without_docstrings(text)


def dump_without_docstrings(text: str) -> str:
    tree = ast.parse(text.removeprefix(BOM))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if ast.get_docstring(node, clean=False) is not None:
                del node.body[0]
    return ast.dump(tree)


def check_law(text: str) -> list[Section]:
    sections = parse(text, "m")
    check_tiling(text, sections)
    check_columns(sections)
    check_code_is_whole(text, sections)
    return sections


def check_file(path: Path) -> str:
    """What became of one file: `checked`, or why it was left out."""
    warnings.simplefilter("ignore")
    data = path.read_bytes()
    try:
        text = decode_file(path)
    except SyntaxError:
        with pytest.raises((SyntaxError, UnicodeDecodeError)):
            tokenize.open(path).read()
        return "cannot be decoded"
    try:
        sections = parse(text, path.stem)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            compile(data, str(path), "exec")
        return "does not compile"
    encoding = tokenize.detect_encoding(iter(data.splitlines(True)).__next__)[0]
    assert text.encode(encoding.removesuffix("-sig")) == data, path
    check_tiling(text, sections)
    check_columns(sections)
    # Python's own test suite is the larger part of the library; its code is not compared, for time.
    if {"test", "tests", "idle_test"} & {*path.parts}:
        return "checked"
    check_code_is_whole(text, sections)
    return "checked, code compared"


def library() -> list[Path]:
    root = Path(sysconfig.get_path("stdlib"))
    files = [p for p in root.rglob("*.py") if not {"site-packages", "dist-packages"} & {*p.parts}]
    # The largest first, so that no process ends on one alone.
    return sorted(files, key=lambda p: -p.stat().st_size)


def test_every_module_of_the_standard_library_is_tiled_by_its_sections(capsys):
    files = library()
    # Syntax trees have no cycles: the collector would only walk them, again and again.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=spawn, initializer=gc.disable) as pool:
        outcomes = Counter(pool.map(check_file, files, chunksize=8))
    with capsys.disabled():
        print(f"\n  standard library of Python {sys.version.split()[0]}: {dict(outcomes)}")
    left_out = outcomes["cannot be decoded"] + outcomes["does not compile"]
    assert left_out < 0.02 * len(files)
    assert outcomes["checked, code compared"] > 100


def test_the_largest_module_of_the_standard_library_is_no_more_work_than_others():
    text = decode_file(library()[0])
    # A line has about ten tokens, and each is looked at a few times.
    assert work(lambda: parse(text, "m")) < 100 * text.count("\n")


def test_work_grows_with_the_length_and_not_with_its_square():
    text = "# note\n\ndef f(x):\n    '''doc'''\n    # c\n    return x\n    # end\n\n\n"
    check_growth(lambda text: parse(text, "m"), text, 50)


# --- The law, on programs nobody wrote ----------------------------------------------------------

SIMPLE = [
    "x = 1",
    "x = 1  # trailing",
    "s = '# no comment'",
    "s = \"''' # neither\"",
    "t = f'{x}#{x!r}'",
    "t = '''text\n# in a string\n\n\f\n    deeper\n'''",
    "y = call(\n  # in brackets\n\n  1,  # here too\n)",
    "y = [\n# column 0\n]",
    "z = 1 + \\\n 2",
    "a = 1; b = 2",
    "...",
    "'a string'",
    "'''a string\nof two lines'''",
    "lambda: 0",
    "if x: pass",
    "class Short: pass",
    "def short(): 'doc'",
    "def short(): return 1  # one line",
    "x = 1\f",
    "x = 1 \\\n",
    "'x' \\\n",
]
COMMENTS = ["# note", "#note", "#   deep", "#", "## kept", "# noqa", "# type: int", "#!", "# ä ✓ 𝑚"]
BLANKS = ["", "  ", "\t", "\f", " \f "]
DOCSTRINGS = [
    '"""One line."""',
    "'single'",
    'r"""\n$\\beta$\n\n  indented\n"""',
    '"""First.\n\n    Second \\beta # "quoted"\n    """',
    'u"""text"""',
    '"""\\\nText."""',
    '"""a""" "b"',
    '"""doc"""  # trailing',
    '("brackets")',
    '"""doc""";',
    '""" """',
    '"""a\n\tb\n\f\n  c"""',
    "'continued \\\n line'",
    '"doc" \\\n',
]
HEADS = [
    "def f(x):",
    "async def f():",
    "class A:",
    "def g(\n  x,  # trailing\n  # inside\n  y,\n):",
]
DECORATORS = ["@d", "@d(1)  # trailing", "@(\n  d\n)", "@d(\n # inside\n)", "# above", "# noqa", ""]
CLAUSES = ["if x:", "for x in y:", "while x:  # trailing", "with x:", "if (\n # inside\n x):"]

fillers = st.lists(st.sampled_from(COMMENTS + BLANKS), max_size=3)


@st.composite
def blocks(draw, depth: int = 0) -> list[str]:
    """Statements, comments and blank lines at column 0, each perhaps of several lines."""
    pieces: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        pieces += draw(fillers)
        shape = draw(st.sampled_from(["simple", "simple", "define", "clause", "else"]))
        if shape == "simple" or depth == 3:
            pieces.append(draw(st.sampled_from(SIMPLE)))
            continue
        if shape == "define":
            decorators = draw(st.lists(st.sampled_from(DECORATORS), max_size=3))
            pieces += [*decorators, draw(st.sampled_from(HEADS)), *draw(fillers)]
            body = [draw(st.sampled_from(DOCSTRINGS))] if draw(st.booleans()) else []
            body += draw(fillers) + draw(blocks(depth + 1))
        else:
            pieces.append(draw(st.sampled_from(CLAUSES)) if shape == "clause" else "try:")
            body = draw(blocks(depth + 1))
        indent = draw(st.sampled_from(["  ", "    ", "\t"]))
        pieces += [indent + piece for piece in body]
        if shape == "else":
            pieces += [*draw(fillers), "except E:", *(indent + p for p in draw(blocks(depth + 1)))]
    return pieces + draw(fillers)


@st.composite
def programs(draw) -> str:
    pieces = draw(fillers)
    if draw(st.booleans()):
        pieces.append(draw(st.sampled_from(DOCSTRINGS)))
    pieces += draw(fillers) + draw(blocks())
    # A backslash at the very end of a file would be an error.
    lines = "\n".join([*pieces, "last = 1"]).split("\n") + draw(fillers)
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]]))
    text = ""
    for line in lines:
        # An empty line with a line feed would make one end with the carriage return before it.
        end = "\r" if text.endswith("\r") and not line else draw(st.sampled_from(ends))
        text += line + end
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return draw(st.sampled_from(["", "", BOM])) + text


@settings(max_examples=150, deadline=None)
@given(programs())
def test_any_program_is_tiled_and_keeps_its_code(text):
    check_law(text)


# --- Literal cases ------------------------------------------------------------------------------


def outline(text: str) -> list[tuple[str, str, int, int, str, tuple[int, ...]]]:
    return [(s.name, s.kind, s.first, s.last, s.note, s.code) for s in check_law(text)]


def notes(text: str) -> list[str]:
    return [section.note for section in check_law(text) if section.note]


PROGRAM = '''\
#!/usr/bin/env python
"""The module."""

import os

# The rate.

# Of learning.
rate = 1


class A:
    """A class."""

    x = 1

    @property
    # Stays with the decorator.
    def p(self):
        """A property."""
        # Why it is so.
        self.y = 2
        return self.y
        # The end of p.

    z = 3
    # The end of A.


# Above f.
async def f(x):
    """Does it."""

    def g():
        """Inside."""
        return 0

    # noqa: kept with the code
    return g()


print(f(1))
'''


def test_a_program_in_sections():
    assert outline(PROGRAM) == [
        ("m", "module", 1, 5, "The module.", (1, 3, 4)),
        ("m.rate", "comment", 6, 11, "The rate.\n\nOf learning.", (9,)),
        ("m.A", "class", 12, 16, "A class.", (12, 14, 15)),
        ("m.A.p", "function", 17, 20, "A property.", (17, 18, 19)),
        ("m.A.p.y", "comment", 21, 23, "Why it is so.", (22, 23)),
        ("m.A.p.comment", "comment", 24, 25, "The end of p.", ()),
        ("m.A.z", "code", 26, 26, "", (26,)),
        ("m.A.comment", "comment", 27, 29, "The end of A.", ()),
        ("m.f.above", "comment", 30, 30, "Above f.", ()),
        ("m.f", "function", 31, 33, "Does it.", (31,)),
        ("m.f.g", "function", 34, 37, "Inside.", (34, 36)),
        ("m.f.return", "code", 38, 41, "", (38, 39)),
        ("m.print", "code", 42, 42, "", (42,)),
    ]


def test_a_file_without_lines_has_no_sections():
    assert outline("") == []


@pytest.mark.parametrize("text", ["\n", "\n\n", " \n\t", "\f", BOM, BOM + "\n"])
def test_a_file_of_blank_lines_is_one_section_without_code(text):
    ((_, kind, first, _, _, code),) = outline(text)
    assert (kind, first, code) == ("code", 1, ())


STAYS_CODE = {
    "a hash in a string": "s = '# no'\n",
    "a hash on a line of a triple-quoted string": 's = """\n# no\n"""\n',
    "triple quotes in a string": 's = \'"""\'  # """\nt = "\'\'\'"\n',
    "a hash in an f-string": "s = f'{x}# {y!r:#x}'\n",
    "a hash on a line of an f-string": 's = f"""\n# {x}\n"""\n',
    "a comment behind code": "x = 1  # one\n",
    "a comment in brackets": "x = [\n    1,\n    # two\n    2,\n]\n",
    "a comment in a header": "def f(\n    # the first\n    x,\n):\n    return x\n",
    "a comment behind a backslash": "x = 1 \\\n# one\n\ny = 2\n",
    "a first line of one backslash": "\\\nx = 1\n",
    "an escaped comment": "## x\nx = 1\n    ## y\n",
    "a banner": "########\nx = 1\n",
    "an empty comment": "#\nx = 1\n#   \n",
    "a comment for a program": "# noqa\n# type: ignore\n# fmt: off\n#pragma: no cover\nx = 1\n",
    "more of them": "# ruff: noqa: E501\n# mypy: strict\nx = 1\n# noqa: F401\n",
    "shebang and encoding": "#!/bin/python\n# -*- coding: utf-8 -*-\nx = 1\n",
    "a docstring on the line of its def": "def f(): 'doc'\n",
    "a class on one line": "class A: 'doc'; x = 1\n",
    "a docstring before a semicolon": "def f():\n    'doc'; return 1\n",
    "a docstring before a comment": "def f():\n    'doc'  # really\n",
    "a docstring before a backslash": "def f():\n    'doc' \\\n\n    return 1\n",
    "a docstring in brackets": "def f():\n    ('doc')\n",
    "a docstring in brackets of their own": "def f():\n    (\n    'doc'\n    )\n",
    "a docstring of two literals": "def f():\n    'doc' 'umentation'\n",
    "a docstring of two literals on two lines": "def f():\n    'doc' \\\n    'umentation'\n",
    "an empty docstring": 'def f():\n    """ """\n    return 1\n',
    "bytes": "def f():\n    b'doc'\n",
    "an f-string": "def f():\n    f'doc'\n",
    "a string that is not the first statement": "x = 1\n'no doc'\n",
}


@pytest.mark.parametrize("text", STAYS_CODE.values(), ids=STAYS_CODE)
def test_stays_code(text):
    (section,) = check_law(text)
    assert (section.kind, section.note) == ("code", "")
    filled = [n for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    assert set(filled) <= set(section.code)


IS_NOTE = {
    "a docstring on one line": ("def f():\n    'doc'\n", ["doc"]),
    "closing on its text line": ('def f():\n    """a\n\n    b"""\n', ["a\n\nb"]),
    "of an async function": ("async def f():\n    'doc'\n", ["doc"]),
    "with a raw prefix": ('r"""$\\beta$"""\n', ["$\\beta$"]),
    "with backslashes, not raw": ('"""$\\beta$ \\\\ \\n"""\n', ["$\\beta$ \\ \\n"]),
    "with a u prefix": ("u'doc'\n", ["doc"]),
    "opening with a backslash": ('"""\\\nText.\n"""\n', ["Text."]),
    "opening with a backslash, raw": ('r"""\\\nText.\n"""\n', ["\\\nText."]),
    "with quotes inside": ('"""a \'\'\'b\'\'\' \\""" # c"""\n', ["a '''b''' \"\"\" # c"]),
    "without final newline": ("'doc'", ["doc"]),
    "behind a byte-order mark": (BOM + "'doc'\n", ["doc"]),
    "below a licence": ("# Licence.\n'doc'\n# Note.\nx = 1\n", ["doc", "Note."]),
    "a comment without final newline": ("x = 1\n# end", ["end"]),
    "a comment behind a byte-order mark": (BOM + "# note\nx = 1\n", ["note"]),
    "indentation in comments": ("#  a\n#\n#    b\n#  c\nx = 1\n", ["a\n\n  b\nc"]),
    "comments around a directive": ("# a\n# noqa\n# b\nx = 1\n", ["a", "b"]),
    "words that only look like directives": (
        "# pragmatic\n# types: two\n",
        ["pragmatic\ntypes: two"],
    ),
    "comments in two columns": ("if x:\n    # a\n    y\n    # b\n# c\nz = 1\n", ["a", "b", "c"]),
    "a comment in column 0 of a body": ("def f():\n    x\n# a\n    y\n", ["a"]),
    "tabs": ("if x:\n\t# a\n\t#\tb\n\ty\n", ["a\n       b"]),
}


@pytest.mark.parametrize(("text", "expected"), IS_NOTE.values(), ids=IS_NOTE)
def test_is_a_note(text, expected):
    assert notes(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_a_missing_last_one_change_no_section(end, last):
    text = PROGRAM if last else PROGRAM.rstrip("\n")
    assert outline(text.replace("\n", end)) == outline(PROGRAM)


def test_line_ends_may_be_mixed():
    text = "# a\r# b\r\n\n\rx = 1\r\ny = '''\r'''\n"
    assert outline(text) == [("m.x", "comment", 1, 7, "a\nb", (5, 6, 7))]


def test_only_what_ends_a_line_for_python_ends_a_line():
    text = "s = '\x0b\x1c\x85\u2028'\n\f\n# a\fb\x0bc\u2028d\nx = 1\n\fdef f():\n    '''e\f'''\n"
    assert [row[:5] for row in outline(text)] == [
        ("m.s", "code", 1, 2, ""),
        ("m.x", "comment", 3, 4, "a\fb\x0bc\u2028d"),
        ("m.f", "function", 5, 6, "e\f"),
    ]


@pytest.mark.parametrize("doc", ["a\n  b\n    c\n", "\n\n  a\n\tb\n \n\n", " a ", "a\n\n  b\n c"])
def test_a_raw_docstring_reads_as_inspect_would_have_it(doc):
    assert notes(f'class A:\n    r"""{doc}"""\n') == [inspect.cleandoc(doc)]


@pytest.mark.parametrize(
    "text", ["# a\nx = 1\n", "\n\n'''a'''\n", "#\n#\n# a\n", "'''\n\n a\n '''\n"]
)
def test_the_first_line_of_a_note_is_known(text):
    (section,) = check_law(text)
    assert "a" in text.split("\n")[section.note_first - 1]


@pytest.mark.parametrize(
    "head", ["@d\ndef f():", "@d(\n  1)\ndef f():", "@(\n  d\n)\nasync def f():"]
)
def test_a_definition_begins_at_its_first_decorator(head):
    last = len(head.split("\n")) + 2
    text = f"x = 1\n{head}\n    'doc'\n"
    assert outline(text)[1] == ("m.f", "function", 2, last, "doc", tuple(range(2, last)))


NAMES = {
    "denominator = 1": "denominator",
    "self.beta1 = b": "beta1",
    "if rho > 5: pass": "rho",
    "import torch.nn": "torch",
    "pass": "pass",
    "for i in x: pass": "i",
    "...": "comment",
    "def g(): pass": "g",
    "@d\nclass B: pass": "B",
    "## kept\nx = 1": "x",
}


@pytest.mark.parametrize(("code", "name"), NAMES.items())
def test_a_comment_is_named_after_its_code(code, name):
    assert check_law(f"# note\n{code}\n")[0].name == f"m.{name}"


def test_names_do_not_move_with_lines():
    moved = "\n" * 5 + PROGRAM.replace("x = 1", "x = 1\n\n    w = 2")
    assert [row[0] for row in outline(moved)] == [row[0] for row in outline(PROGRAM)]


def test_equal_names_are_numbered_and_the_definition_comes_first():
    text = "# a\nf(1)\n# b\nf(2)\ndef f():\n    'c'\ndef f():\n    'd'\n"
    assert [(s.name, s.note) for s in check_law(text)] == [
        ("m.f-3", "a"),
        ("m.f-4", "b"),
        ("m.f", "c"),
        ("m.f-2", "d"),
    ]


def test_a_note_does_not_speak_of_what_follows_its_definition():
    text = "def f():\n    'doc'\n    return 1\n\n\ndef g():\n    return 2\n"
    assert outline(text) == [
        ("m.f", "function", 1, 5, "doc", (1, 3)),
        ("m.g", "code", 6, 7, "", (6, 7)),
    ]


def test_a_definition_without_docstring_but_with_notes_in_it_has_its_own_sections():
    text = "x = 1\n\ndef f():\n    y = 2\n    # a\n    z = 3\n\n# b\ndef g():\n    # c\n    u = 4\n"
    assert [(s.name, s.note, s.code) for s in check_law(text)] == [
        ("m.x", "", (1,)),
        ("m.f", "", (3, 4)),
        ("m.f.z", "a", (6,)),
        ("m.g", "b", (9,)),
        ("m.g.u", "c", (11,)),
    ]


def test_a_thousand_elif_are_no_matter():
    text = "if x == 0: pass\n" + "elif x == 1: pass\n" * 1500 + "# end\ny = 1\n"
    assert [s.name for s in parse(text, "m")] == ["m.x", "m.y"]


def test_a_syntax_error_passes_through_with_its_line():
    with pytest.raises(SyntaxError) as error:
        parse("x = 1\r\ny = (\r\n", "m")
    assert error.value.lineno == 2


def test_a_wrong_escape_is_not_our_matter():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [s.name for s in parse("x = '\\d'\n", "m")] == ["m.x"]


# --- Reading, definitions, imports --------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\r\ny = 2\rz = 3\n",
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"#!/bin/python\r# coding: cp1252\rx = '\x80'",
        b"",
    ],
)
def test_reading_keeps_every_byte(tmp_path, data):
    path = tmp_path / "a.py"
    path.write_bytes(data)
    encoding = tokenize.detect_encoding(iter(data.splitlines(True)).__next__)[0]
    assert decode_file(path).encode(encoding.removesuffix("-sig")) == data


@pytest.mark.parametrize(
    ("data", "line"), [(b"x = 1\n\n\ny = '\xe9'\n", 4), (b"x = 1\r\r\n'\xff'", 3)]
)
def test_bytes_that_are_no_text_are_a_syntax_error_with_file_and_line(tmp_path, data, line):
    path = tmp_path / "a.py"
    path.write_bytes(data)
    with pytest.raises(SyntaxError, match="can't decode byte") as error:
        decode_file(path)
    assert (error.value.filename, error.value.lineno) == (str(path), line)


def test_an_unknown_encoding_is_a_syntax_error(tmp_path):
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: klingon\n")
    with pytest.raises(SyntaxError, match="unknown encoding: klingon"):
        decode_file(path)


def test_definitions_have_qualified_names_and_the_line_of_their_def():
    text = "@d\nclass A:\n    def f(self):\n        def g(): pass\nif x:\n    def A(): pass\n"
    assert definitions(text, "m") == {"m.A": 2, "m.A.f": 3, "m.A.f.g": 4}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("import torch", {"torch": "torch"}),
        ("import torch.nn.functional", {"torch": "torch"}),
        ("import torch.nn as nn, os", {"nn": "torch.nn", "os": "os"}),
        ("from labml_optim.adam import Adam", {"Adam": "labml_optim.adam.Adam"}),
        ("from .adam import Adam as A", {"A": "pkg.sub.adam.Adam"}),
        ("from . import adam", {"adam": "pkg.sub.adam"}),
        ("from ..top import f, g", {"f": "pkg.top.f", "g": "pkg.top.g"}),
        ("from ...beyond import f", {}),
        ("from torch import *", {}),
        ("if x:\n    import os\ndef f():\n    import re", {"os": "os", "re": "re"}),
    ],
)
def test_imports_say_where_a_name_comes_from(line, expected):
    assert origins(line + "\n", "pkg.sub") == expected


def test_relative_imports_without_a_package_are_left_out():
    assert origins("from .adam import Adam\nimport os\n") == {"os": "os"}


def test_the_doctests_of_the_module_hold():
    result = doctest.testmod(source)
    assert result.attempted > 0 and result.failed == 0


def test_the_module_is_an_annotated_source_itself():
    path = Path(source.__file__)
    sections = check_law(decode_file(path))
    assert sections[0].kind == "module" and "The rules" in sections[0].note
    assert max(len(section.code) for section in sections) < 40

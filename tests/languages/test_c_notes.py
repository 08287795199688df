"""The law of `languages/c/notes.py`, and its grammar rule by rule."""

from __future__ import annotations

import doctest
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from law import BOM, check_columns, check_growth, check_tiling, note_lines
from pygments.lexers import CLexer
from pygments.token import Comment

from sidenotes.languages.c import notes as c_notes
from sidenotes.languages.c import statements, symbols, tokens
from sidenotes.languages.c.notes import decode_file, definitions, parse
from sidenotes.languages.sections import Section

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tools/examples/mean.c"


# --- The law ------------------------------------------------------------------------------------


def program(text: str) -> str:
    """What is left for the compiler, as another reader of C sees it: no comments, no spaces."""
    tokens = CLexer().get_tokens(text.removeprefix(BOM))
    kept = [
        value
        for kind, value in tokens
        if kind not in Comment or kind in Comment.Preproc or kind in Comment.PreprocFile
    ]
    return "".join("".join(kept).split())


def check_code_is_whole(text: str, sections: list[Section]) -> None:
    """Without its notes the file is the same program."""
    lines = [line.rstrip("\r\n") for section in sections for line in section.raw]
    for section in sections:
        for n in note_lines(section):
            lines[n - 1] = ""
    assert program("\n".join(lines)) == program(text)


def check_law(text: str) -> list[Section]:
    sections = parse(text, "k.c")
    check_tiling(text, sections)
    check_columns(sections)
    check_code_is_whole(text, sections)
    return sections


HEADERS = sorted(Path(sysconfig.get_path("include")).rglob("*.h"))


@pytest.mark.skipif(not HEADERS, reason="the headers of Python are not installed")
def test_every_header_of_python_is_tiled_by_its_sections():
    notes = 0
    for path in HEADERS:
        text = decode_file(path)
        sections = parse(text, path.name)
        check_tiling(text, sections)
        check_columns(sections)
        notes += sum(section.note != "" for section in sections)
    assert notes > 1000


def test_work_grows_with_the_length_and_not_with_its_square():
    text = "// note\n\nint f(int x)\n{\n  // c\n  return x;\n  // end\n}\n\n"
    check_growth(lambda text: parse(text, "k.c"), text, 50)


# --- The law, on programs nobody wrote ----------------------------------------------------------

SIMPLE = [
    "x = 1;",
    "x = 1;  // trailing",
    "x = 1;  /* trailing\n  on two lines */",
    's = "// no comment";',
    's = "/* neither";',
    's = "a \\" // b \\\n c";',
    "c = '\"'; d = '\\'';",
    "n = 1'000'000 + 0x1p-3f + 1.e+5;",
    "y = call(\n  // in brackets\n\n  1,  /* here too */\n);",
    "int t[] = {\n  // in a list\n  1,\n};",
    "z = 1 + \\\n 2;",
    "x = 1; \\\n// joined",
    "a = 1; b = 2;",
    "/* before */ x = 1;",
    "/* one */ /* two */",
    ";",
    "if (x)\n  // between\n  y = 1;",
    "MACRO(x)",
    "label: x = 1;",
    "do { x--; } while (x);",
    "enum { A,\n // in an enum\n B };",
    "p = &(struct s){ .x = 1 };",
]
COMMENTS = [
    "// note",
    "//note",
    "//   deep",
    "//",
    "/// kept",
    "/** kept */",
    "// NOLINT",
    "// ä ✓ 𝑚",
    "// row \\\\\n// row",
    "// goes on \\\n   here",
    "/* block */",
    "/* of\n   two lines */",
    "/*\n * starred\n *\n * text\n */",
    "/*\n\n  # Heading\n\n  - item\n*/",
    "/**/",
    "/* */",
    "/*/ odd */",
    "/* it's \"quoted */",
    "/\\\n/ parted",
]
DIRECTIVES = [
    "#include <math.h>",
    '#define S "//"  // trailing',
    "#define F(x) \\\n  /* inside */ \\\n  (x)",
    "#define G 1 /* to\n the end */",
    "#pragma omp parallel for",
    "#if A\nif (x) {\n#else\n// in a branch\nif (y) {\n#endif\n}",
    "#error it's wrong",
    "# /* odd */ undef F",
]
BLANKS = ["", "  ", "\t", "\f"]
HEADS = [
    "int f(int x)\n{",
    "static inline float *g(void) {",
    "struct s {",
    "typedef struct {",
    "union {",
    "for (int i = 0; i < n; i++) {",
    "if (x) {",
    "switch (x) {",
    "{",
    'extern "C" {',
    "__attribute__((noinline)) void h(\n  // inside\n  int x) {",
]
fillers = st.lists(st.sampled_from(COMMENTS + BLANKS + DIRECTIVES), max_size=3)


@st.composite
def blocks(draw, depth: int = 0) -> list[str]:
    pieces: list[str] = []
    for _ in range(draw(st.integers(1, 4))):
        pieces += draw(fillers)
        if depth == 3 or draw(st.booleans()):
            pieces.append(draw(st.sampled_from(SIMPLE)))
            continue
        indent = draw(st.sampled_from(["  ", "    ", "\t"]))
        pieces.append(draw(st.sampled_from(HEADS)))
        # Lines of the preprocessor, and what a backslash joins, may stand in any column.
        pieces += [indent + piece for piece in draw(blocks(depth + 1))]
        pieces.append(draw(st.sampled_from(["}", "};", "} name;", "} else {\n}"])))
    return pieces + draw(fillers)


@st.composite
def programs(draw) -> str:
    lines = "\n".join(draw(blocks())).split("\n")
    ends = draw(st.sampled_from([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r"]]))
    text = ""
    for line in lines:
        # An empty line with a line feed would make one end with the carriage return before it.
        text += line + ("\r" if text.endswith("\r") and not line else draw(st.sampled_from(ends)))
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return draw(st.sampled_from(["", "", BOM])) + text


@settings(max_examples=150, deadline=None)
@given(programs())
def test_any_program_is_tiled_and_keeps_its_code(text):
    check_law(text)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="/*\\\n\"'{}();#x =:", max_size=40))
def test_any_text_is_tiled_or_refused_with_its_line(text):
    try:
        sections = parse(text, "k.c")
    except SyntaxError as error:
        assert "never closed" in error.msg
        assert error.text is None and 1 <= error.lineno <= text.count("\n") + 1
    else:
        check_tiling(text, sections)
        check_columns(sections)


# --- Literal cases ------------------------------------------------------------------------------


def outline(text: str) -> list[tuple[str, str, int, int, str, tuple[int, ...]]]:
    return [(s.name, s.kind, s.first, s.last, s.note, s.code) for s in check_law(text)]


def notes(text: str) -> list[str]:
    return [section.note for section in check_law(text) if section.note]


PROGRAM = """\
// A licence.
/*
# The file

Its essay.
*/
#include <math.h>

// The rate.

// Of learning.
#define RATE 0.1

/* Twice as much. */
#define TWICE(x) \\
    ((x) + (x))

/*
 * ## A pair
 *
 * * of two
 */
typedef struct pair {
    int a;
    // The other.
    int b;
} pair_t;

/* ## Part two */

/* Does it. */
#pragma GCC optimize("O3")
static int
f(int x)
{
    int m = x;
    // Why it is so.
    m = m * 2;
    return m;
    // The end of f.
}

int g(void) { return f(1); }
"""


def test_a_program_in_sections():
    assert outline(PROGRAM) == [
        ("k.c", "module", 1, 8, "# The file\n\nIts essay.", (1, 7)),
        ("k.c.RATE", "comment", 9, 13, "The rate.\n\nOf learning.", (12,)),
        ("k.c.TWICE", "function", 14, 17, "Twice as much.", (15, 16)),
        ("k.c.pair_t", "class", 18, 24, "## A pair\n\n* of two", (23, 24)),
        ("k.c.pair_t.b", "comment", 25, 28, "The other.", (26, 27)),
        ("k.c.f.above", "comment", 29, 30, "## Part two", ()),
        ("k.c.f", "function", 31, 36, "Does it.", (32, 33, 34, 35, 36)),
        ("k.c.f.m", "comment", 37, 39, "Why it is so.", (38, 39)),
        ("k.c.f.comment", "comment", 40, 42, "The end of f.", (41,)),
        ("k.c.g", "code", 43, 43, "", (43,)),
    ]


def test_a_file_without_lines_has_no_sections():
    assert outline("") == []


@pytest.mark.parametrize("text", ["\n", "\n\n", " \n\t", "\f", BOM, BOM + "\n", "\\\n"])
def test_a_file_without_tokens_is_one_section(text):
    ((_, kind, first, _, _, _),) = outline(text)
    assert (kind, first) == ("code", 1)


STAYS_CODE = {
    "// in a string": 's = "// no";\n',
    "/* in a string": 's = "/* no";\ny = "*/";\n',
    "a comment behind an escaped quote": 's = "\\" // no";\n',
    "a quote as a character": "c = '\"'; // \"\nd = '\\'';\n",
    "a string over a joined line": 's = "a \\\n// no";\n',
    "a comment behind code": "x = 1; // one\n",
    "a block that begins behind code": "x = 1; /* one\n   two */\ny = 2;\n",
    "a block that ends before code": "/* one\n   two */ y = 2;\n",
    "two comments on a line": "/* one */ /* two */\n",
    "a comment in brackets": "f(\n    // one\n    1);\n",
    "a comment in a list": "int x[] = {\n    // one\n    1,\n};\n",
    "a comment in a list within a list": "int x[][1] = {\n  {\n    // one\n    1 },\n};\n",
    "a comment in an enum": "enum e {\n    // one\n    A,\n    // two\n    B\n};\n",
    "a comment in a returned list": "s f() {\n  return (s){\n    // one\n    1 };\n}\n",
    "a comment in a header": "int f(\n    // one\n    int x);\n",
    "a comment before a body": "int f(int x)\n// one\n{\n}\n",
    "a comment between if and its statement": "int f() {\nif (x)\n  // one\n  y();\n}\n",
    "a comment between else and its statement": "int f() {\nif (x) {} else\n  // one\n  y();\n}\n",
    "a comment in an open statement": "x = 1\n// one\n+ 2;\n",
    "a comment behind a joined line": "x = 1; \\\n// one\n",
    "a comment below an empty joined line": "\\\n/* one */\nx = 1;\n",
    "a comment in a macro": "#define F(x) \\\n/* one */ \\\n(x)\n",
    "a comment behind a macro": "#define X 1 /* one\n  two */\n",
    "a comment before a macro": "/* one */ #define X 1\n",
    "an escaped line": "/// one\nx = 1;\n",
    "an escaped block": "/** one\n   two */\nx = 1;\n",
    "a banner": "//////\n/*****/\nx = 1;\n",
    "empty comments": "//\n/**/\n/* */\n/*\n*/\nx = 1;\n",
    "comments for programs": (
        "// clang-format off\n/* NOLINT(a, b) */\n// SPDX-License-Identifier: MIT\nx = 1;\n"
    ),
    "a mark in two parts": "/\\\n/ one\nx = 1;\n/\\\n* two */\ny = 2;\n",
    "an end in two parts": "/* one *\\\n/\nx = 1;\n",
    "an apostrophe in an error": "#error it's\n# warning don't\n",
}


@pytest.mark.parametrize("text", STAYS_CODE.values(), ids=STAYS_CODE)
def test_stays_code(text):
    (section,) = check_law(text)
    assert (section.kind, section.note) == ("code", "")
    filled = [n for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    assert set(filled) <= set(section.code)


IS_NOTE = {
    "a block": ("x = 1;\n/* a */\ny = 2;\n", ["a"]),
    "a block over lines": ("x = 1;\n/* a\n   b\n\n     c\n*/\n", ["a\nb\n\n  c"]),
    "a block with stars": ("x = 1;\n/*\n * a\n *   b\n *\n * c\n */\n", ["a\n  b\n\nc"]),
    "a block with stars from its second line": ("x;\n/* a\n * b */\n", ["a\nb"]),
    "a list is not marks": ("x;\n/* a\n\n * b\n * c\n*/\n", ["a\n\n* b\n* c"]),
    "quotes in a comment": ("x;\n// it's\n/* \"no */\ny;\n", ["it's", '"no']),
    "marks in a comment": ("x;\n// a /* b\n/* c // d */\ny;\n", ["a /* b", "c // d"]),
    "lines in one column": ("x;\n//  a\n//\n\n//    b\ny;\n", ["a\n\n\n  b"]),
    "lines in two columns": ("f() {\n  // a\n// b\n}\n", ["a", "b"]),
    "lines around an escaped one": ("x;\n// a\n/// b\n// c\ny;\n", ["a", "c"]),
    "blocks stay apart": ("x;\n/* a */\n/* b */\n// c\ny;\n", ["a", "b", "c"]),
    "a joined line": ("x;\n// a \\\n b\ny;\n", ["a\nb"]),
    "rows of a formula": ("x;\n// $$a \\\\\n// b$$\ny;\n", ["$$a \\\\\nb$$"]),
    "rows of a formula in a block": ("x;\n/* $$a \\\\\n   b$$ */\ny;\n", ["$$a \\\\\nb$$"]),
    "code that a joined line swallows": ("x;\n// a \\\ny = 1;\nz;\n", ["a\ny = 1;"]),
    "the file's": ("/* a */\n", ["a"]),
    "behind a byte-order mark": (BOM + "/* a */\n", ["a"]),
    "the file's below lines": ("// Licence.\n/** b */\n/* a */\n// c\nx;\n", ["a", "c"]),
    "without a final newline": ("x;\n// end", ["end"]),
    "in a body": ("f() {\n  // a\n  x;\n  // b\n}\n", ["a", "b"]),
    "in a struct": ("struct s {\n  // a\n  int x;\n};\n", ["a"]),
    "behind a label": ("f() {\nswitch (x) {\ncase 1:\n  // a\n  y;\n}}\n", ["a"]),
    "behind a macro": ("#define X 1\n// a\ny;\n", ["a"]),
    "behind a macro that is a statement": ("KERNEL(x)\n\n// a\nint f(void) { }\n", ["a"]),
    "behind a macro behind a comment": ("/* a */ #define X 1\n// b\ny;\n", ["b"]),
    "behind a number in parts": ("n = 1'000;\n// a\nx;\n", ["a"]),
    "behind a label that is no case": ("f() {\nagain:\n  // a\n  x;\n}\n", ["a"]),
    "behind a block": ("f() {\n  if (x) {\n  }\n  // a\n  y;\n}\n", ["a"]),
    "behind a function that returns an enum": ("enum e f(void) {\n  // a\n  x;\n}\n", ["a"]),
    "behind branches that both open a block": (
        "f() {\n#if A\nif (x) {\n#else\nif (y) {\n#endif\n}\n}\n// a\nx;\n",
        ["a"],
    ),
    "behind an unbalanced brace": ("}\n)\n;\n// a\nx;\n", ["a"]),
    "words that only look like directives": ("x;\n// NOLINTED\n// fallthrough it is\n", None),
}


@pytest.mark.parametrize(("text", "expected"), IS_NOTE.values(), ids=IS_NOTE)
def test_is_a_note(text, expected):
    assert notes(text) == (expected or ["NOLINTED\nfallthrough it is"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_a_missing_last_one_change_no_section(end, last):
    text = PROGRAM if last else PROGRAM.rstrip("\n")
    assert outline(text.replace("\n", end)) == outline(PROGRAM)


@pytest.mark.parametrize("text", ["// a\nx = 1;\n", "\n\n/*\n\n a */\n", "//\n//\n// a\n"])
def test_the_first_line_of_a_note_is_known(text):
    (section,) = check_law(text)
    assert "a" in text.split("\n")[section.note_first - 1]


NAMES = {
    "float *m = x;": "m",
    "m[i] = x;": "m",
    "p->v[i] += x;": "v",
    "size_t n = 1;": "n",
    "*q = 1;": "q",
    "const double a = 1, b = 2;": "a",
    "for (size_t i = 0; i < n; i++) x;": "i",
    "if (rho > 5) x;": "rho",
    "if (!r) x;": "r",
    "update(x);": "update",
    "return x;": "return",
    "break;": "break",
    "p.x = 1;": "x",
    "vec *u = x;": "u",
    "#define LAST \\": "LAST",
    "(void)x;": "x",
    ";": "comment",
    "#define CHUNK 64": "CHUNK",
    "#include <sys/stat.h>": "sys",
    "#if defined(A)": "A",
    "#pragma omp simd\nfor (int k = 0; k < n; k++) x;": "k",
    "#pragma once": "once",
    "int prototype(int x);": "prototype",
    "/// kept\nx = 1;": "x",
    "x = (v){ 1 };": "x",
}


@pytest.mark.parametrize(("code", "name"), NAMES.items())
def test_a_comment_is_named_after_its_code(code, name):
    assert check_law(f"// note\n{code}\n")[0].name == f"k.c.{name}"


DEFINITIONS = {
    "int f(int x) { return x; }": "f",
    "static inline __attribute__((always_inline)) void f(\n  int x,\n  int y)\n{\n}": "f",
    "__attribute__((noinline)) struct s *f(void) {\n}": "f",
    "EXPORT(int) f(void) {\n}": "f",
    "f(void)\n{\n  x;\n}": "f",
    "f(void)  // trailing\n{\n  x;\n}": "f",
    "#define F(x) ((x) + 1)": "F",
    "struct s {\n  int x;\n};": "s",
    "struct s {\n  struct { int x; } y;\n} *z = { 0 };": "s",
    "typedef struct s_ {\n  int x;\n} s, *p;": "s",
    "typedef struct __attribute__((packed)) {\n  int x;\n} s;": "s",
    "union u { int x; };": "u",
    "enum e { A, B = 2 };": "e",
    "typedef enum { A } e;": "e",
    'extern "C" {\nint f(void) {\n}\n}': None,
    "#pragma omp declare simd\n#pragma GCC ivdep\nint f(void) {\n}": "f",
}


@pytest.mark.parametrize(("code", "name"), DEFINITIONS.items())
def test_the_note_above_a_definition_is_its_own(code, name):
    for between in ("", "\n"):
        text = f"x = 1;\n/* note */\n{between}{code}\n"
        section = next(s for s in check_law(text) if s.note)
        if name:
            assert section.name == f"k.c.{name}" and section.kind in ("class", "function")
            assert list(definitions(text, "k.c")) == [f"k.c.{name}"]
        else:
            assert section.name == "k.c.extern"


NO_DEFINITION = [
    "int f(int x);",
    "#define F (x)",
    "struct s x = { 1 };",
    "struct s *x;",
    "enum { A };",
    "typedef int f(int x);",
    "int x = f(1);",
    "int x[] = { f(1) };",
]


@pytest.mark.parametrize("code", NO_DEFINITION)
def test_what_is_no_definition_has_a_comment_for_a_note(code):
    text = f"// note\n{code}\n"
    assert definitions(text, "k.c") == {} and check_law(text)[0].kind == "comment"


def test_what_is_defined_in_a_function_is_part_of_it():
    text = "int f(void) {\n#define G(x) x\n  struct s { int x; };\n  // a\n  if (x) {\n  }\n}\n"
    assert definitions(text, "k.c") == {"k.c.f": 1}
    assert [s.name for s in check_law(text)] == ["k.c.f", "k.c.f.x"]


def test_definitions_in_extern_c_are_at_the_top():
    text = '#ifdef X\nextern "C" {\n#endif\n// a\nint f(void) { }\n#ifdef X\n}\n#endif\n'
    assert [(s.name, s.kind) for s in check_law(text)] == [
        ("k.c.X", "code"),
        ("k.c.f", "function"),
        ("k.c.X-2", "code"),
    ]


BRANCHES = [
    "#if A\nint f(int x) {\n#else\nint f(void) {\n#endif\n}\n",
    "#if A\nint f(int x) {\n#elif B\nint f(char x) {\n#else\nint f(void) {\n#endif\n}\n",
    "#if A\nint f(int x) {\n#if B\nif (x) {\n#else\nif (y) {\n#endif\n}\n"
    "#else\nint f(void) {\n#endif\n}\n",
    "int f(void) {\n#if A\nif (x) {\n#endif\n#ifdef A\n}\n#endif\n}\n",
    "#else\n#endif\nint f(void) {\n}\n",
]


@pytest.mark.parametrize("text", BRANCHES)
def test_each_branch_is_read_as_if_the_others_were_not_there(text):
    assert {*definitions(f"{text}int g(void) {{ }}\n", "k.c")} == {"k.c.f", "k.c.g"}


def test_of_two_definitions_on_a_line_the_first_has_the_note():
    text = "// a\nint f(void) { } int g(void) { }\n"
    assert [(s.name, s.note) for s in check_law(text)] == [("k.c.f", "a")]


def test_names_do_not_move_with_lines():
    moved = PROGRAM.replace("int m = x;", "int w = 0;\n\n    int m = x;")
    moved = moved.replace("// The rate.", "\n\n\n// The rate.")
    assert [row[0] for row in outline(moved)] == [row[0] for row in outline(PROGRAM)]


def test_equal_names_are_numbered_and_the_definition_comes_first():
    text = (
        "// a\nint f(void);\n#if A\n// b\nint f(void) { }\n#else\n// c\nint f(void) { }\n#endif\n"
    )
    assert [(s.name, s.note) for s in check_law(text) if s.note] == [
        ("k.c.f-3", "a"),
        ("k.c.f", "b"),
        ("k.c.f-2", "c"),
    ]


def test_a_note_does_not_speak_of_what_follows_its_definition():
    text = "/* */\n/* a */\nint f(void)\n{\n}\n\nint g(void)\n{\n}\n"
    assert [(s.name, s.code) for s in check_law(text)] == [
        ("k.c.f.above", (1,)),
        ("k.c.f", (3, 4, 5)),
        ("k.c.g", (7, 8, 9)),
    ]


# --- What is refused, and reading ---------------------------------------------------------------

REFUSED = {
    "x = 1;\n/* a\nb": (2, "this comment is never closed"),
    'x = 1;\ns = "a\nb";': (2, "this string is never closed"),
    "\n\nc = 'a;\n": (3, "this character is never closed"),
    '#define S \\\n "a\n': (2, "this string is never closed"),
    's = "a\\': (1, "this string is never closed"),
    "#error it's\n/*": (2, "this comment is never closed"),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.items())
def test_what_is_never_closed_is_a_syntax_error_with_its_line(text, expected):
    with pytest.raises(SyntaxError) as error:
        parse(text, "k.c")
    assert (error.value.lineno, error.value.msg) == expected


def test_reading_keeps_every_byte_and_refuses_what_is_no_text(tmp_path):
    path = tmp_path / "a.c"
    # Python would take the first line for a declaration of the encoding.
    data = '\ufeff#define X "coding: klingon"\r\n/* ä */\r'.encode()
    path.write_bytes(data)
    assert decode_file(path).encode() == data
    path.write_bytes(b"int x;\n\n// \xff\n")
    with pytest.raises(SyntaxError, match="can't decode byte") as error:
        decode_file(path)
    assert (error.value.filename, error.value.lineno) == (str(path), 3)


@pytest.mark.parametrize("module", [tokens, statements, c_notes], ids=lambda m: m.__name__)
def test_the_doctests_of_the_modules_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0


@pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
def test_the_example_compiles_and_is_cut_where_a_reader_would():
    flags = ["-std=c11", "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-Werror", "-fsyntax-only"]
    subprocess.run(["cc", *flags, str(EXAMPLE)], check=True)
    kinds = [(s.name, s.kind) for s in check_law(decode_file(EXAMPLE))]
    assert kinds[:2] == [("k.c", "module"), ("k.c.REST", "function")]
    assert kinds[-1] == ("k.c.mean_update.m", "comment")


# --- Symbols ------------------------------------------------------------------------------------

TAGGED = {
    "m = 1;": ["m"],
    "void f(float *m);": ["m"],
    "p->m = o.m;": ["m", "m"],
    "struct { float m; } x = { .m = 1 };": ["m", "m"],
    "x = m[i] * é(m);": ["m", "m"],
    "m(1);": [],
    "m (1);": [],
    "m /* so */ (1);": [],
    "s = \"m\"; c = 'm';": [],
    "// m\n/* m */": [],
    "#define X m": [],
    "mm = m_;": [],
}


@pytest.mark.parametrize("text, expected", TAGGED.items())
def test_what_is_tagged_as_a_symbol(text, expected):
    marks = symbols.symbol_markup(text, {"m": ["m_t"]})
    lines = text.split("\n")
    assert [lines[mark.line - 1][mark.start : mark.end] for mark in marks] == expected

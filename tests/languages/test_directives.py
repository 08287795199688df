"""What speaks to a program stays code, and what only looks like it is a note."""

import pytest

from sidenotes.languages.registry import language

STAYS = """
pylint: disable=invalid-name
pylint:disable=all
isort: off
isort:skip_file
flake8: noqa: E501
noqa
noqa: F401
noqa:E501
pyright: basic
pyright: ignore[reportGeneralTypeIssues]
basedpyright: strict
pyre-strict
pyre-ignore[16]: later
pytype: disable=name-error
mypy: ignore-errors
ty: ignore
type: ignore
type: ignore[attr-defined]
fmt: off
fmt: skip
yapf: disable
ruff: noqa
nosec
nosec B101
nosemgrep: some.rule
NOSONAR
pragma: no cover
cython: language_level=3
cspell:ignore foo
codespell:ignore
spell-checker: disable
noinspection PyUnresolvedReferences
SPDX-License-Identifier: MIT
SPDX-FileCopyrightText: 2020 Me
REUSE-IgnoreStart
%%
%% [markdown]
In[3]:
-*- mode: python -*-
vim: set ts=4 sw=4 et:
vim:ts=8
ex: set ts=4:
endregion
<editor-fold desc="x">
</editor-fold>
@formatter:off
LCOV_EXCL_LINE
clang-format off
""".strip().split("\n")


def notes(text: str, path: str = "m.py") -> list[str]:
    return [section.note for section in language(path).parse(text, "m") if section.note]


@pytest.mark.parametrize("comment", STAYS)
def test_what_speaks_to_a_program_stays_code(comment):
    assert notes(f"# {comment}\nx = 1\n") == []
    assert notes(f"// {comment}\nint x;\n", "m.c") == []
    assert notes(f"/* {comment} */\nint x;\n", "m.c") == []


NOTES = [
    "pragmatic",
    "types: two",
    "The type: a number",
    "type of the number",
    "region of convergence",
    "black holes are not white",
    "doctest is a module",
    "vim is an editor",
    "pylint is what finds it",
    "noqa is a comment",
    "ty means thanks",
    "SPDX is a list of licences",
    "ex: for example",
    "/// script",
    "---",
]


@pytest.mark.parametrize("comment", NOTES)
def test_what_only_looks_like_it_is_a_note(comment):
    assert notes(f"# {comment}\nx = 1\n") == [comment]


def test_a_region_stays_code_where_it_ends():
    assert notes("# region Setup\nx = 1\n# endregion\ny = 2\n") == []
    assert notes("#region Setup\nx = 1\n#endregion Setup\n") == []
    assert notes("# region Setup\nx = 1\n") == ["region Setup"]


SCRIPT = '# /// script\n# requires-python = ">=3.11"\n#\n# dependencies = []\n# ///\n'


def test_the_metadata_of_a_script_stays_code():
    assert notes(f"{SCRIPT}# A note.\nx = 1\n") == ["A note."]
    assert notes(f"#!/usr/bin/env python\n{SCRIPT}import x\n") == []
    # Without an end it is none.
    assert notes(SCRIPT.replace("# ///\n", "") + "x = 1\n") != []


def test_local_variables_of_emacs_and_the_header_of_a_notebook_stay_code():
    assert notes("x = 1\n# Local Variables:\n# mode: python\n# End:\n") == []
    assert notes("# ---\n# jupyter:\n#   text: 1\n# ---\n# A note.\nx = 1\n") == ["A note."]


def test_the_colon_of_a_documented_value_is_a_mark():
    assert notes("#: The number of steps.\n#: And more.\nSTEPS = 3\n") == [
        "The number of steps.\nAnd more."
    ]


# ## Docstrings that are not raw

DOCSTRINGS = {
    r'"The rate $\\alpha_t$ of it."': r"The rate $\alpha_t$ of it.",
    r'"The rate $\beta_t$ of it."': r"The rate $\beta_t$ of it.",
    r'"Lines end with \\n, quotes are \"so\"."': r'Lines end with \n, quotes are "so".',
    r'"$\\alpha \le \\gamma$"': r"$\alpha \le \gamma$",
    r"'''$$\begin{align} a &= \beta \\ b &= c \end{align}$$'''": (
        r"$$\begin{align} a &= \beta \\ b &= c \end{align}$$"
    ),
    r"'''\\begin{align} a &= b \\\\ c \\end{align}'''": r"\begin{align} a &= b \\ c \end{align}",
    r'r"The rate $\\alpha_t$"': r"The rate $\\alpha_t$",
}


@pytest.mark.parametrize("literal, note", DOCSTRINGS.items())
def test_a_docstring_says_what_its_author_meant(literal, note):
    assert notes(f"def f():\n    {literal}\n") == [note]


def test_a_docstring_of_two_minds_is_an_error_with_its_line():
    text = 'def f():\n    """\n    One.\n\n    The $\\\\alpha$ and $\\\\gamma + \\beta$.\n    """\n'
    with pytest.raises(SyntaxError, match=r"not raw: it has both \\\\gamma and \\beta") as error:
        notes(text)
    assert error.value.lineno == 5

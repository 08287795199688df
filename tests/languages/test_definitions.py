"""Which lines a definition takes up, and which of them begin within a string."""

import sys

import pytest

from sidenotes.languages.registry import language

PYTHON = '''import a


@a.b(
    1
)
class A:
    """Its
    note."""

    def f(self):
        """
        Not a value.
        """
        x = """
  a value
    """
        return f"""{x}
        {x!r}
        """, "one", "line"
        # Behind the last statement.

    async def g(self): pass
'''
CPP = r"""// Halves.
struct A {
  /* Text. */
  const char *f() {
    return "one \
    and two";
  }
  const char *g() { return R"(
  raw
  )"; }
};
"""


@pytest.mark.skipif(
    sys.version_info < (3, 12), reason="before 3.12 a string ends at its own quotes"
)
def test_a_string_may_stand_within_a_formatted_one():
    text = 'x = f"""{\n  f"""\na"""\n  }\n"""\n\ny = """\n"""\n'
    assert language("a.py").within_strings(text) == {2, 3, 4, 5, 8}


def lines(path, text):
    scopes = language(path).scopes(text, "a")
    return {scope.name: (scope.first, scope.last) for scope in scopes}


def test_a_definition_begins_with_its_decorators_and_ends_with_its_comments():
    assert lines("a.py", PYTHON) == {
        "a": (1, 23),
        "a.A": (4, 23),
        "a.A.f": (11, 21),
        "a.A.g": (23, 23),
    }


def test_a_definition_in_c_begins_with_the_note_above_it():
    assert lines("a.cpp", CPP) == {"a": (1, 11), "a.A": (1, 11), "a.A.f": (3, 7), "a.A.g": (8, 10)}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_within_a_string_are_known_and_those_of_a_docstring_are_none(end):
    within = language("a.py").within_strings(PYTHON.replace("\n", end))
    assert within == {16, 17, 19, 20}
    assert language("a.cpp").within_strings(CPP.replace("\n", end)) == {6, 9, 10}

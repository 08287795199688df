"""A digest tells what a function computes: it changes with that, and with nothing else."""

import ast
import inspect
import textwrap

import pytest

from labml_optim import WeightDecay
from labml_optim.fused import overrides
from labml_optim.fused.digests import DIGESTS


def functions_of_a_step():
    for base in overrides.KNOWN:
        for kind in (*base.__mro__, WeightDecay):
            for name in {*overrides.HOOKS, "__call__"}.difference(overrides.NOT_COMPUTED):
                if name in vars(kind):
                    yield f"{kind.__qualname__}.{name}", getattr(kind, name)


def test_digests_are_up_to_date():
    found = {label: overrides.digest(function) for label, function in functions_of_a_step()}
    old = sorted(label for label in found | DIGESTS if found.get(label) != DIGESTS.get(label))
    lines = "\n".join(f'    "{label}": "{found[label]}",' for label in old if label in found)
    assert not old, (
        f"{', '.join(old)}: the kernels stand for these functions, and they have changed. If "
        "kernel.c, kernel.py and traced.py compute what they do now, and tests/fused and `make "
        f"verify` agree, write into labml_optim/fused/digests.py:\n{lines}"
    )


def test_no_digest_depends_on_the_version_of_python():
    # Python 3.12 has other tokens for strings with values in them.
    for label, function in functions_of_a_step():
        tree = ast.parse(textwrap.dedent(inspect.getsource(function.__code__)))
        assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(tree)), label


SOURCE = '''
def update(self, m, v):
    """Moves."""
    # A reason.
    if v > 0:
        m.add_(v, alpha=2)
    return m
'''
ALIKE = {
    "comments": SOURCE.replace("    # A reason.\n", ""),
    "a docstring": SOURCE.replace('"""Moves."""', 'r"""\n    Moves\n\n    something.\n    """'),
    "no docstring": SOURCE.replace('    """Moves."""\n', ""),
    "spaces": SOURCE.replace("m.add_(v, alpha=2)", "m.add_( v,\n               alpha = 2 )"),
    "a text after a block": SOURCE.replace("    return m", '    """Returns."""\n    return m'),
    "depth": textwrap.indent(SOURCE, "    "),
}
OTHERS = {
    "a number": ("alpha=2", "alpha=3"),
    "an operator": ("v > 0", "v >= 0"),
    "a block": ("    return m", "        return m"),
    "a statement": ("    return m", "    m.neg_()\n    return m"),
    "a decorator": ("def update", "@staticmethod\ndef update"),
    "a text that is used": ("return m", 'return "m"'),
    "a text that is kept": ('"""Moves."""', 'm = """Moves."""'),
    "an argument": ("self, m, v", "self, v, m"),
}


@pytest.mark.parametrize("text", ALIKE.values(), ids=ALIKE)
def test_it_does_not_change_with(text):
    assert text != SOURCE
    assert overrides.digest_of_source(text) == overrides.digest_of_source(SOURCE)


@pytest.mark.parametrize(("old", "new"), OTHERS.values(), ids=OTHERS)
def test_it_changes_with(old, new):
    assert SOURCE.count(old) == 1
    text = SOURCE.replace(old, new)
    assert overrides.digest_of_source(text) != overrides.digest_of_source(SOURCE)


@pytest.mark.parametrize("statement", ["'{}'.join(v)", "return '{}'"])
def test_a_text_that_is_no_statement_by_itself_counts(statement):
    texts = [SOURCE.replace("return m", statement.format(letter)) for letter in "mv"]
    assert len({*map(overrides.digest_of_source, texts)}) == 2

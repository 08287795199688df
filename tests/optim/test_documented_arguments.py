"""The docstring of a public class lists its arguments, all of them, with the defaults they have."""

import ast
import inspect
import re
from inspect import Parameter

import pytest

import labml_optim

CLASSES = [getattr(labml_optim, name) for name in labml_optim.__all__]
EACH = pytest.mark.parametrize("public", CLASSES, ids=lambda public: public.__name__)
NAMES = re.compile(r"`(\w+)`(?:,? (?:and )?`(\w+)`)*")
DEFAULT = re.compile(r"`([^`]+)`(?:\s+by\s+default|,\s+the\s+default)")
OTHERS = re.compile(r"The other arguments are those of (\w+): ([^.]*)\.")


def arguments(public):
    return dict(inspect.signature(public).parameters)


def listed(public):
    """What is said of each argument that has a bullet."""
    text = inspect.cleandoc(public.__doc__)
    bullets = re.findall(r"^\* (.*(?:\n  .*)*)", text, re.MULTILINE)
    return {name: said for said in bullets for name in re.findall(r"\w+", NAMES.match(said)[0])
            if name != "and"}  # fmt: skip


def others(public):
    """The arguments that are said to be those of another class, and that class."""
    found = OTHERS.search(inspect.cleandoc(public.__doc__))
    if not found:
        return None, []
    return getattr(labml_optim, found[1]), re.findall(r"`(\w+)`", found[2])


@EACH
def test_every_argument_is_documented_once_and_nothing_else_is(public):
    documented = [*listed(public), *others(public)[1]]
    assert sorted(documented) == sorted(arguments(public))


@EACH
def test_a_stated_default_is_the_real_one(public):
    found = arguments(public)
    for name, said in listed(public).items():
        for stated in DEFAULT.findall(said):
            assert ast.literal_eval(stated) == found[name].default, (name, said)
            assert type(ast.literal_eval(stated)) is type(found[name].default), (name, said)


@EACH
def test_every_default_that_can_be_written_down_is_stated(public):
    for name, said in listed(public).items():
        default = arguments(public)[name].default
        if isinstance(default, int | float | tuple | type(None)) and default is not Parameter.empty:
            assert DEFAULT.search(said), f"{name} is {default!r} by default: {said}"


@EACH
def test_arguments_that_are_those_of_another_class_have_its_defaults(public):
    other, names = others(public)
    for name in names:
        assert arguments(public)[name].default == arguments(other)[name].default, name


def test_there_is_something_to_test():
    assert sum(len(DEFAULT.findall(said)) for c in CLASSES for said in listed(c).values()) >= 12
    assert sum(bool(others(public)[1]) for public in CLASSES) >= 3

"""What a docstring says of arguments is held to the signature."""

import doctest
from pathlib import Path
from textwrap import dedent, indent

import pytest
from sidenotes.equations import check, declared, signatures
from sidenotes.equations import documented as said

ROOT = Path(__file__).parents[1]


def function(docstring, signature):
    """A function with this docstring, whose first line is line 3."""
    return f'def move({signature}):\n    r"""\n{indent(dedent(docstring), "    ")}\n    """\n'


def kind(docstring, body, header="class Mover:"):
    """A class with this docstring, whose first line is line 3, and this body."""
    text = f'{header}\n    r"""\n{indent(dedent(docstring), "    ")}\n    """\n'
    return text + indent(dedent(body), "    ") + "\n"


def found(text, *others):
    return [(f.line, f.message) for f in signatures.lint(text, "demo.py", others)]


FIELDS = "start: float\nrate: float = 0.1\n"

# What is wrong: the source, the line, and what is said of it.
SLIPS = {
    "an argument that does not exist": (
        function("* `start` is x\n* `speed` is v", "start"),
        (4, "`speed` is no argument of move; known: start"),
    ),
    "an argument whose name is nearly right": (
        function("* `strat` is x", "start, rate=1"),
        (3, "`strat` is no argument of move; did you mean 'start'?"),
        (3, "move has arguments that are not documented: `rate`"),
    ),
    "another spelling": (
        function("* `LR` is x\n* `baseRate` is v", "lr, base_rate"),
        (3, "`LR` is no argument of move; did you mean 'lr'?"),
        (4, "`baseRate` is no argument of move; did you mean 'base_rate'?"),
    ),
    "the second of two subjects": (
        function("* `x` and `y` are where", "x, z"),
        (3, "`y` is no argument of move; known: x, z"),
        (3, "move has arguments that are not documented: `z`"),
    ),
    "arguments that are missing": (
        function("* `a` is it", "a, /, b, *, c=1"),
        (3, "move has arguments that are not documented: `b`, `c`"),
    ),
    "an argument that is only spoken of": (
        function("* `a` is used unless `b` is", "a, b"),
        (3, "move has arguments that are not documented: `b`"),
    ),
    "an argument in the bullet of another": (
        function("* `a` is one of\n    * `b`", "a, b"),
        (3, "move has arguments that are not documented: `b`"),
    ),
    "a list that a sentence calls arguments": (
        function("Arguments, in order:\n\n* `a`\n* `b`", "a"),
        (6, "`b` is no argument of move; known: a"),
    ),
    "an argument that is documented twice": (
        function("* `a` is it\n\nThe other arguments:\n`b`,\n`a`.", "a, b"),
        (7, "`a` is documented a second time"),
    ),
    "a name in a list": (
        function("* `a` is it\n\nThe other arguments are `big`: `b`, `bb`,\n`cc`.", "a, b, c, d"),
        (5, "`bb` is no argument of move; did you mean 'b'?"),
        (6, "`cc` is no argument of move; did you mean 'c'?"),
        (3, "move has arguments that are not documented: `d`"),
    ),
    "a list with a gap": (
        function("The arguments: `a`, b, `c`.", "a, b, c"),
        (3, "move has arguments that are not documented: `b`, `c`"),
    ),
    "a default for what has none": (
        function("* `a` is it, `1` by default", "a"),
        (3, "`a` is said to be `1` by default; move gives it no default"),
    ),
    "a default that is missing in the signature of a class": (
        kind("* `start` is x, `0` by default\n* `rate` is v", FIELDS, "@dataclass\nclass Mover:"),
        (4, "`start` is said to be `0` by default; Mover gives it no default"),
    ),
    "an argument of a constructor": (
        kind("* `a` is it\n* `b` is not", "def __init__(self, a): ..."),
        (4, "`b` is no argument of Mover; known: a"),
    ),
    "an argument of a method": (
        "class A:\n    def go(self, far):\n        '''\n        * `fast` is how\n        '''\n",
        (4, "`fast` is no argument of A.go; did you mean 'far'?"),
    ),
    "an argument of a function within a function": (
        "def f():\n    async def g(far):\n        '''\n        * `fat` is how\n        '''\n",
        (4, "`fat` is no argument of f.g; did you mean 'far'?"),
    ),
    "a field of a dataclass": (
        kind("* `rate` is v", FIELDS, "@dataclasses.dataclass(frozen=True)\nclass Mover:"),
        (4, "Mover has arguments that are not documented: `start`"),
    ),
    "a field that is no argument": (
        kind(
            "* `a` is it\n* `b`, `c` and `d` are not",
            """
            a: int
            b: ClassVar[int] = 1
            c: int = field(init=False)
            d = 2
            _: KW_ONLY
            """,
            "@dataclass\nclass Mover:",
        ),
        (5, "`b` is no argument of Mover; known: a"),
        (5, "`c` is no argument of Mover; known: a"),
        (5, "`d` is no argument of Mover; known: a"),
    ),
    "a field of a named tuple": (
        kind("* `stop` is x", FIELDS, "class Mover(typing.NamedTuple):"),
        (3, "`stop` is no argument of Mover; known: rate, start"),
        (3, "Mover has arguments that are not documented: `start`, `rate`"),
    ),
}


@pytest.mark.parametrize("what", SLIPS)
def test_a_slip_is_found_with_its_line(what):
    text, *expected = SLIPS[what]
    assert found(text) == sorted(expected)


# How a bullet states the default of `a`, and what the default of `a` is, then what it is not.
DEFAULTS = [
    ("`1e-3` by default", "0.001", "0.01"),
    ("it is `True`\n  by\n  default", "True", "False"),
    ("turns it on (`True`, the default) or off (`False`)", "True", "False"),
    ("turns it on (`True`) or off (`False`, the default)", "False", "True"),
    ("chooses. `None`, the default, and `False` mean no", "None", "False"),
    ("is a rule, by default `WeightDecay()`", "WeightDecay( )", "WeightDecay(1)"),
    ("is a pair, `(0.9, 0.999)` by default", "(.9, .999)", "(0.9, 0.99)"),
    ("has a default. By default, `'x'` is taken", '"x"', "'y'"),
    ("defaults to `-1`", "-1", "1"),
    ("is `x` (default) or `y`", "x", "y"),
    ("is x (default: `3`)", "3", "4"),
    ("is x (default 3)", "3", "4"),
    ("`1` is the default", "1", "True"),
    ("is 0.5 by default.", "0.5", "0.6"),
    ("is False by default", "False", "0"),
    (", `b` by default", "b", "a"),
    ("with `b` or `c`; `1` by default", "1", "2"),
    ("is `b` or `c`, the default", "c", "b"),
    ("has a default of `1`", "1", "2"),
    ("has the default value. Its default is `2`", "2", "3"),
]


@pytest.mark.parametrize(("words", "default", "other"), DEFAULTS)
def test_a_default_is_compared_with_the_signatures(words, default, other):
    note = f"* `a` {words}".replace(" ,", ",")
    assert found(function(note, f"a={default}")) == []
    ((line, message),) = found(function(note, f"a={other}"))
    assert line == 3 and message.startswith("`a` is said to be `") and "; in move it is" in message


def test_defaults_of_a_keyword_a_field_and_a_factory_are_known():
    note = "* `a` is `1` by default\n* `b` is `[]` by default\n* `c` is `Rule()` by default"
    body = "a: int = field(default={})\nb: list = field(default_factory={})\nc: Rule = {}"
    header = "@dataclass\nclass Mover:"
    assert found(kind(note, body.format("1", "list", "field(default_factory=Rule)"), header)) == []
    assert len(found(kind(note, body.format("2", "dict", "Other()"), header))) == 3
    assert len(found(function(note, "*, a=2, b=(), c=Rule(1)"))) == 3


def test_several_subjects_have_one_default_or_each_its_own():
    each, all_ = "* `a` and `b` are `1` and `2` by default", "* `a`, `b` are `3`, the default"
    assert found(function(each, "a=1, b=2")) == [] == found(function(all_, "a=3, b=3"))
    assert [message for _, message in found(function(each, "a=2, b=2"))] == [
        "`a` is said to be `1` by default; in move it is `2`"
    ]
    assert len(found(function(all_, "a=1, b=2"))) == 2


RIGHT = {
    "no bullets": function("Moves `x`, and `y` too: `z`.", "a, b"),
    "bullets of something else": function("It moves\n\n* a\n* `a b`", "a, b"),
    "a list that a sentence introduces": function("Returns these:\n\n* `x`\n* `y`", "a, b"),
    "a list that a sentence calls arguments": function("The arguments:\n* `a`\n* `b`", "a, b"),
    "bullets in a fence": function("```\n* `x` is y\n```", "a, b"),
    "self, stars and what is private": (
        "class A:\n    def go(self, far, *more, _cache=None, **rest):\n"
        "        '''\n        * `far` is how\n        '''\n"
    ),
    "cls": "class A:\n    @classmethod\n    def go(cls, far):\n        '* `far` is how'\n",
    "stars that are documented": function(
        "* `a`\n* `*more` and `**rest` are more", "a, *more, **rest"
    ),
    "keywords that nobody names": function("* `a` is it\n* `b` is handed on", "a, **rest"),
    "a class whose constructor comes from elsewhere": kind("* `a` is it", "", "class Mover(Base):"),
    "a class that has none": kind("* `a` is it", ""),
    "a dataclass that extends another package's": kind(
        "* `start` is x\n* `rate` is v\n* `more` is more", FIELDS, "@dataclass\nclass Mover(Base):"
    ),
    "a class whose constructor has bullets of its own": kind(
        "* `x` is an attribute", "def __init__(self, a):\n    '* `a` is it'"
    ),
    "a dataclass with a constructor": kind(
        "* `a` is it", FIELDS + "def __init__(self, a): ...", "@dataclass\nclass Mover:"
    ),
    "overloads": kind(
        "* `a` is it", "@overload\ndef __init__(self, a, b): ...\ndef __init__(self, a): ..."
    ),
    "a dataclass that makes no constructor": kind(
        "* `x` is it", FIELDS, "@dataclass(init=False)\nclass Mover:"
    ),
    "values that have a bullet": function("* `a` is on or off\n* `True` is on", "a"),
    "a number within a word": function("* `a` is v2 by default", "a='v2'"),
    "the default of something else": function("* `a` is not `2`, the default of B", "a=1"),
    "a default elsewhere": function("* `a` was `2` by default in B", "a=1"),
    "a class that extends its own name": kind("* `a` is it", "", "class Mover(Mover):"),
}


@pytest.mark.parametrize("what", RIGHT)
def test_this_is_right(what):
    assert found(RIGHT[what]) == []


# ## Other classes

BASE = kind("", "def __init__(self, lr=1e-3, *, eps=1e-8): ...", "class Base:")


def test_a_constructor_that_is_inherited_is_found_in_another_file():
    text = kind("* `lr` is the rate, `0.01` by default", "", "class Mover(lib.Base):")
    assert found(text, BASE) == [
        (3, "Mover has arguments that are not documented: `eps`"),
        (3, "`lr` is said to be `0.01` by default; in Mover it is `0.001`"),
    ]
    # Where a name means two classes, neither is meant.
    assert found(text, BASE, BASE) == []
    generic = text.replace("lib.Base", "Base[int]")
    assert found(generic, BASE) == found(text, BASE)


def test_a_class_of_the_same_file_comes_first():
    text = kind("* `a` is it", "", "class Mover(Base):")
    assert found(text + kind("", "def __init__(self, a): ...", "class Base:"), BASE) == []


def test_fields_that_are_inherited_are_arguments():
    base = kind("", FIELDS, "@dataclass\nclass Base:")
    text = kind("* `start`\n* `end`", "end: float", "@dataclass\nclass Mover(Base, Generic[T]):")
    assert found(text, base) == [(4, "Mover has arguments that are not documented: `rate`")]
    # Who knows what a base of the base brings?
    more = text.replace("* `end`", "* `end`\n    * `rate`\n    * `more`")
    assert found(more, base) == [(7, "`more` is no argument of Mover; did you mean 'rate'?")]
    assert found(more, base.replace("Base:", "Base(Elsewhere):")) == []


@pytest.mark.parametrize("base", ["Base", "`Base`", "[Base](base.py)", "`lib.Base`, as they are"])
def test_arguments_that_are_those_of_a_class_are_the_same_there(base):
    note = f"* `a` is it\n\nThe other arguments are those of {base}: `lr`,\n`eps`."
    init = "def __init__(self, a, lr=0.001, eps={}): ..."
    expected = "`eps` is said to be an argument of Base, where it has the default `1e-08`; in Mover"
    assert found(kind(note, init.format("1e-8")), BASE) == []
    found_ = found(kind(note, init.format("1e-16")), BASE)
    if "lib" in base:
        # What has a path is not looked for by its last name alone.
        assert found_ == []
    else:
        assert found_ == [(6, f"{expected} it has the default `1e-16`")]


def test_arguments_that_are_those_of_a_class_exist_there():
    note = "The arguments are those of Base: `lr`, `esp`."
    text = kind(note, "def __init__(self, lr=1e-3, esp=1): ...")
    said = "`esp` is said to be an argument of Base, and is none; did you mean 'eps'?"
    assert found(text, BASE) == [(3, said)]
    assert found(text, BASE.replace("*, eps=1e-8", "**rest")) == []
    # What does not exist here is wrong, wherever else it exists.
    wrong = kind(note.replace("esp", "eps"), "def __init__(self, lr=1e-3): ...")
    assert found(wrong, BASE) == [(3, "`eps` is no argument of Mover; known: lr")]


# ## This repository


@pytest.mark.parametrize("top", ["labml_optim", "tools/sidenotes"])
def test_all_that_is_documented_here_is_so(top):
    files = check.sources(sorted((ROOT / top).rglob("*.py")))
    findings = [
        str(finding)
        for path, text in files.items()
        for finding in signatures.lint(
            text, str(path.relative_to(ROOT)), [t for p, t in files.items() if p != path]
        )
    ]
    assert findings == []


def test_all_arguments_of_the_constructors_are_read():
    files = check.sources(sorted((ROOT / "labml_optim").glob("*.py")))
    count = {
        name: (len(found), sum(bool(argument.defaults) for argument in found))
        for path, text in files.items()
        for name, _, found in signatures.documented(text, path.stem)
        if "." not in name
    }
    # How many there are, and for how many a default is stated.
    assert count == {
        "Sibling": (2, 0),
        "Step": (3, 0),
        "Adam": (10, 7),
        "AMSGrad": (11, 1),
        "RAdam": (12, 2),
        "AdaBelief": (14, 5),
        "GenericAdaptiveOptimizer": (5, 0),
        "WeightDecay": (3, 3),
    }


@pytest.mark.parametrize("module", [said, declared, signatures])
def test_the_examples_of_the_modules_are_right(module):
    failed, tried = doctest.testmod(module)
    assert tried and not failed

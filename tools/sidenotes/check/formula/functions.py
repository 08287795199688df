r"""
# Functions, and what has no value

The functions that a formula can name, as commands of TeX or with `\operatorname`; and the messages
for what looks like one but has no value, or more than one meaning. A checker must not guess.
"""

from __future__ import annotations

# The name in the tree, and how many arguments there can be.
Known = tuple[str, range]

_ONE, _TWO_OR_MORE = range(1, 2), range(1, 100)
_OF_ONE = "exp sin cos tan sinh cosh tanh"

# Commands of TeX.
COMMANDS: dict[str, Known] = {
    **{rf"\{name}": (name, _ONE) for name in _OF_ONE.split()},
    **{rf"\arc{name}": (f"a{name}", _ONE) for name in ("sin", "cos", "tan")},
    r"\log": ("log", _ONE),
    r"\ln": ("log", _ONE),
    r"\max": ("max", _TWO_OR_MORE),
    r"\min": ("min", _TWO_OR_MORE),
}

# Names in `\operatorname` or `\mathrm`.
OPERATORS: dict[str, Known] = {
    **{name: (name, _ONE) for name in _OF_ONE.split()},
    **{name: (name, _ONE) for name in ("abs", "log", "erf", "sigmoid", "relu", "floor", "ceil")},
    **{name: (name, _ONE) for name in ("sum", "mean", "softmax", "trace", "sign")},
    **{"sgn": ("sign", _ONE), "tr": ("trace", _ONE), "ReLU": ("relu", _ONE), "ln": ("log", _ONE)},
    **{"max": ("max", _TWO_OR_MORE), "min": ("min", _TWO_OR_MORE)},
    "clip": ("clip", range(3, 4)),
}

_DIVISOR = "divides by n or by n - 1: write the sum"
_RANDOM = "has no value that could be computed, since it is about what is random"
_SOUGHT = "is what is sought, and has no value of its own"

AMBIGUOUS_OPERATORS = {
    **dict.fromkeys(("var", "Var", "std", "cov"), _DIVISOR),
    **dict.fromkeys(("E", "P", "Pr", "Cov"), _RANDOM),
    **dict.fromkeys(("argmax", "argmin", "arg"), _SOUGHT),
    "round": "rounds halves up or to even: write \\lfloor x + 0.5 \\rfloor",
    "diag": "makes a matrix of a vector, or a vector of a matrix",
}

_DOTS = r"dots leave out what is meant: write all of it, or \sum_{i=1}^{n}"
_DERIVATIVE = "a derivative has no value here: give it a symbol of its own"
_ARROW = r"an arrow to the right assigns nothing: write the symbol, \leftarrow and its value"
_NEARLY = r"what is only near is no claim: write = or \leftarrow"
_IMPLIES = "what follows from what is no claim: write one formula"
_SET = "a set has no value"
_TWO_VALUES = "stands for two values"
_DEFINED = r"write := or \leftarrow"

# Tokens that are refused wherever they come, and why.
REFUSED: dict[str, str] = {
    **dict.fromkeys((r"\dots", r"\ldots", r"\cdots", r"\vdots"), _DOTS),
    **dict.fromkeys((r"\nabla", r"\partial", r"\int"), _DERIVATIVE),
    **dict.fromkeys((r"\to", r"\rightarrow", r"\longrightarrow", r"\mapsto"), _ARROW),
    **dict.fromkeys((r"\longmapsto", r"\xrightarrow"), _ARROW),
    **dict.fromkeys((r"\approx", r"\simeq", r"\sim", r"\cong", r"\propto"), _NEARLY),
    **dict.fromkeys((r"\Rightarrow", r"\implies", r"\iff", r"\Leftrightarrow"), _IMPLIES),
    **dict.fromkeys((r"\Leftarrow", r"\impliedby", r"\leftrightarrow"), _IMPLIES),
    **dict.fromkeys((r"\triangleq", r"\doteq", r"\stackrel", r"\overset"), _DEFINED),
    **dict.fromkeys((r"\in", r"\cup", r"\cap", r"\{", r"\subset", r"\forall"), _SET),
    **dict.fromkeys((r"\pm", r"\mp"), _TWO_VALUES),
    r"\equiv": r"an identity or an assignment? Write = or \leftarrow",
    r"\mid": "a bar between two values means 'divides', or 'given'",
    r"\ll": "how much smaller is that? Write <",
    r"\gg": "how much larger is that? Write >",
    r"\lg": r"a logarithm to the base of 2 or of 10? Write \log_2 or \log_{10}",
    r"\mathbb": "an expectation, a probability or a set has no value that could be computed",
    r"\Pr": "a probability " + _RANDOM,
    r"\arg": _SOUGHT,
    r"\lim": "a limit has no value that could be computed",
    r"\sup": r"write \max",
    r"\inf": r"write \min",
    r"\det": "a determinant is not among the functions that are known",
    r"\pmod": r"write (a \bmod b)",
    r"\oplus": "means several things",
    r"\otimes": "means several things",
    r"\star": "means several things",
    "!": r"a factorial: write \prod_{i=1}^{n} i",
    r"\%": "write a fraction of 1",
}

"""
# Which optimizers the kernels compute

A kernel does what certain functions of certain classes do, and calls none of them. `KNOWN` lists
the classes. An optimizer is computed by a kernel if it is one of them, or a subclass that overrides
none of these functions, and if each function is what it was when the kernels were written. All
others run annotated, and `fused=True` is refused by name.

This is checked in two ways. When a class is first met, the source of its functions is
compared with [digests](digests.py), so a copy of this folder in which a function was edited is not
taken for the original. From then on, at each step, they have to be the same functions, with the
same code and the same globals. The functions of torch itself are not compared: if a program
replaces `torch.maximum`, only the annotated code calls the replacement.

Without source nothing is known about the functions, and no kernel is used. This is so where a
package was installed as `.pyc` files only. Source in a zip file is found, but there no compiler can
read `kernel.c`; so the kernel for CUDA works, and the one for the CPU says why it does not.
"""

from __future__ import annotations

import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from operator import attrgetter
from types import FunctionType
from typing import Any, NamedTuple

from labml_optim.adabelief import AdaBelief
from labml_optim.adam import Adam
from labml_optim.amsgrad import AMSGrad
from labml_optim.fused.digests import DIGESTS
from labml_optim.optimizer import GenericAdaptiveOptimizer
from labml_optim.radam import RAdam
from labml_optim.weight_decay import WeightDecay


class Known(NamedTuple):
    """
    What the kernels need to know of a class.

    * `second` is the key of its second moment
    * `centred` says whether that is taken around $m_t$
    """

    second: str
    centred: bool


KNOWN: dict[type, Known] = {
    Adam: Known("exp_avg_sq", centred=False),
    AMSGrad: Known("exp_avg_sq", centred=False),
    RAdam: Known("exp_avg_sq", centred=False),
    AdaBelief: Known("exp_avg_var", centred=True),
}

# What a step of these classes calls.
HOOKS = (
    *("prepare_step", "step_tensors", "step_tensor", "step_exact", "step_counted", "step_param"),
    *("prepare", "get_mv", "get_maximum", "get_lr", "get_step", "calc_rectification_term"),
    *("rectifies", "update", "check_gradients"),
)
NAMES = frozenset(HOOKS)
CODE = attrgetter("__code__")
# These decide who computes, and what is refused. They compute nothing.
NOT_COMPUTED = ("prepare_step", "check_gradients")


def known_class(kind: type) -> type | None:
    """The nearest class above `kind` that is in `KNOWN`; `None` if there is none."""
    for base in kind.__mro__:
        if base in KNOWN:
            return base
    return None


def known(optimizer: GenericAdaptiveOptimizer) -> Known:
    """What the kernels need to know of an optimizer that was not refused."""
    base = known_class(type(optimizer))
    assert base is not None
    return KNOWN[base]


def refusal(optimizer: GenericAdaptiveOptimizer) -> str | None:
    """Why the kernels do not compute what this optimizer does; `None` if they do."""
    kind, own = type(optimizer), vars(optimizer)
    base = known_class(kind)
    if base is None:
        names = ", ".join(each.__name__ for each in KNOWN)
        return f"{kind.__module__}.{kind.__qualname__} is no class with a kernel, such as {names}"
    found = originals(base)
    # Asked at each step, because a method can also be put on a class or an object later on.
    if found.unchanged(kind) and own.keys().isdisjoint(NAMES):
        rule = type(own.get("weight_decay"))
        if rule is WeightDecay:
            return None
        return f"{rule.__name__} is a rule of weight decay that the kernels do not know"
    return found.problem or found.difference(kind, own)


class Originals:
    """
    ## The functions of a class as they were when it was first met

    * `base` is a class in `KNOWN`

    `problem` says if they are not the ones that the kernels were written for.
    """

    def __init__(self, base: Any):
        self.problem = next(problems(base), None)
        if self.problem is not None:
            return
        self.found = {name: getattr(base, name) for name in HOOKS if hasattr(base, name)}
        codes = [f"{name}.__code__" for name in self.found]
        self.functions = attrgetter("__getattribute__", *self.found, *codes)
        # What is called by `super()`, and the rule of decay.
        called = [*inherited(base), (WeightDecay, "__call__")]
        self.owners, self.names = zip(*called, strict=True)
        self.depth = len(base.__mro__)
        everything = [*self.found.values(), *map(getattr, self.owners, self.names)]
        self.spaces, self.globals = zip(*globals_of(everything), strict=True)
        self.before = self.state(base)

    def state(self, kind: Any) -> tuple[Any, ...]:
        """All that must stay the same: functions, their code, and the globals that they use."""
        called = list(map(getattr, self.owners, self.names))
        values = list(map(dict.get, self.spaces, self.globals))
        above = kind.__mro__[-self.depth :]
        return self.functions(kind), above, called, list(map(CODE, called)), values

    def unchanged(self, kind: Any) -> bool:
        """Whether `kind` has these functions, and they are what they were."""
        try:
            return self.problem is None and self.state(kind) == self.before
        # Something else in place of a function.
        except AttributeError:
            return False

    def difference(self, kind: Any, own: dict[str, Any]) -> str:
        """Say what is not as it was, in `kind` or in an object with these attributes."""
        names = [
            name
            for name, function in self.found.items()
            if name in own or getattr(kind, name, None) is not function
        ]
        if names:
            return f"{kind.__name__} overrides {', '.join(names)}, which the kernels do not call"
        return f"{kind.__name__} inherits or uses something else than when it was imported"


originals = cache(Originals)


def inherited(base: type) -> Iterator[tuple[type, str]]:
    """The hooks of `base` that another one hides, each with the class in which it is looked up."""
    for kind, above in zip(base.__mro__, base.__mro__[1:], strict=False):
        for name in HOOKS:
            if name in vars(kind) and hasattr(above, name):
                yield above, name


def globals_of(functions: list[Any]) -> list[tuple[dict[str, Any], str]]:
    """The globals that these functions use, as namespaces and names."""
    found = {
        (id(function.__globals__), name): (function.__globals__, name)
        for function in functions
        for name in function.__code__.co_names
        if name in function.__globals__
    }
    return list(found.values())


# ## Detecting an edited function


def problems(base: type) -> Iterator[str]:
    """Say of each function of a step if it is not the one that the kernels compute."""
    kinds = {kind.__qualname__: kind for kind in (*base.__mro__, WeightDecay)}
    hooks = NAMES.difference(NOT_COMPUTED)
    defined = {f"{kind}.{name}" for kind in kinds for name in hooks & vars(kinds[kind]).keys()}
    expected = {label for label in DIGESTS if label.partition(".")[0] in kinds}
    for label in sorted(defined | expected):
        kind, _, name = label.partition(".")
        found, where = digest(getattr(kinds[kind], name)), f"{kinds[kind].__module__}.{label}"
        if found is None:
            yield f"the source of {where} is not available, so it may have been edited"
        elif found != DIGESTS.get(label):
            yield f"{where} is not the function that the kernels compute"


def digest(function: Any) -> str | None:
    """A digest of the source of a function; `None` if there is no source."""
    if not isinstance(function, FunctionType):
        return None
    try:
        # That of the code, since a wrapper may claim that it is what it wraps.
        return digest_of_source(inspect.getsource(function.__code__))
    except (OSError, SyntaxError, tokenize.TokenError):
        return None


def digest_of_source(source: str) -> str:
    """A digest that does not depend on comments, docstrings, spaces or the version of Python."""
    read = io.StringIO(textwrap.dedent(source)).readline
    found = meaningful(tokenize.generate_tokens(read))
    return sha256("\n".join(found).encode()).hexdigest()[:16]


def meaningful(every: Iterable[tokenize.TokenInfo]) -> Iterator[str]:
    """The tokens that decide what is computed, each as its type and its text."""
    layout = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = [token for token in every if token.type not in (tokenize.COMMENT, tokenize.NL)]
    before = tokenize.NEWLINE
    while tokens:
        token, *tokens = tokens
        if (
            before in layout
            and token.type == tokenize.STRING
            and tokens[0].type == tokenize.NEWLINE
        ):
            # A statement that is a string only.
            tokens = tokens[1:]
            continue
        before = token.type
        text = "" if token.type in layout else token.string
        yield f"{tokenize.tok_name[token.type]} {text}"

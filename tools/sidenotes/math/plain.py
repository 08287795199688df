r"""
# Formulas as plain text

Where a formula cannot be typeset it is written with the letters that Unicode has: in the table of
contents, in the index of the search, and in the alternative text of a picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from .symbols import TOKEN

_LOW = str.maketrans("0123456789aehijklmnoprstuvx+-=()", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₌₍₎")
_HIGH = str.maketrans(
    "0123456789abcdehijklmnoprstuvxy+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛˣʸ⁺⁻⁼⁽⁾"
)
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303"}
_ACCENTS |= {"bar": "\u0304", "overline": "\u0305", "underline": "\u0332", "dot": "\u0307"}
_ACCENTS |= {"ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "breve": "\u0306"}
_SIGNS = dict(
    pair.split()
    for pair in """
    infty ∞;cdot ·;times ×;div ÷;pm ±;mp ∓;ast *;star ⋆;circ ∘;bullet ∙;odot ⊙;oplus ⊕;ominus ⊖
    otimes ⊗;le ≤;leq ≤;leqslant ≤;ge ≥;geq ≥;geqslant ≥;ll ≪;gg ≫;ne ≠;neq ≠;equiv ≡;approx ≈
    sim ∼;simeq ≃;cong ≅;propto ∝;prec ≺;succ ≻;in ∈;notin ∉;ni ∋;subset ⊂;supset ⊃;subseteq ⊆
    supseteq ⊇;cup ∪;cap ∩;setminus ∖;emptyset ∅;varnothing ∅;forall ∀;exists ∃;neg ¬;lnot ¬
    land ∧;wedge ∧;lor ∨;vee ∨;to →;rightarrow →;longrightarrow →;leftarrow ←;longleftarrow ←
    gets ←;leftrightarrow ↔;uparrow ↑;downarrow ↓;mapsto ↦;Rightarrow ⇒;implies ⇒;Leftarrow ⇐
    Leftrightarrow ⇔;iff ⇔;sum ∑;prod ∏;coprod ∐;int ∫;oint ∮;partial ∂;nabla ∇;prime ′;dagger †
    top ⊤;bot ⊥;perp ⊥;parallel ∥;mid |;vert |;lvert |;rvert |;Vert ‖;lVert ‖;rVert ‖;langle ⟨
    rangle ⟩;lfloor ⌊;rfloor ⌋;lceil ⌈;rceil ⌉;lbrace {;rbrace };lbrack [;rbrack ];backslash \\
    dots …;ldots …;cdots ⋯;vdots ⋮;ddots ⋱;dotsc …;dotsb ⋯;ell ℓ;hbar ℏ;Re ℜ;Im ℑ;aleph ℵ
    colon :;coloneqq :=;triangleq ≜;angle ∠;degree °;square □;colonequals :=;lt <;gt >
    """.replace("\n", ";").split(";")
    if pair.strip()
)
# These take a group that says how something looks, not what it is.
_SILENT = {"textcolor", "color", "hspace", "vspace", "kern", "phantom", "label", "begin", "end"}
_SPACES = set(r"\, \: \; \! \  \quad \qquad \\ ~ & \enspace \thinspace \newline".split())
_NAMES = set(
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh max min sup inf lim"
    " limsup liminf arg det dim ker hom deg gcd Pr bmod pmod mod".split()
)


def plain(tex: str) -> str:
    r"""
    >>> plain(r"\hat m_t"), plain(r"\beta_1^t"), plain(r"\frac{1}{1 - \beta}"), plain(r"\max(a, b)")
    ('m̂ₜ', 'β₁ᵗ', '1/(1 - β)', 'max(a, b)')
    >>> plain(r"\lambda \odot \Lambda, \dots"), plain(r"\begin{cases} a & b > 0 \\ c \end{cases}")
    ('λ ⊙ Λ, …', '{ a b > 0; c')
    """
    # TeX ignores white space, and typesets its own; here it has to stay.
    tokens = re.findall(rf"\s+|{TOKEN.pattern}", tex, re.DOTALL)
    return " ".join(_row(iter(tokens)).replace(" ; ", "; ").split())


def _row(tokens: Iterator[str]) -> str:
    """What stands up to the end of the group."""
    text = ""
    for token in tokens:
        if token == "}":
            break
        text += _item(token, tokens, text)
    return text


def _argument(tokens: Iterator[str]) -> str:
    """The next group, or the next single thing."""
    token = next((token for token in tokens if not token.isspace()), "")
    return _item(token, tokens, "") if token else ""


def _item(token: str, tokens: Iterator[str], before: str) -> str:
    if token == "{":
        return _row(tokens)
    if token in ("_", "^"):
        return _script(token, _argument(tokens).strip())
    if token == "\\\\":
        return "; "
    if token in _SPACES or token.isspace():
        return " "
    if not token.startswith("\\"):
        return "" if token == "$" else token
    return _command(token[1:], tokens, before)


def _command(name: str, tokens: Iterator[str], before: str) -> str:
    if name in ("frac", "dfrac", "tfrac", "cfrac"):
        return f"{_bracketed(_argument(tokens))}/{_bracketed(_argument(tokens))}"
    if name == "binom":
        return f"C({_argument(tokens)}, {_argument(tokens)})"
    if name == "sqrt":
        return "√" + _bracketed(_argument(tokens))
    if name in _ACCENTS:
        return "".join(letter + _ACCENTS[name] for letter in _argument(tokens))
    if name in _SILENT:
        argument = _argument(tokens)
        return "{ " if name == "begin" and argument.endswith("cases") else ""
    if name in _NAMES:
        # The `log` of `\log x` keeps its distance.
        return f"{' ' if before[-1:].isalnum() else ''}{name}"
    return _SIGNS.get(name) or _greek(name) or ("" if name.isalpha() else name)


def _greek(name: str) -> str:
    try:
        size = "CAPITAL" if name[0].isupper() else "SMALL"
        # Unicode spells the letter λ without its b.
        letter = name.removeprefix("var").upper().replace("LAMBDA", "LAMDA")
        return unicodedata.lookup(f"GREEK {size} LETTER {letter}")
    except KeyError:
        return ""


def _bracketed(text: str) -> str:
    text = text.strip()
    return text if re.fullmatch(r"[\w\u0300-\u036f]+", text) else f"({text})"


def _script(sign: str, text: str) -> str:
    """Unicode has a few small letters; without all of a script's it stays as it was written."""
    table, short = (_LOW if sign == "_" else _HIGH), text.replace(" ", "")
    if text in ("′", "*", "⋆", "∗", "†"):
        return text
    if all(ord(letter) in table for letter in short):
        return short.translate(table)
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"

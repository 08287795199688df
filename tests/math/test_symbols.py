"""The table of symbols: one spelling for each, and errors that say where."""

import pytest

from sidenotes.math.symbols import Symbol, key, load


@pytest.mark.parametrize(
    ("spellings", "one"),
    [
        (["m_t", "m_{t}", " m _ t ", "{m}_{{t}}"], "m_t"),
        ([r"\hat m_t", r"\hat{m}_t", r"\hat {m}_{t}"], r"\hat m_t"),
        ([r"\beta_1^t", r"\beta_{1}^{t}"], r"\beta_1^t"),
        (["v_{t-1}", "v_{ t - 1 }"], "v_{t-1}"),
        ([r"\Delta\theta", r"\Delta \theta", r"\Delta{\theta}"], r"\Delta\theta"),
        ([r"\alpha g", r"\alpha  {g}"], r"\alpha g"),
        ([r"\mathbb{E}", r"\mathbb E"], r"\mathbb E"),
        ([r"\{x\}"], r"\{x\}"),
        ([r"\operatorname{Var}"], r"\operatorname{Var}"),
    ],
)
def test_one_key_for_all_spellings(spellings, one):
    assert {key(spelling) for spelling in spellings} == {one}
    assert key(one) == one


def test_other_symbols_have_other_keys():
    names = ["m", "m_t", r"\hat m_t", "m_{t-1}", "m'", "m^t", "m_t^2", r"\mathbf m", "M"]
    assert len({key(name) for name in names}) == len(names)


def test_a_table_that_is_not_utf_8_names_the_line(tmp_path):
    path = tmp_path / "symbols.yml"
    path.write_bytes("- symbol: m\n  meaning: länge\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"symbols\.yml: not UTF-8: line 2$"):
        load(path)


GOOD = r"""
- symbol: m_t
  meaning: running mean
  names: [m, exp_avg]
- meaning: corrected mean
  symbol: \hat{m}_{t}
"""


def test_a_table_is_read(tmp_path):
    path = tmp_path / "symbols.yml"
    path.write_text(GOOD, encoding="utf-8")
    assert (
        load(path)
        == load(str(path))
        == (
            Symbol("m_t", "running mean", ("m", "exp_avg")),
            Symbol(r"\hat m_t", "corrected mean"),
        )
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty, not a list of symbols"),
        ("symbol: m_t", "not a list of symbols"),
        ("- [", "not YAML: line 1: "),
        ("- {symbol: m, meaning: a, names: [m, m]}", "entry 1: name 'm' stands twice"),
        (
            "- symbol: m\n  meaning: a\n  meaning: b",
            "the key 'meaning' stands twice in the entry on line 1",
        ),
        ("[" * 5000, "it is nested too deeply"),
        ("- m_t", "entry 1: not a mapping with a symbol and its meaning: 'm_t'"),
        ("- {meaning: a}", "entry 1: symbol is missing or not text: None"),
        ("- {symbol: ' ', meaning: a}", "entry 1: symbol is missing or not text: ' '"),
        ("- {symbol: on, meaning: a}", "entry 1: symbol is missing or not text: True"),
        ("- {symbol: m}", "entry 1: meaning is missing or not text: None"),
        (
            "- {symbol: m, meaning: a, name: [m]}",
            "entry 1: unknown key 'name'; known: symbol, meaning, names",
        ),
        ("- {symbol: m, meaning: a, names: m}", "entry 1: names is not a list: 'm'"),
        ("- {symbol: m, meaning: a, names: [m, 1]}", "entry 1: name 1 is not text"),
        (
            "- {symbol: m_t, meaning: a}\n- {symbol: g, meaning: b}\n"
            "- {symbol: 'm _{t}', meaning: c}",
            "entry 3: symbol 'm_t' is already entry 1",
        ),
    ],
)
def test_a_bad_table_names_the_file_the_entry_and_the_thing(tmp_path, text, message):
    path = tmp_path / "symbols.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {message}")

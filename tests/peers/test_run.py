"""A run renews what it can run, keeps what it cannot, and refuses to write what is not so."""

import json
from collections import OrderedDict
from dataclasses import replace

import pytest
import torch

from checks.peers import __main__ as run
from checks.peers import packages
from checks.peers.calls import PAIRS, Pair
from checks.peers.compare import compare, difference
from checks.peers.packages import OURS, PEERS, TorchPeer
from checks.peers.peer import VISIBLE, overridden
from checks.peers.rows import DATA, Row, load, merged, write

OURSELVES = replace(OURS, name="torch")  # its version is known everywhere
NOWHERE = TorchPeer("nowhere", ("no_such_package",))
OLD = Row("nowhere", {"nowhere": "0.9"}, "AdaBelief(params)", "AdaBelief(params)", 0.0, 2e-16)
PAIR = Pair("AdaBelief(params)", "AdaBelief(params)")


@pytest.fixture
def two(monkeypatch):
    """A peer that can be run, and one that cannot."""
    monkeypatch.setattr(run, "PEERS", (OURSELVES, NOWHERE))
    monkeypatch.setattr(run, "PAIRS", {"torch": [PAIR], "nowhere": [PAIR]})


def test_who_is_missing_keeps_its_rows_and_is_named(two, tmp_path, capsys):
    path = tmp_path / "data/peers.jsonl"
    write(path, [OLD])
    assert run.main(["--data", str(path)]) == 0
    rows = load(path)
    assert [row.peer for row in rows] == ["torch", "nowhere"] and rows[1] == OLD
    assert rows[0].versions["torch"] == torch.__version__
    out, err = capsys.readouterr()
    assert "nowhere: no_such_package: not installed" in err
    assert "nowhere 0.9, from an earlier run" in out and "earlier" not in out.split("nowhere")[0]


def test_rows_of_a_peer_that_is_no_longer_listed_are_kept():
    gone = replace(OLD, peer="gone")
    assert merged([gone, OLD], [replace(OLD, peer="torch")], ["torch", "nowhere"])[-1] == gone


def test_rows_are_renewed_and_not_added(two, tmp_path):
    path = tmp_path / "peers.jsonl"
    run.main(["--data", str(path)])
    run.main(["--data", str(path)])
    assert len(load(path)) == 1


def test_what_is_written_is_read_again(tmp_path):
    rows = [OLD, replace(OLD, as_called=0.5, visible=0.0, writes=True, apart="a, ε", note="b")]
    write(tmp_path / "peers.jsonl", rows)
    assert load(tmp_path / "peers.jsonl") == rows
    assert [path.name for path in tmp_path.iterdir()] == ["peers.jsonl"]


@pytest.mark.parametrize(
    "pair, said",
    [
        (Pair("AdaBelief(params)", "AdaBelief(params, rectify=False)"), "was to be the same"),
        (replace(PAIR, apart="another moon"), "was to differ (another moon)"),
        (Pair("AdaBelief(params, wings=2)", "AdaBelief(params)"), "AdaBelief(params, wings=2): "),
    ],
)
def test_a_peer_that_does_not_do_what_its_pair_says_keeps_its_rows_and_is_named(
    two, tmp_path, monkeypatch, capsys, pair, said
):
    old, path = replace(OLD, peer="torch", versions={"torch": "0.1"}), tmp_path / "peers.jsonl"
    monkeypatch.setitem(run.PAIRS, "torch", [PAIR, pair])
    monkeypatch.setattr(run, "PEERS", (OURSELVES, replace(OURSELVES, name="markdown")))
    monkeypatch.setitem(run.PAIRS, "markdown", [PAIR])
    write(path, [old])
    assert run.main(["--data", str(path)]) == 1
    err = capsys.readouterr().err
    assert "torch: " in err and said in err and "stay as they were" in err
    # The others are renewed all the same.
    assert load(path)[0] == old and [row.peer for row in load(path)] == ["torch", "markdown"]


def test_epsilon_in_another_place_is_not_the_same():
    # At the default of 1e-16 they agree to rounding.
    pair = Pair("AdaBelief(params)", "AdaBelief(params, optimized_update=False)")
    assert difference(OURSELVES, pair)[0] < 1e-12
    with pytest.raises(ArithmeticError, match="was to be the same"):
        compare(OURSELVES, pair)


def test_a_number_that_is_not_finite_is_no_difference():
    with pytest.raises(ArithmeticError, match="makes what is not a number"):
        difference(OURSELVES, Pair("AdaBelief(params, lr=1e308)", "AdaBelief(params)"))


def test_hyper_parameters_that_are_not_exact_in_float32_get_no_further_than_those():
    row = replace(OLD, as_called=1e-8, visible=1e-16)
    assert not row.same and replace(row, single=True).same
    assert not replace(row, single=True, visible=1e-8).same
    assert not replace(row, single=True, as_called=1e-3).same
    numbers = [VISIBLE.lr, VISIBLE.beta1, VISIBLE.beta2, VISIBLE.eps]
    assert torch.tensor(numbers).double().tolist() == numbers


def test_a_package_whose_import_fails_is_missing_and_says_why(monkeypatch, tmp_path):
    (tmp_path / "broken_peer.py").write_text("raise RuntimeError('operator does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    reason = TorchPeer("broken", ("broken_peer",)).missing()
    assert reason == "cannot be imported: RuntimeError: operator does not exist"


def test_a_module_is_imported_without_the_packages_that_it_is_in(monkeypatch, tmp_path):
    inner = tmp_path / "heavy_peer/optim"
    inner.mkdir(parents=True)
    for folder in (inner.parent, inner):
        (folder / "__init__.py").write_text("raise ImportError('needs a lot')")
    (inner / "light.py").write_text("from ._helper import VALUE")
    (inner / "_helper.py").write_text("VALUE = 7")
    monkeypatch.syspath_prepend(tmp_path)
    assert packages.without_parents("heavy_peer.optim.light").VALUE == 7
    # What others import is the package as it is.
    with pytest.raises(ImportError, match="needs a lot"):
        __import__("heavy_peer")


def test_numbers_take_the_place_of_those_that_a_call_names():
    def make(params, lr=1.0, *, eps=1.0):
        return params, lr, eps

    call = overridden(make, {"lr": 5.0, "eps": 6.0, "unknown": 7.0})
    assert call("p") == call("p", 2.0, eps=3.0) == call(params="p", lr=2.0) == ("p", 5.0, 6.0)


@pytest.mark.parametrize(
    "line, said",
    [
        ("{", "line 2: "),
        ("[1]", "line 2: "),
        (json.dumps({"peer": "x"}), "line 2: .*versions"),
        (json.dumps({**vars(OLD), "vizible": 1}), "line 2: .*vizible"),
    ],
)
def test_a_line_that_is_no_row_is_named(tmp_path, line, said):
    path = tmp_path / "peers.jsonl"
    path.write_text(json.dumps(vars(OLD)) + f"\n{line}\n")
    with pytest.raises(ValueError, match=rf"peers\.jsonl, {said}"):
        load(path)


def test_the_data_has_every_pair_of_the_table_of_calls_and_no_others():
    rows = OrderedDict()
    for row in load(DATA):
        rows.setdefault(row.peer, []).append((row.theirs, row.ours, row.apart, row.note))
    pairs = {n: [(p.theirs, p.ours, p.apart, p.note) for p in found] for n, found in PAIRS.items()}
    assert dict(rows) == pairs
    assert list(rows) == list(pairs) == [peer.name for peer in PEERS]
    assert all(row.same != bool(row.apart) for row in load(DATA))

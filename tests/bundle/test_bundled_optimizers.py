"""A copied optimizer is the optimizer: the same bits, its own checkpoints, no engines."""

import copy
import io
import pickle
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
import torch
from cases import FLAGS, MODES, members, parameters, same, train, values
from optimizers import KINDS, NAMES, ROOT, copied, module, original, text

EACH = pytest.mark.parametrize("name", NAMES)
NUMBERS = {"lr": 0.01, "betas": (0.9, 0.97), "eps": 1e-8}


def decayed(kind, mode):
    """The rule of decay that is beside this class: each copy has its own."""
    rule = sys.modules[kind.__module__].WeightDecay
    return rule(0.1, **MODES[mode])


def combinations(name):
    flags = FLAGS[KINDS[name]]
    for chosen in product((False, True), repeat=len(flags)):
        yield dict(zip(flags, chosen, strict=True))


def pair(name, mode, dtype=torch.float64, is_bare=False, **given):
    """The original and the copy, each with parameters of its own."""
    return [
        kind(parameters(dtype=dtype), weight_decay=decayed(kind, mode), **NUMBERS, **given)
        for kind in (original(name), copied(name, is_bare))
    ]


@pytest.mark.parametrize("mode", MODES)
@EACH
def test_the_copy_is_bit_for_bit_the_original_over_200_steps(name, mode):
    for flags in combinations(name):
        ours, theirs = pair(name, mode, **flags, fused=False)
        assert same(values(train(ours, 200)), values(train(theirs, 200))), flags


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.complex128])
@pytest.mark.parametrize("is_bare", [False, True], ids=["notes", "bare"])
@EACH
def test_so_it_is_in_other_numbers_and_without_notes(name, is_bare, dtype):
    for flags in (*list(combinations(name))[::5], {}):
        ours, theirs = pair(name, "decoupled", dtype, is_bare, **flags, fused=False)
        assert same(values(train(ours, 20)), values(train(theirs, 20))), flags


@EACH
def test_a_copy_has_no_kernels_and_says_so(name):
    kind = copied(name)
    with pytest.raises(RuntimeError, match="fused=True: this is a copy .* has .* no kernels"):
        kind(parameters(), fused=True)
    optimizer = kind(parameters())
    optimizer.param_groups[0]["fused"] = True
    before = values(optimizer)
    with pytest.raises(RuntimeError, match="no kernels"):
        train(optimizer, 1)
    assert same(values(optimizer), before)
    assert "fused" not in [part for line in text(name).splitlines() if line.startswith("import")
                           for part in line.split(".")]  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.complex128])
@EACH
def test_a_run_goes_on_bitwise_from_a_checkpoint(name, dtype):
    given = {"amsgrad": True} if "amsgrad" in FLAGS[KINDS[name]] else {}
    whole = train(copied(name)(parameters(dtype=dtype), **given), 8)
    first = train(copied(name)(parameters(dtype=dtype), **given), 4)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = copied(name)(parameters(dtype=dtype), **given)
    for p, q in zip(members(second), members(first), strict=True):
        p.data.copy_(q.data)
    second.load_state_dict(torch.load(file, weights_only=True))
    assert same(values(train(second, 8, first=5)), values(whole))
    for state in second.state.values():
        assert isinstance(state["step"], int) and state["step"] == 8


@EACH
def test_a_checkpoint_that_does_not_fit_changes_nothing(name):
    optimizer = train(copied(name)(parameters()), 3)
    before, state = values(optimizer), copy.deepcopy(optimizer.state_dict())
    theirs = torch.optim.Adam(parameters())
    others = [train(theirs, 2).state_dict()]
    for change in (
        lambda saved: saved["param_groups"].pop(),
        lambda saved: saved["param_groups"][0].pop("lr"),
        lambda saved: saved["param_groups"][0].update(lr=-1.0),
        lambda saved: saved["state"][0].pop("exp_avg"),
        lambda saved: saved["state"][0].update(exp_avg=torch.zeros(7)),
        lambda saved: saved["state"][0].update(more=1),
        lambda saved: saved.pop("state"),
    ):
        changed = copy.deepcopy(state)
        change(changed)
        others.append(changed)
    for saved in others:
        with pytest.raises(ValueError):
            optimizer.load_state_dict(saved)
        assert same(values(optimizer), before)
        assert optimizer.state_dict()["param_groups"] == state["param_groups"]
        for key, kept in optimizer.state_dict()["state"].items():
            assert all(torch.equal(torch.as_tensor(kept[k]), torch.as_tensor(v))
                       for k, v in state["state"][key].items())  # fmt: skip


@EACH
def test_the_package_reads_what_a_copy_has_saved(name):
    saved = train(copied(name)(parameters()), 3).state_dict()
    ours = original(name)(parameters())
    ours.load_state_dict(saved)
    assert {state["step"] for state in ours.state.values()} == {3}


@EACH
def test_what_the_package_has_saved_is_read_or_refused_whole(name):
    theirs = train(original(name)(parameters()), 3)
    ours = train(copied(name)(parameters()), 2)
    before, step = values(ours), {s["step"] for s in ours.state.values()}
    if theirs.sibling is None:
        ours.load_state_dict(theirs.state_dict())
        assert {state["step"] for state in ours.state.values()} == {3}
        return
    # It has the keys of torch.
    with pytest.raises(ValueError, match="the package labml_optim also reads those of others"):
        ours.load_state_dict(theirs.state_dict())
    assert same(values(ours), before) and {s["step"] for s in ours.state.values()} == step


@pytest.mark.parametrize("copier", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))],
                         ids=["deepcopy", "pickle"])  # fmt: skip
@EACH
def test_it_is_copied_and_pickled(name, copier):
    optimizer = train(copied(name)(parameters()), 3)
    other = copier(optimizer)
    assert same(values(train(other, 6, first=4)), values(train(optimizer, 6, first=4)))


@EACH
def test_it_works_with_schedulers_hooks_and_closures(name):
    optimizer, called = copied(name)(parameters()), []
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    optimizer.register_step_post_hook(lambda *given: called.append(1))
    lr = optimizer.param_groups[0]["lr"]
    train(optimizer, 1)
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == lr / 2 and called == [1]
    assert optimizer.step(lambda: 3.0) == 3.0


@EACH
def test_a_bundle_is_always_the_same_and_a_bundle_of_it_is_itself(name, tmp_path):
    from sidenotes.bundle.command import bundle

    for is_bare in (False, True):
        again = bundle(ROOT / f"labml_optim/{name}.py", is_bare=is_bare,
                       check=ROOT / f"tools/checks/papers/{name}.py")  # fmt: skip
        assert again == text(name, is_bare)
        file = tmp_path / f"{name}.py"
        file.write_text(again, "utf-8")
        assert bundle(file, is_bare=is_bare) == again


@EACH
def test_it_says_where_it_comes_from_and_under_which_licence(name):
    head = text(name)[: text(name).index('"""')]
    command = f"sidenotes bundle labml_optim/{name}.py --check tools/checks/papers/{name}.py"
    assert command in head and f"from labml_optim/{name}.py of labml-optim 0.1.0" in head
    for line in Path(ROOT / "LICENSE").read_text("utf-8").splitlines():
        assert f"# {line}".rstrip() in head.splitlines()
    assert str(ROOT) not in text(name)
    assert module(name).__all__[-1] == KINDS[name].__name__


# torch, and what it cannot be imported without.
TORCH = (
    *("torch", "torchgen", "functorch", "typing_extensions.py", "filelock", "sympy", "mpmath"),
    *("networkx", "jinja2", "markupsafe", "fsspec"),
)
ALONE = """
import importlib, runpy, sys
sys.path.append(sys.argv[1])
for other in ("labml_optim", "sidenotes", "checks", "numpy", "pytest"):
    try:
        importlib.import_module(other)
    except ModuleNotFoundError:
        continue
    sys.exit(f"{other} is here")
runpy.run_path(sys.argv[2], run_name="__main__")
"""


@pytest.fixture(scope="module")
def torch_alone(tmp_path_factory):
    """A folder of packages that has torch and nothing else."""
    folder, installed = tmp_path_factory.mktemp("packages"), Path(torch.__file__).parents[1]
    for name in TORCH:
        if (installed / name).exists():
            (folder / name).symlink_to(installed / name)
    return folder


@EACH
def test_where_there_is_torch_alone_it_checks_itself(name, tmp_path, torch_alone):
    # `-I -S` leaves the folders of packages out, and with them all that is installed to be edited.
    file = tmp_path / f"{name}.py"
    file.write_text(text(name), "utf-8")
    # torch warns of numpy, which is not there.
    options = ["-I", "-S", "-W", "ignore"]
    command = [sys.executable, *options, "-c", ALONE, str(torch_alone), str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert f"{KINDS[name].__name__}, torch {torch.__version__}" in said and "all holds" in said
    assert said.count(" ok") == len(said.splitlines()) - 3 - torch.cuda.is_available()
    for what in ("examples of the documentation", "float64", "float32", "error", "allowed"):
        assert what in said

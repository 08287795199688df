"""What the page about other packages says of their calls is true: each row is run."""

import contextlib
import io
import re
from importlib import import_module
from pathlib import Path

import pytest
import torch

from labml_optim import AdaBelief, Adam, RAdam, WeightDecay

PAGE = Path(__file__).parents[2] / "docs/use/others.md"
MODULES = {
    "adabelief-pytorch": "adabelief_pytorch",
    "timm": "timm.optim",
    "pytorch_optimizer": "pytorch_optimizer",
    "optax": "optax",
}
OURS = {"AdaBelief": AdaBelief, "Adam": Adam, "RAdam": RAdam, "WeightDecay": WeightDecay}


def rows():
    for section in PAGE.read_text("utf-8").split("\n## ")[1:]:
        package = section.split("\n")[0]
        for theirs, ours in re.findall(r"^\| `(.*)` \| `(.*)` \|$", section, re.M):
            yield pytest.param(package, theirs, ours, id=f"{package}: {theirs}")


def gradient(t):
    generator = torch.Generator().manual_seed(t)
    return torch.randn(5, generator=generator, dtype=torch.float64)


def end(call, names):
    theta = torch.ones(5, dtype=torch.float64, requires_grad=True)
    common = ", lr=0.01, eps=1e-8" if "AdaBelief" in call else ", lr=0.01"
    # Some print their arguments.
    with contextlib.redirect_stdout(io.StringIO()):
        optimizer = eval(f"{call[:-1]}{common})", {**names, "params": [theta]})
    for t in range(200):
        # Coupled decay of some writes into the gradient.
        theta.grad = gradient(t)
        optimizer.step()
    return theta.detach()


def end_of_optax(call, optax):
    import jax
    import numpy

    with jax.enable_x64(True):
        rule = eval(call, vars(optax))
        theta = jax.numpy.ones(5)
        state = rule.init(theta)
        for t in range(200):
            change, state = rule.update(jax.numpy.asarray(gradient(t).numpy()), state, theta)
            theta = optax.apply_updates(theta, change)
        return torch.from_numpy(numpy.array(theta))


@pytest.mark.filterwarnings("ignore")  # those of the packages
@pytest.mark.parametrize(("package", "theirs", "ours"), list(rows()))
def test_both_sides_of_a_row_end_at_the_same_numbers(package, theirs, ours):
    pytest.importorskip(MODULES[package].split(".")[0], reason=f"{package} is not installed")
    found = import_module(MODULES[package])
    run = end_of_optax if package == "optax" else lambda call, m: end(call, vars(m))
    # The same sums in another order, 200 times, in numbers of about 1.
    torch.testing.assert_close(end(ours, OURS), run(theirs, found), rtol=0, atol=1e-14)


def test_every_package_has_rows():
    assert {row.values[0] for row in rows()} == set(MODULES)

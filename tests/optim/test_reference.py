"""The optimizers compute what their papers and `torch.optim` compute.

Tolerance everywhere: `rtol=0, atol=1e-12` in float64. Both sides do the same sums in another
order, about 1e-16 a step on values of at most 1e2, for 200 steps; an epsilon, a power or a
correction in the wrong place shows at 1e-6 and above.
"""

from functools import partial
from importlib import import_module
from itertools import product
from random import Random

import pytest
import torch
from cases import CATALOG, FLAGS, MODES, OPTIMIZERS, decay, members, parameters, train

from checks.papers.radam import radam
from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

STEPS = 200


def paper(name):
    """The transcription of a paper: it has the name of the class, in small letters."""
    return getattr(import_module(f"checks.papers.{name}"), name)


PAPERS = {kind: paper(kind.__name__.lower()) for kind in OPTIMIZERS}

# The first shows every misplaced epsilon, the second is the size that people use.
DRAWS = (
    {"lr": 0.02, "betas": (0.9, 0.97), "eps": 0.1, "weight_decay": 0.05},
    {"lr": 0.01, "betas": (0.7, 0.99), "eps": 1e-8, "weight_decay": 0.1},
)
START = (1.0, -0.5, 2.0)


def draw_gradients(seed):
    """Rows of three gradients: small, middle, large; an early burst; some exact zeros."""
    random = Random(seed)
    scales = (0.01, 1.0, 30.0)
    rows = []
    for t in range(1, STEPS + 1):
        burst = 10 if t <= 10 else 1
        rows.append([0.0 if t % 17 == i else random.gauss(0.2, 1) * s * burst
                     for i, s in enumerate(scales)])  # fmt: skip
    return rows


GRADIENTS = tuple(draw_gradients(seed) for seed in range(len(DRAWS)))


def combinations():
    for optimizer, flags in FLAGS.items():
        for chosen in product((False, True), repeat=len(flags)):
            for mode in MODES:
                given = dict(zip(flags, chosen, strict=True))
                on = [name for name, value in given.items() if value]
                yield pytest.param(
                    optimizer, given, mode, id="-".join([optimizer.__name__, mode, *on])
                )


@pytest.mark.parametrize(("optimizer", "flags", "mode"), list(combinations()))
def test_agrees_with_the_paper_in_every_combination_of_flags(optimizer, flags, mode):
    # one group takes its values from the constructor, the other brings its own
    params = [torch.nn.Parameter(torch.tensor(START, dtype=torch.float64)) for _ in DRAWS]
    first, second = DRAWS
    groups = [{"params": params[:1]}, {"params": params[1:], **second}]
    given = {**first, "weight_decay": decay(mode, first["weight_decay"]), **flags}
    ours = optimizer(groups, **given)
    rows = [torch.tensor(g, dtype=torch.float64).unbind() for g in GRADIENTS]
    path = []
    for grads in zip(*rows, strict=True):
        for p, grad in zip(params, grads, strict=True):
            p.grad = grad
        ours.step()
        path.append(torch.stack([p.detach() for p in params]))

    options = {"maximize": False, **flags, "mode": mode}
    expected = [
        [PAPERS[optimizer](x, column, **draw, **options)
         for x, column in zip(START, zip(*gradients, strict=True), strict=True)]
        for draw, gradients in zip(DRAWS, GRADIENTS, strict=True)
    ]  # fmt: skip
    expected = torch.tensor(expected, dtype=torch.float64).permute(2, 0, 1)
    torch.testing.assert_close(torch.stack(path), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("betas", [(0.0, 0.0), (0.0, 0.6), (0.5, 0.6), (0.9, 0.66)])
@pytest.mark.parametrize("sgd", [False, True], ids=["stands-still", "sgd"])
@pytest.mark.filterwarnings("ignore")  # that it never rectifies is warned of: test_refusals
@pytest.mark.parametrize("optimizer", [RAdam, AdaBelief])
def test_never_rectifies_with_a_short_memory(optimizer, sgd, betas):
    # (beta2 = .6 makes rho_inf - 4 zero, and beta2 = 0 makes rho_t one)
    p = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
    ours = optimizer([p], lr=0.01, betas=betas, degenerate_to_sgd=sgd)
    for row in GRADIENTS[0]:
        p.grad = torch.tensor(row, dtype=torch.float64)
        ours.step()
    options = {"lr": 0.01, "betas": betas, "eps": 1.0, "degenerate_to_sgd": sgd}
    options |= {"weight_decay": 0.0, "mode": "decoupled", "maximize": False}
    columns = zip(*GRADIENTS[0], strict=True)
    end = [radam(x, c, **options)[-1] for x, c in zip(START, columns, strict=True)]
    torch.testing.assert_close(p.detach(), torch.tensor(end, dtype=torch.float64),
                               rtol=0, atol=1e-12)  # fmt: skip
    assert sgd or p.tolist() == list(START)


DECAYS = {
    "no decay": ({}, {}),
    "decoupled": (
        {"weight_decay": decay("decoupled", 0.1)},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ),
    "coupled": ({"weight_decay": decay("coupled", 0.1)}, {"weight_decay": 0.1}),
}
SIBLINGS = {f"{row.name}-{row.torch.kind.__name__}": row.torch for row in CATALOG if row.torch}
KINDS = {f"{row.name}-{row.torch.kind.__name__}": row.kind for row in CATALOG if row.torch}


def against_torch(ours, theirs):
    """Train both, and compare them after each step."""
    shapes = ((5,), (2, 3), ())
    ours, theirs = ours(parameters(*shapes)), theirs(parameters(*shapes))
    for t in range(1, STEPS + 1):
        train(ours, t, first=t)
        train(theirs, t, first=t)
        for mine, other in zip(members(ours), members(theirs), strict=True):
            torch.testing.assert_close(mine, other, rtol=0, atol=1e-12)


@pytest.mark.parametrize("eps", [1e-8, 0.1])
@pytest.mark.parametrize("maximize", [False, True], ids=["minimize", "maximize"])
@pytest.mark.parametrize("decays", DECAYS.values(), ids=DECAYS)
@pytest.mark.parametrize("label", SIBLINGS)
def test_agrees_with_torch(label, decays, maximize, eps, double):
    sibling, (own, others) = SIBLINGS[label], decays
    common = {"lr": 0.01, "betas": (0.9, 0.97), "eps": eps, "maximize": maximize}
    ours = partial(KINDS[label], **common, **sibling.ours, **own)
    against_torch(ours, partial(sibling.kind, **common, **sibling.theirs, **others))


@pytest.mark.parametrize("amsgrad", [False, True])
def test_agrees_with_adamw(amsgrad):
    common = {"lr": 0.01, "betas": (0.9, 0.97), "weight_decay": 0.1}
    ours = partial(AMSGrad if amsgrad else Adam, **common, optimized_update=False)
    against_torch(ours, partial(torch.optim.AdamW, **common, amsgrad=amsgrad))


@pytest.mark.parametrize("optimizer", FLAGS)
def test_powers_of_beta_keep_their_digits_in_float32(optimizer):
    # 1 - .999 taken in float32 is off by 1e-5 of itself. The sums that are left in float32
    # are a handful, each off by 6e-8: hence 1e-6.
    p = torch.nn.Parameter(torch.zeros(1))
    ours = optimizer([p], eps=1e-8)
    path = []
    for t in range(1, 13):
        p.grad = torch.tensor([1.0 / t])
        ours.step()
        path.append(p.item())
    lr = ours.param_groups[0]["lr"]
    common = {"lr": lr, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0}
    flags = {**FLAGS[optimizer], "mode": "decoupled"}
    expected = PAPERS[optimizer](0.0, [1.0 / t for t in range(1, 13)], **common, **flags)
    assert path == pytest.approx(expected, rel=1e-6, abs=0)

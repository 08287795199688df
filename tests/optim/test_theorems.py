"""What the papers prove, and what our pages say beyond them, holds of the running optimizers."""

from itertools import accumulate
from math import sqrt

import pytest
import torch

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

# The whole of a folded step is m and the root of v: no epsilon in the way.
BARE = {"lr": 1.0, "eps": 0.0}


def steps(optimizer, gradients):
    """The displacement of the one parameter at each step, from zero so that no digit is lost."""
    (p,) = optimizer.param_groups[0]["params"]
    for gradient in gradients:
        with torch.no_grad():
            p.zero_()
        p.grad = gradient
        optimizer.step()
        yield p.detach().clone()


def leaf(*shape):
    return torch.nn.Parameter(torch.zeros(*shape, dtype=torch.float64))


def one(value):
    return torch.tensor([value], dtype=torch.float64)


@pytest.mark.parametrize(("optimizer", "end"), [(Adam, 1.0), (AMSGrad, -1.0)])
def test_adam_walks_to_the_wrong_end_and_amsgrad_to_the_right_one(optimizer, end):
    # Reddi, Kale and Kumar 2018, theorem 1: f_t(x) = C x at every third step, else -x, on
    # [-1, 1]. The sum over three steps is (C - 2) x: the best x is -1.
    c = 4.0
    p = leaf(1)
    ours = optimizer([p], lr=0.5, betas=(0.0, 1 / (1 + c * c)), eps=1e-8)
    for t in range(1, 601):
        ours.param_groups[0]["lr"] = 0.5 / sqrt(t)
        p.grad = one(c if t % 3 == 1 else -1.0)
        ours.step()
        with torch.no_grad():
            p.clamp_(-1, 1)
        if t > 500:
            # each cycle moves about lr: the tail stays near its end, it does not pass by
            assert abs(p.item() - end) < 0.1


def test_rectification_starts_small_and_goes_to_one():
    # with g = 1 and no epsilon Adam's step is lr exactly, so RAdam's is r_t lr
    ours = RAdam([leaf(1)], betas=(0.9, 0.99), **BARE)
    path = [-s.item() for s in steps(ours, [one(1.0)] * 3000)]
    assert path[:5] == pytest.approx([1.0] * 5, rel=1e-12)  # not tractable: SGD
    assert path[6] == pytest.approx(0.1037, abs=5e-5)  # its root is .322
    # rising, until 1 - r_t, about t .99^t, is lost in the rounding of a sum of 3000 terms
    assert all(a < b for a, b in zip(path[5:2000], path[6:2001], strict=True))
    assert path[-1] == pytest.approx(1, abs=1e-9)


def bounds(betas, last):
    """Cauchy-Schwarz: the largest |step| / lr that any gradients can give at each t."""
    beta1, beta2 = betas
    sums = accumulate((beta1**2 / beta2) ** k for k in range(last))
    for t, total in enumerate(sums, 1):
        yield (1 - beta1) / (1 - beta1**t) * sqrt((1 - beta2**t) / (1 - beta2) * total)


def test_the_adversary_reaches_the_step_bound_at_every_step():
    # g_i = (beta1 / beta2)^(T - i). Without epsilon the step does not depend on the size of the
    # gradients, so one run, g_i ~ (beta2 / beta1)^i, is the adversary of every T at once.
    betas, last = (0.9, 0.999), 3000
    growth = betas[1] / betas[0]
    gradients = (one(growth ** (t - last)) for t in range(1, last + 1))
    reached = [-s.item() for s in steps(Adam([leaf(1)], betas=betas, **BARE), gradients)]
    # 3000 roundings of 1e-16 in the sums
    assert reached == pytest.approx(list(bounds(betas, last)), rel=1e-11)
    assert reached[-1] == pytest.approx(7.09, abs=5e-3)


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.9, 0.9), (0.5, 0.9)])
def test_no_gradients_exceed_the_step_bound(betas):
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(400, 1000, generator=generator, dtype=torch.float64)
    # tails from Gaussian to absurd, and sequences that grow as the adversary's do
    heavy = noise * noise.abs() ** torch.linspace(0, 12, 1000, dtype=torch.float64)
    t = torch.arange(400, dtype=torch.float64)[:, None]
    growing = noise.abs() * torch.linspace(1, 1.2, 1000, dtype=torch.float64) ** t
    both = torch.cat([heavy, growing], dim=1)
    found = steps(Adam([leaf(2000)], betas=betas, **BARE), both)
    for moved, bound in zip(found, bounds(betas, 400), strict=True):
        assert moved.abs().max() <= bound * (1 + 1e-12)


@pytest.mark.parametrize("optimized", [False, True])
@pytest.mark.parametrize("gradient", [1e-3, -1.0, 1e3])
def test_adabeliefs_first_unrectified_step_is_lr_over_beta1(gradient, optimized):
    ours = AdaBelief([leaf(1)], lr=0.01, rectify=False, optimized_update=optimized)
    (moved,) = steps(ours, [one(gradient)])
    # the default epsilon, 1e-16, is 1e-7 of s = 8e-10 in the smallest case
    assert moved.item() == pytest.approx(-0.01 / 0.9 * (1 if gradient > 0 else -1), rel=1e-6)


@pytest.mark.parametrize("mean", [0.0, 3.0])
def test_belief_settles_at_a_part_of_the_variance(mean):
    # s -> 2 beta1^2 / (1 + beta1) sigma^2, for g - m = beta1 (g - m_before)
    sigma, p = 2.0, leaf(2000)
    ours = AdaBelief([p], betas=(0.9, 0.99))
    generator = torch.Generator().manual_seed(1)
    for _ in range(1000):
        noise = torch.randn(2000, generator=generator, dtype=torch.float64)
        p.grad = mean + sigma * noise
        ours.step()
    found = ours.state[p]["exp_avg_var"].mean().item() / sigma**2
    assert 2 * 0.9**2 / 1.9 == pytest.approx(0.853, abs=5e-4)
    # an element's s strays by about .1 of sigma^2, the mean of 2000 by .0022: five of these
    assert found == pytest.approx(2 * 0.9**2 / 1.9, abs=0.011)


def test_accumulated_epsilon_has_a_floor_far_above_epsilon():
    eps, last = 1e-8, 5000
    stored = {}
    for accumulate_eps in (False, True):
        p = leaf(1)
        ours = AdaBelief([p], eps=eps, accumulate_eps=accumulate_eps)
        for _ in steps(ours, [one(0.0)] * last):
            pass
        stored[accumulate_eps] = ours.state[p]["exp_avg_var"].item()
    # 5000 roundings of 1e-16
    assert stored[True] == pytest.approx(eps * (1 - 0.999**last) / (1 - 0.999), rel=1e-11)
    assert stored[True] == pytest.approx(9.93e-6, abs=5e-9)
    assert stored[False] == 0.0


def test_accumulated_belief_never_falls_below_its_floor():
    eps, p = 1e-3, leaf(100)
    ours = AdaBelief([p], betas=(0.9, 0.99), eps=eps, accumulate_eps=True)
    generator = torch.Generator().manual_seed(2)
    gradients = torch.randn(300, 100, generator=generator, dtype=torch.float64) * 0.01
    for t, _ in enumerate(steps(ours, gradients), 1):
        floor = eps * (1 - 0.99**t) / (1 - 0.99)
        assert ours.state[p]["exp_avg_var"].min() >= floor * (1 - 1e-12)


def test_amsgrads_rate_rises_while_the_correction_does():
    # The maximum is taken of $v_t$ without its correction, and the correction grows: after one
    # large gradient the effective rate is 16 times as large in 300 steps.
    gradients = [one(1.0)] + [one(0.01)] * 300
    ours = AMSGrad([leaf(1)], betas=(0.0, 0.999), optimized_update=False, **BARE)
    moved = steps(ours, gradients)
    rates = [-(s / g).item() for s, g in zip(moved, gradients, strict=True)]
    v = [sqrt(1 - 0.999**t) / sqrt(1 - 0.999) for t in range(1, 302)]
    assert rates == pytest.approx(v, rel=1e-9)

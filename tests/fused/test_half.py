"""The kernel reads and rounds numbers of 16 bits as torch does, every single one of them."""

import pytest
import torch
from agree import HALF

from labml_optim import Adam, AMSGrad, RAdam

EACH = pytest.mark.parametrize("dtype", HALF, ids=str)
# With this as $1 - \beta_1$ a moment stays what it is, and $\alpha / (1 - \beta_1)$ is 1.
TINY = 2.0**-40


def every(dtype):
    """All there are, and some once more, so that the last ones do not fill a vector."""
    return torch.cat([torch.arange(2**16), torch.arange(7)]).to(torch.int16).view(dtype)


def identical(found, expected):
    """Bit for bit, but one NaN is as good as another."""
    assert torch.equal(found.isnan(), expected.isnan())
    number = ~expected.isnan()
    bits = torch.int16 if found.itemsize == 2 else torch.int32
    wrong = (found.view(bits) != expected.view(bits)) & number
    assert not wrong.any(), (found[wrong][:5], expected[wrong][:5])


@EACH
def test_what_does_not_move_keeps_its_bits(dtype):
    values = every(dtype)
    for kind in (Adam, AMSGrad, RAdam):
        p = values.clone().requires_grad_()
        ours = kind([p], lr=0.0, weight_decay=0.5, fused=True)
        p.grad = torch.ones_like(p)
        for _ in range(7):
            ours.step()
        identical(p.detach(), values)


@EACH
def test_every_gradient_is_read_as_what_it_is(dtype):
    p = torch.zeros_like(every(dtype)).requires_grad_()
    p.grad = every(dtype)
    exact, finite = p.grad.float(), p.grad.isfinite()
    ours = Adam([p], betas=(0.0, 0.999), fused=True)
    ours.step()
    # Without a memory, the mean is the gradient. (It is not where that is infinite.)
    identical(ours.state[p]["exp_avg"][finite] + 0.0, exact[finite] + 0.0)
    ours = Adam([p], fused=True)
    ours.step()
    identical(ours.state[p]["exp_avg"][~finite], exact[~finite])


@EACH
def test_every_parameter_is_read_as_what_it_is(dtype):
    values = every(dtype)
    p = values.clone().requires_grad_()
    ours = Adam([p], lr=0.5, weight_decay=1.0, fused=True)
    p.grad = torch.zeros_like(p)
    ours.step()
    # half of it, exactly, and then rounded where it has become too small
    identical(p.detach() + 0.0, (values.float() / 2).to(dtype) + 0.0)


def middles(dtype):
    """Every number of 16 bits, the middle between it and the next, and the neighbours of both."""
    numbers = every(dtype).float()
    numbers = numbers[numbers.isfinite()]
    ordered = numbers.double().sort().values
    # The largest one has no next. What lies there is rounded to infinity.
    beyond = ordered[-1:] + (ordered[-1] - ordered[-2]) / 2
    points = torch.cat([ordered, (ordered[1:] + ordered[:-1]) / 2, beyond, -beyond]).float()
    bits = points.view(torch.int32)
    return torch.cat([points, (bits + 1).view(torch.float32), (bits - 1).view(torch.float32)])


def anything():
    """Random bits: every exponent, infinities and NaNs among them."""
    generator = torch.Generator().manual_seed(0)
    return torch.randint(-(2**31), 2**31, (2**20,), generator=generator).int().view(torch.float32)


SPECIAL = torch.tensor([0.0, -0.0, torch.nan, 1e-45, -1e-45, 1.2e-38, 3.4e38, 65519.996, 65520.0])


@EACH
def test_what_is_written_is_rounded_to_the_nearest(dtype):
    values = torch.cat([middles(dtype), anything(), SPECIAL])
    values = values[~values.isinf()]
    p = torch.zeros_like(values, dtype=dtype).requires_grad_()
    # A step of SGD with momentum, to which this state leads: the parameter becomes -1 times it.
    ours = RAdam([p], lr=TINY, betas=(1 - TINY, 0.999), fused=True)
    ours.state[p].update(step=0, exp_avg=values.clone(), exp_avg_sq=torch.zeros_like(values))
    p.grad = torch.zeros_like(p)
    ours.step()
    identical(ours.state[p]["exp_avg"] + 0.0, values + 0.0)
    identical(p.detach(), (0.0 - values).to(dtype))
    rounded = values.to(dtype).float() != values
    assert rounded.sum() > 2**16 and p.isinf().any() and p.isnan().any()


@EACH
def test_an_infinite_parameter_is_written_as_one(dtype):
    p = torch.tensor([1.0, -1.0], dtype=dtype).requires_grad_()
    ours = RAdam([p], lr=1e38, fused=True)
    p.grad = torch.tensor([-100.0, 100.0], dtype=dtype)
    ours.step()
    assert p.tolist() == [float("inf"), -float("inf")]

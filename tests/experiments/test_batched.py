"""Many networks at once make the numbers of each alone, as a module of torch with its optimizer."""

import pytest
import torch
from torch import nn

from experiments.contestants import EVERY
from experiments.training import digits
from experiments.training.cohort import Contestant, batches, train
from experiments.training.networks import CONVOLUTION, SMALL

SEEDS, STEPS = [3, 8], 25
NAMES = ["Adam", "torch's Adam", "AMSGrad", "RAdam, warm-up", "AdaBelief", "NAdam"]
NAMES += ["AdaBelief, no inner, ε = 1e-04", "AdaBelief, accumulated, ε = 1e-04"]


@pytest.fixture(autouse=True)
def double():
    """In float64, where rounding does not hide a slip."""
    torch.set_default_dtype(torch.float64)
    digits.digits.cache_clear()
    yield
    torch.set_default_dtype(torch.float32)
    digits.digits.cache_clear()


def modules():
    image = nn.Unflatten(1, (1, 8, 8))

    # A module of torch has the channels first.
    class Channels(nn.Module):
        def forward(self, x):
            return x.flatten(2).transpose(1, 2).flatten(1)

    small = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    layers = [image, nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU()]
    return {"network": small, "convolution": nn.Sequential(*layers, Channels(), nn.Linear(64, 10))}


def placed(model, weights):
    """Put the start of a seed into a module."""
    own = [layer for layer in model if hasattr(layer, "weight")]
    for number, layer in enumerate(own, 1):
        weight = weights[f"weight{number}"].T
        if isinstance(layer, nn.Conv2d):
            weight = weight.unflatten(1, (layer.in_channels, 3, 3))
        layer.weight.data.copy_(weight)
        layer.bias.data.copy_(weights[f"bias{number}"])


def alone(network, kind, rate, seed):
    """The losses and the share of errors on test data."""
    model, data = modules()[network.name], digits.split([seed])
    placed(model, network.named(network.start([seed])[0]))
    params = list(model.parameters())
    optimizer = kind.kind(params, lr=rate, **kind.arguments)
    for step, batch in zip(range(1, STEPS + 1), batches(data.train, [seed]), strict=False):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(batch.images[0]), batch.labels[0]).backward()
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, step / kind.warmup) if kind.warmup else rate
        optimizer.step()
    with torch.no_grad():
        logits, labels = model(data.test.images[0]), data.test.labels[0]
        loss = nn.functional.cross_entropy(logits, labels).item()
    return loss, (logits.argmax(1) != labels).double().mean().item()


@pytest.mark.parametrize("network", [SMALL, CONVOLUTION], ids=lambda each: each.name)
def test_many_at_once_are_each_alone(network):
    kinds = [EVERY[name] for name in NAMES]
    (found,) = train(network, [Contestant(k.make, 0.02, k.warmup) for k in kinds], SEEDS, [STEPS])
    for number, kind in enumerate(kinds):
        for column, seed in enumerate(SEEDS):
            loss, error = alone(network, kind, 0.02, seed)
            # What rounding makes of 25 steps.
            assert found.loss[number, column].item() == pytest.approx(loss, rel=1e-9)
            assert found.error[number, column].item() == pytest.approx(error, abs=1e-7)


def test_a_seed_has_parts_that_share_nothing_and_another_has_others():
    images, _ = digits.digits()
    one, other = digits.split([0]), digits.split([1])
    assert sum(digits.PARTS) == len(images)
    assert [len(part.labels[0]) for part in one] == list(digits.PARTS)
    rows = torch.cat([part.images[0] for part in one])
    # All images, each as often as it is there.
    assert torch.equal(rows.sum(0), images.sum(0))
    assert not torch.equal(one.test.labels, other.test.labels)


def test_more_than_are_computed_at_once_are_the_same(monkeypatch):
    contestants = [Contestant(EVERY["Adam"].make, rate) for rate in (0.01, 0.02, 0.05)]
    whole = train(SMALL, contestants, SEEDS, [2, 4])
    monkeypatch.setattr("experiments.training.cohort.AT_ONCE", 2)
    parts = train(SMALL, contestants, SEEDS, [2, 4])
    assert [each.step for each in parts] == [2, 4]
    for one, other in zip(whole, parts, strict=True):
        assert torch.allclose(one.loss, other.loss, rtol=1e-12)

"""Memory that is shared: by tensors of the first step, and by those that come later."""

from random import Random

import pytest
import torch

from labml_optim import AdaBelief, Adam, AMSGrad
from labml_optim.fused.overlap import FreeBytes, Intervals, address, interval, overlapping
from labml_optim.fused.overrides import KNOWN

KINDS = [Adam, AdaBelief, AMSGrad]


def test_rows_that_share_memory():
    memory = torch.zeros(100)
    apart = [[memory[:10], memory[50:60]], [memory[10:20], memory[55:65]]]
    assert overlapping(apart) == set()
    assert overlapping([*apart, [memory[18:22], memory[70:74]]]) == {1, 2}
    # What reaches over two others shares with both.
    assert overlapping([*apart, [memory[5:15], memory[70:80]]]) == {0, 1, 2}
    assert overlapping([*apart, [memory[80:90], memory[15:25]]]) == {1, 2}


def test_what_has_no_place_shares_none():
    memory = torch.zeros(10)
    nowhere = [memory[3:3], torch.zeros(3).to_sparse(), torch.empty(3, device="meta")]
    assert overlapping([[memory], *([tensor] for tensor in nowhere)]) == set()
    assert not Intervals(nowhere).contain_part_of([memory])
    assert not Intervals([memory]).contain_part_of(nowhere)


def test_what_only_stands_for_a_tensor_has_no_address():
    found = []
    torch.vmap(lambda each: found.append((address(each), overlapping([[each], [each]]))) or each)(
        torch.zeros(3, 2)
    )
    assert found == [(None, set())]


def test_an_interval_has_the_gaps():
    memory = torch.zeros(10)
    first = memory.data_ptr()
    assert interval(memory[1:8:3]) == (first + 4, first + 32)
    assert interval(memory[2]) == (first + 8, first + 12)


def taken(memory):
    """Elements 10 to 19, 20 to 29, and 50 to 59."""
    return Intervals([memory[50:60], memory[10:20], memory[20:30]])


def test_each_stretch_is_asked_as_element_by_element():
    memory = torch.zeros(70)
    taken_by, busy = taken(memory), {*range(10, 30), *range(50, 60)}
    for first in range(70):
        for last in range(first, 71):
            shares = not busy.isdisjoint(range(first, last))
            assert taken_by.contain_part_of([memory[first:last]]) == shares, (first, last)
            # once more, from what is kept
            assert taken_by.overlap([memory.data_ptr() + 4 * first], [4 * (last - first)]) == shares


def test_one_of_many_is_enough():
    memory = torch.zeros(70)
    taken_by = taken(memory)
    assert not taken_by.contain_part_of([memory[:10], memory[30:50], memory[60:]])
    assert taken_by.contain_part_of([memory[:10], memory[30:51], memory[60:]])
    assert not taken_by.contain_part_of([]) and not Intervals([]).contain_part_of([memory])


def test_what_is_kept_about_places_does_not_grow_for_ever(monkeypatch):
    monkeypatch.setattr(FreeBytes, "LIMIT", 8)
    free = FreeBytes([100, 200])
    assert [free[place] for place in (70, 80, 90)] == [30, 20, 10] and list(free) == [70, 80, 90]
    for _ in range(2):
        for place in range(300):
            expected = 0 if 100 <= place < 200 else 100 - place if place < 100 else None
            assert expected is None or free[place] == expected
            assert free[place] > 0 or 100 <= place < 200
            assert len(free) <= 8


def ends(kind, seed, fused):
    """
    Train with parameters, gradients and moments that are cut out of one piece of memory, wherever
    chance has it. Return what all elements were after each step, and last maybe an error.
    """
    draw, exact = Random(seed), {"dtype": torch.float64}
    torch.manual_seed(seed)
    memory = torch.rand(400, **exact) + 0.5

    def cut(size):
        first = draw.randrange(400 - size + 1)
        return memory[first : first + size]

    sizes = [draw.randint(1, 40) for _ in range(3)]
    values = [torch.rand(n, **exact) if draw.random() < 0.5 else cut(n) for n in sizes]
    if draw.random() < 0.5:
        # It has gaps, so no kernel takes it.
        values.insert(draw.randrange(4), torch.rand(40, **exact)[::2])
    params = list(map(torch.nn.Parameter, values))
    optimizer = kind(params, lr=0.05, weight_decay=0.3, eps=1e-2, fused=fused)
    found = []
    for t in range(8):
        for param in params:
            kept = optimizer.state[param] if t else {}
            chance, size = draw.random(), param.numel()
            if chance < 0.8:
                param.grad = torch.rand(size, **exact) if chance < 0.4 else cut(size)
            elif chance < 0.85:
                param.grad = None
            if draw.random() < 0.1 and kept:
                key = draw.choice(["exp_avg", KNOWN[kind].second])
                other = optimizer.state[draw.choice(params)].get(key)
                longer = other is not None and other.numel() >= size
                kept[key] = other[:size] if longer else cut(size)
        try:
            optimizer.step()
        # torch refuses a gradient that shares a part of what is written with it.
        except RuntimeError as error:
            return found, str(error)
        found.append(torch.cat([memory, *(param.detach() for param in params)]))
    return found, None


@pytest.mark.parametrize("kind", KINDS)
def test_any_memory_may_be_shared(kind):
    refused = 0
    for seed in range(150):
        (fast, why), (slow, reason) = ends(kind, seed, fused=True), ends(kind, seed, fused=False)
        assert why == reason and len(fast) == len(slow), seed
        for t, (one, other) in enumerate(zip(fast, slow, strict=True)):
            message = f"seed {seed}, step {t}"
            torch.testing.assert_close(
                *(one, other), rtol=1e-8, atol=1e-8, equal_nan=True, msg=message
            )
        refused += reason is not None
    assert 0 < refused < 75


def shifted(first, second, odd, optimizer):
    second.grad = first.detach().flatten().as_strided((100,), (1,), 50)


def row_of_the_rest(first, second, odd, optimizer):
    second.grad = odd.detach().as_strided((100,), (1,))


def rest_of_a_row(first, second, odd, optimizer):
    odd.grad = second.detach()[:50]


def moment_of_a_row(first, second, odd, optimizer):
    optimizer.state[odd]["exp_avg"] = optimizer.state[second]["exp_avg"][:50]


@pytest.mark.parametrize("later", [shifted, row_of_the_rest, rest_of_a_row, moment_of_a_row])
def test_what_shares_memory_from_the_third_step_on(later):
    found = []
    for fused in (False, True):
        memory = torch.linspace(1, 2, 200, dtype=torch.float64)
        gaps = torch.linspace(2, 3, 100, dtype=torch.float64)[::2]
        # The one with gaps comes first, and is stepped last where the others have a kernel.
        params = list(map(torch.nn.Parameter, [gaps, memory[:100], memory[100:]]))
        odd, first, second = params
        optimizer = Adam(params, lr=0.1, weight_decay=1.0, fused=fused)
        for t in range(6):
            for param in params:
                param.grad = torch.linspace(-1, 1, param.numel(), dtype=torch.float64) + t
            if t > 1:
                later(first, second, odd, optimizer)
            optimizer.step()
        found.append(torch.cat([memory, odd.detach()]))
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)


def twice_as_far(kept, memory):
    kept["exp_avg"] = memory.as_strided((50,), (2,))


def twice_as_far_in_place(kept, memory):
    kept["exp_avg"].as_strided_((50,), (2,))


@pytest.mark.parametrize("later", [twice_as_far, twice_as_far_in_place])
def test_a_moment_of_the_rest_reaches_farther_from_the_same_address(later):
    found = []
    for fused in (False, True):
        memory = torch.linspace(1, 2, 160, dtype=torch.float64)
        gaps = torch.linspace(2, 3, 100, dtype=torch.float64)[::2]
        params = list(map(torch.nn.Parameter, [gaps, memory[60:]]))
        optimizer = Adam(params, lr=0.1, weight_decay=0.3, eps=1e-2, fused=fused)
        for t in range(6):
            for param in params:
                param.grad = torch.linspace(1, 2, param.numel(), dtype=torch.float64)
            if t == 1:
                optimizer.state[params[0]]["exp_avg"] = memory[:50]
            if t == 3:
                later(optimizer.state[params[0]], memory)
            optimizer.step()
        found.append(torch.cat([memory, gaps]))
    torch.testing.assert_close(*found, rtol=1e-12, atol=1e-12)

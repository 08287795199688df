"""
The kernel for CUDA computes what the annotated code computes, on whatever tensors.

Each property is tested on the machine at hand: with Triton's interpreter, which runs the kernel on
the CPU, and on the GPU where there is one. The interpreter takes some milliseconds for each block
of a tensor, so its runs are short. `agree.py` says how nearly the two must agree.
"""

import gc
import importlib.util
import os
import subprocess
import sys
import weakref
from array import array
from collections import Counter
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from agree import DTYPES, ODD, Odd, Twins, fused_rows, gradient, members, parameter, shifted
from cases import COMPUTED, FLAGS, MODES, decay
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam
from labml_optim.fused import cuda as engine
from labml_optim.fused import partition
from labml_optim.fused.cuda import launch as cuda
from labml_optim.fused.table import Table
from labml_optim.optimizer import EXACT

KERNEL = Path(cuda.__file__).with_name("kernel.py")
VISIBLE = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 0.1}
EACH = pytest.mark.parametrize("kind", COMPUTED, ids=lambda kind: kind.__name__)
ON_GPU = pytest.mark.gpu

NEEDS_TRITON = pytest.mark.skipif(
    importlib.util.find_spec("triton") is None, reason="Triton is not installed"
)


# The interpreter computes with numpy, which warns of what becomes infinite or no number.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning:triton")


def defined_anew():
    """The kernel, defined once more. Triton asks then whether it is to be interpreted."""
    spec = importlib.util.spec_from_file_location("kernel_for_tests", KERNEL)
    kernel = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kernel)
    return kernel


@pytest.fixture(scope="module")
def interpreted():
    # Triton itself stays as it is, for the tests that compile.
    import triton  # noqa: F401

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRITON_INTERPRET", "1")
        return defined_anew()


class Counted:
    """A kernel that counts how often it is launched, and over how many programs."""

    def __init__(self, kernel):
        self.kernel, self.grids = kernel, []

    def __getitem__(self, grid):
        self.grids.append(grid)
        return self.kernel[grid]


@pytest.fixture(
    params=[
        pytest.param("cpu", id="interpreted", marks=NEEDS_TRITON),
        pytest.param("cuda", marks=[ON_GPU, NEEDS_TRITON]),
    ]
)
def device(request, monkeypatch):
    """Where the kernel for CUDA makes the steps."""
    if request.param == "cpu":
        monkeypatch.setattr(engine, "kernel", request.getfixturevalue("interpreted"), raising=False)
        monkeypatch.setattr(cuda, "missing", lambda: None)
        monkeypatch.setitem(partition.ENGINES, "cpu", cuda)
    return request.param


@pytest.fixture
def launches(device, monkeypatch):
    from labml_optim.fused.cuda import kernel

    counted = Counted(kernel.step)
    monkeypatch.setattr(kernel, "step", counted)
    return counted.grids


def train(twins, odds, last, device, first=1):
    for t in range(first, last + 1):
        twins.step(
            [gradient(o, p.dtype, i, t, device) for i, (o, p) in enumerate(both(odds, twins))]
        )
    return twins


def both(odds, twins):
    return zip(odds, members(twins.fused), strict=True)


def combinations():
    """All flags at their defaults, each turned round by itself, and all of them."""
    for kind in COMPUTED:
        flags = FLAGS[kind]
        chosen = [(), *((name,) for name in flags), tuple(flags)]
        for names in chosen:
            values = {name: not flags[name] for name in names}
            yield pytest.param(kind, values, id="-".join([kind.__name__, *names]))


@pytest.mark.parametrize(("kind", "flags"), list(combinations()))
def test_every_flag_decay_and_type_of_number(kind, flags, device):
    odd = ODD["vector"]
    groups = [
        {
            "params": [parameter(odd, dtype, device, seed=i) for i, dtype in enumerate(DTYPES)],
            "weight_decay": decay(mode, 0.05),
        }
        for mode in MODES
    ]
    twins = Twins(kind, groups, **VISIBLE, **flags)
    # both sides of where the rectification sets in
    train(twins, [odd] * len(DTYPES) * len(MODES), 8, device).agree()
    assert all(fused_rows(twins.fused))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [(Adam, "decoupled"), (AMSGrad, "absolute"), (RAdam, "coupled"), (AdaBelief, "decoupled")],
)
def test_two_hundred_steps(kind, mode, device):
    odd = ODD["vector"]
    params = [parameter(odd, dtype, device, seed=i) for i, dtype in enumerate(DTYPES)]
    twins = Twins(kind, params, **VISIBLE, weight_decay=decay(mode, 0.05))
    train(twins, [odd] * len(DTYPES), 200, device).agree()
    assert all(fused_rows(twins.fused))


# Around the length of a block, and at an address that is no multiple of 16.
LENGTHS = {
    **{str(n): Odd((n,)) for n in (1023, 1024, 1025, 2048, 3000)},
    **{f"{n} shifted": Odd((n,), shifted, shifted) for n in (1024, 2048, 3000)},
    "2048, shifted gradient": Odd((2048,), lay_grad=shifted),
}


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("kind", [Adam, AdaBelief], ids=lambda kind: kind.__name__)
def test_every_odd_tensor_in_one_group(kind, dtype, device):
    odds = [*ODD.values(), *LENGTHS.values()]
    params = [parameter(odd, dtype, device, seed=i) for i, odd in enumerate(odds)]
    twins = train(Twins(kind, params, **VISIBLE), odds, 7, device)
    twins.agree()
    for odd, p, fused in zip(odds, members(twins.fused), fused_rows(twins.fused), strict=True):
        assert fused or not odd.fuses
        if odd.lay is shifted:
            assert p.data_ptr() % 16 == dtype.itemsize


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_whole_blocks_and_parts_are_gone_through_once(dtype, device, launches):
    # With a gradient of 1 and no division, a step adds the same to each element that it reaches.
    sizes = [0, 1, 1024, 1025, 5000]
    params = [torch.zeros(n, dtype=dtype, device=device, requires_grad=True) for n in sizes]
    optimizer = RAdam(params, lr=1.0, betas=(0.5, 0.999), fused=True)
    for p in params:
        p.grad = torch.ones_like(p)
    optimizer.step()
    assert launches == [(0 + 1 + 1 + 2 + 5,)]
    for p in params:
        m = optimizer.state[p]["exp_avg"]
        assert torch.equal(p, torch.full_like(p, -1.0)) and torch.equal(m, torch.full_like(m, 0.5))


@NEEDS_TRITON
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_what_is_promised_of_a_block_is_true(dtype, interpreted, monkeypatch):
    # A GPU stops at a wide load from an address that is no multiple of 16, the interpreter goes on.
    promised = []

    def watched(*given):
        *addresses, first, size = [int(x.handle.data.item()) for x in given[:7]]
        whole = first + 1024 <= size and all(address % 16 == 0 for address in addresses)
        promised.append((given[-1], whole))

    monkeypatch.setattr(engine, "kernel", interpreted, raising=False)
    monkeypatch.setattr(interpreted, "stretch", watched)
    for length, off in product((1023, 1024, 1025, 2048), range(5)):
        # Each of the tensors in turn is not where an allocator would have put it.
        tensors = [torch.zeros(length, dtype=dtype)] * 2 + [
            torch.zeros(length, dtype=exact(dtype))
        ] * 2
        if off < 4:
            tensors[off] = shifted(tensors[off])
        step(filled(tensors, "cpu"), tensors)
    assert all(said == true for said, true in promised)
    assert {said for said, _ in promised} == {False, True}


def exact(dtype):
    return EXACT.get(dtype, dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_nothing_beside_a_tensor_is_written(dtype, device):
    for length, off in product((1, 1023, 1024, 1025, 2048), (64, 65)):
        around = [
            torch.full((off + length + 1024,), 7.0, dtype=kept, device=device)
            for kept in (dtype, dtype, exact(dtype), exact(dtype))
        ]
        tensors = [tensor[off : off + length] for tensor in around]
        grad = tensors[1].fill_(1.0)
        step(filled(tensors, device), tensors)
        assert (grad == 1).all()
        for tensor in around:
            changed = (tensor != 7).nonzero().flatten().tolist()
            assert changed == list(range(off, off + length))


@EACH
def test_each_tensor_counts_its_own_steps(kind, device, launches):
    # All in one table: some are rectified and divided while others are neither.
    odd = ODD["vector"]
    params = [parameter(odd, torch.float32, device, seed=i) for i in range(4)]
    twins = Twins(kind, params, **VISIBLE)
    for t in range(1, 13):
        grads = [
            None if t < 1 + 2 * i or t % 5 == i else gradient(odd, torch.float32, i, t, device)
            for i in range(4)
        ]
        twins.step(grads)
        twins.agree()
    assert len({twins.fused.state[p]["step"] for p in members(twins.fused)}) > 2
    assert len(launches) == 12


LR = st.sampled_from([0.0, 1e-3, 0.02, 0.1])
BETAS = st.tuples(st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from([0.9, 0.97, 0.999]))
EPS = st.sampled_from([1e-16, 1e-8, 1e-3, 0.1])


@st.composite
def runs(draw):
    """An optimizer, its groups, and at which step each tensor has its first gradient."""
    kind = draw(st.sampled_from(COMPUTED))
    flags = ["weight_decouple", "absolute", *FLAGS[kind]]
    values = st.fixed_dictionaries(
        {
            **{"lr": LR, "betas": BETAS, "eps": EPS},
            "weight_decay": st.sampled_from([0.0, 0.01, 0.3]),
            **dict.fromkeys(flags, st.booleans()),
        }
    )
    member = st.tuples(
        st.sampled_from(sorted(ODD)), st.sampled_from([*DTYPES, torch.complex64]), st.integers(1, 4)
    )
    group = st.tuples(values, st.lists(member, max_size=3))
    return kind, draw(st.lists(group, min_size=1, max_size=2))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(drawn=runs())
def test_whatever_is_drawn(drawn, device):
    kind, groups = drawn
    flat = [member for _, in_group in groups for member in in_group]
    made = iter(parameter(ODD[name], d, device, seed=i) for i, (name, d, _) in enumerate(flat))
    twins = Twins(kind, [{**v, "params": [next(made) for _ in there]} for v, there in groups])
    for t in range(1, 13):
        twins.step(
            [
                gradient(ODD[name], dtype, i, t, device) if t >= first else None
                for i, (name, dtype, first) in enumerate(flat)
            ]
        )
    twins.agree()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "huge"], ids=str)
@pytest.mark.parametrize(("kind", "mode"), [(AMSGrad, "decoupled"), (AdaBelief, "coupled")])
def test_a_bad_gradient_harms_its_own_elements_only(kind, mode, bad, device):
    odd = ODD["vector"]
    params = [parameter(odd, dtype, device, seed=i) for i, dtype in enumerate(DTYPES)]
    given = {**VISIBLE, "amsgrad": True, "weight_decay": decay(mode)}
    sick, well = Twins(kind, params, **given), Twins(kind, params, **given)
    for t in range(1, 9):
        grads = [gradient(odd, p.dtype, i, t, device).clone() for i, p in enumerate(params)]
        well.step(grads)
        if t in (2, 7):
            for grad in grads:
                grad[5] = torch.finfo(grad.dtype).max if bad == "huge" else bad
        sick.step([grad.clone() for grad in grads])
    for p, q, r in zip(*map(members, (sick.fused, sick.annotated, well.fused)), strict=True):
        assert torch.equal(p.isfinite(), q.isfinite()) and torch.equal(p.isnan(), q.isnan())
        others = torch.arange(p.numel()) != 5
        assert torch.equal(p[others], r[others])
    sick.agree()


def test_a_maximum_that_is_no_number_stays_one(device):
    odd = ODD["vector"]
    params = [parameter(odd, dtype, device, seed=i) for i, dtype in enumerate(DTYPES)]
    twins = train(Twins(AMSGrad, params, **VISIBLE), [odd] * 4, 2, device)
    for optimizer in (twins.fused, twins.annotated):
        for p in members(optimizer):
            optimizer.state[p]["max_exp_avg_sq"][3] = float("nan")
    train(twins, [odd] * 4, 4, device, first=3).agree()
    assert all(p[3].isnan() and not p[4].isnan() for p in members(twins.fused))


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_branch_that_is_not_taken_leaves_nothing(adaptive, device):
    # 0 / 0 for an element without a gradient. RAdam divides only from its sixth step on.
    params = [torch.ones(3, dtype=dtype, device=device, requires_grad=True) for dtype in DTYPES]
    steps = 6 if adaptive else 5
    optimizer = RAdam(params, lr=0.1, eps=0.0, fused=True)
    for _ in range(steps):
        for p in params:
            p.grad = torch.tensor([0.0, 1.0, 2.0], dtype=p.dtype, device=device)
        optimizer.step()
    for p in params:
        assert p.isnan().tolist() == [adaptive, False, False]
    # With a step of size 0 nothing moves, whatever it would be multiplied with.
    resting = AMSGrad([torch.ones(2, device=device, requires_grad=True)], lr=0.0, eps=0.0)
    resting.param_groups[0]["fused"] = True
    (p,) = members(resting)
    p.grad = torch.zeros_like(p)
    resting.step()
    assert p.tolist() == [1.0, 1.0]


def every_bit_pattern(device):
    """All numbers of 16 bits, once."""
    return torch.arange(-(1 << 15), 1 << 15, device=device).to(torch.int16)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_every_number_of_16_bits_is_read_and_rounded_as_in_torch(dtype, device):
    values = every_bit_pattern(device).view(dtype)
    p = values.clone().requires_grad_()
    # beta1 = 0: the first moment is the gradient as it was read. A step without division then adds
    # it to the parameter, and rounds.
    optimizer = RAdam([p], lr=0.3, betas=(0.0, 0.999), fused=True)
    p.grad = values.flip(0).clone()
    optimizer.step()
    grads = p.grad.float()
    finite = grads.isfinite()
    assert torch.equal(optimizer.state[p]["exp_avg"][finite], grads[finite])
    found = p.detach()[finite]
    expected = (values.float() - torch.tensor(0.3, device=device) * grads).to(dtype)[finite]
    wrong = (found != expected) & ~(found.isnan() & expected.isnan())
    # The device may round the product and the difference together.
    assert wrong.sum() <= (0 if device == "cpu" else 100)


def test_no_nan_is_rounded_to_a_number(device):
    # On a device a NaN has all its bits set, and rounding adds to them.
    p = torch.ones(2, dtype=torch.bfloat16, device=device, requires_grad=True)
    optimizer = Adam([p], fused=True)
    for _ in "12":
        p.grad = torch.ones_like(p)
        optimizer.step()
        optimizer.state[p]["exp_avg"].view(torch.int32)[0] = 0x7FFFFFFF
    assert p.isnan().tolist() == [True, False]


def test_a_first_moment_without_memory_is_the_gradient(device):
    odd = ODD["vector"]
    params = [parameter(odd, dtype, device) for dtype in DTYPES]
    twins = Twins(Adam, params, betas=(0.0, 0.999))
    for t in range(1, 6):
        train(twins, [odd] * len(DTYPES), t, device, first=t)
        for p in members(twins.fused):
            m = twins.fused.state[p]["exp_avg"]
            assert torch.equal(m, p.grad.to(m.dtype))


# Where the two last blocks begin, a whole one and a part.
BEFORE, BEHIND = 1 << 31, 1500


def test_places_beyond_two_to_the_31(device):
    size = BEFORE + BEHIND
    try:
        free = torch.cuda.mem_get_info()[0] if device == "cuda" else size * 16
        if free < size * 14:
            pytest.skip("the device has too little memory for 2^31 elements")
        # Memory that nobody writes to is not there, so on the CPU this needs hardly any.
        of_type = [torch.bfloat16] * 2 + [torch.float32] * 2
        large = [torch.empty(size, dtype=dtype, device=device) for dtype in of_type]
    except RuntimeError as error:
        pytest.skip(f"no room for 2^31 elements: {error}")
    ends = [tensor[BEFORE - 100 :] for tensor in large]
    odd = Odd(tuple(ends[0].shape))
    for number, end in enumerate(ends):
        end.copy_(gradient(odd, end.dtype, number, 5, device).abs())
    small = [end.clone() for end in ends]
    from labml_optim.fused.cuda import kernel

    table = filled(large, device)
    cut = cuda.blocks(table, kernel.BLOCK.value)
    assert len(cut) == -(-size // 1024) and cut[-1].tolist() == [0, len(cut) - 1, size]
    assert cut.dtype == torch.int64
    table.prepared = cut[-2:].contiguous()
    step(table, large)
    step(filled(small, device), small)
    for end, expected in zip(ends, small, strict=True):
        torch.testing.assert_close(end[100:], expected[100:], rtol=1e-6, atol=0)
    assert (ends[0][100:] != 0).any()


def filled(tensors, device):
    param, _, *moments = tensors
    table = Table(
        param.dtype, torch.device(device), False, False, sizes=array("q", [param.numel()])
    )
    table.written.extend(tensor.data_ptr() for tensor in (param, *moments))
    return table


def step(table, tensors):
    """Steps one row with the numbers of Adam's first step."""
    numbers = array("d", [0.9, 0.999, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1e-8, 0.1, 1.0])
    cuda.launch(table, array("Q", [tensors[1].data_ptr()]), None, numbers)


def test_one_launch_for_each_group_and_type(device, launches):
    odds = [ODD[name] for name in ("vector", "scalar", "empty", "matrix")]
    groups = [
        {"params": [parameter(odd, dtype, device) for dtype in dtypes for odd in odds]}
        for dtypes in ([torch.float32], DTYPES, [torch.float64, torch.float16])
    ]
    twins = Twins(AdaBelief, groups, **VISIBLE)
    train(twins, odds * 7, 2, device)
    expected = [3] * 7
    assert [grid for (grid,) in launches] == expected * 2


def test_no_launch_where_there_is_nothing_to_do(device, launches):
    params = [torch.empty(shape, device=device, requires_grad=True) for shape in [(0,), (3, 0)]]
    optimizer = Adam(params, fused=True)
    for p in params:
        p.grad = torch.empty_like(p)
    optimizer.step()
    assert launches == [] and [optimizer.state[p]["step"] for p in params] == [1, 1]


class Allocated(TorchDispatchMode):
    """Adds up what the tensors hold that are made."""

    def __init__(self):
        super().__init__()
        self.bytes = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        given = {t.data_ptr() for t in tree_leaves((args, kwargs)) if isinstance(t, torch.Tensor)}
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor) and tensor.data_ptr() not in given:
                self.bytes[str(function)] += tensor.nbytes
        return made


@EACH
def test_a_step_allocates_nothing_of_the_size_of_the_parameters(kind, device, monkeypatch):
    # An optimizer that is watched runs annotated, so it is not told that it is.
    monkeypatch.setattr(torch._C, "_len_torch_dispatch_stack", lambda: 0)
    sizes = [100_000, 7]
    params = [torch.zeros(n, device=device, requires_grad=True) for n in sizes]
    optimizer = kind(params, fused=True, weight_decay=decay("coupled"), maximize=True)
    for p in params:
        p.grad = torch.ones_like(p)
    optimizer.step()
    # Addresses, numbers, and their copies.
    allowed = 4 * 8 * (6 * len(params) + 11)
    if device == "cuda":
        # torch hands out memory in pieces of 512 bytes.
        allowed += 2 * 512
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        optimizer.step()
        assert torch.cuda.max_memory_allocated() - before <= allowed
    else:
        with Allocated() as allocated:
            optimizer.step()
        assert allocated.bytes.total() <= allowed, allocated.bytes


def test_the_measure_sees_an_allocation():
    params = [torch.zeros(100_000, requires_grad=True)]
    optimizer = Adam(params, fused=False)
    params[0].grad = torch.ones_like(params[0])
    optimizer.step()
    with Allocated() as allocated:
        optimizer.step()
    assert allocated.bytes.total() >= params[0].nbytes


def test_how_tensors_are_cut_is_kept_as_long_as_the_table(device):
    twins = Twins(Adam, [parameter(ODD["vector"], torch.float32, device)])
    train(twins, [ODD["vector"]], 1, device)
    (plan,) = vars(twins.fused)["_plans"].values()
    (table,) = plan.latest.tables
    cut = weakref.ref(table.prepared)
    train(twins, [ODD["vector"]], 2, device)
    assert table.prepared is cut()
    del twins, table, plan
    gc.collect()
    assert cut() is None


def test_another_default_device_changes_nothing(device):
    with torch.device("meta"):
        p = torch.ones(3, device=device, requires_grad=True)
        optimizer = Adam([p], lr=0.1, fused=True)
        p.grad = torch.ones_like(p)
        optimizer.step()
    assert torch.allclose(p, torch.full_like(p, 0.9))


class Absent:
    """Triton's driver of a device that is not here, as far as compiling needs it."""

    def get_current_device(self):
        return 0

    def get_current_stream(self, device):
        return 0

    def get_current_target(self):
        from triton.backends.compiler import GPUTarget

        return GPUTarget("cuda", 90, 32)


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """Compiles the kernel as a launch does, but does not launch it."""
    from triton.runtime import driver

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    kernel = defined_anew()
    options = {"num_warps": kernel.WARPS, "enable_fp_fusion": True, "grid": (1,)}
    driver.set_active(Absent())
    yield lambda *given: kernel.step.warmup(torch.int64, torch.int64, *given, **options)
    if torch.cuda.is_available():
        driver.reset_active()


# By the names of `kernel.c`: 16 bytes at once, and what is computed with.
WIDE = {8: ("v2.b64", "f64"), 4: ("v4.b32", "f32"), 2: ("v4.b32", "f32"), 1: ("v4.b32", "f32")}


@NEEDS_TRITON
@pytest.mark.parametrize("more", [False, True])
@pytest.mark.parametrize("stored", WIDE)
def test_it_compiles_for_a_device_that_is_not_here(stored, more, compiled):
    text = compiled(5, stored, more, more).asm["ptx"]
    wide, real = WIDE[stored]
    # A thread has 8 elements, in pieces of 16 bytes.
    exact, short = (4, 4) if stored == 8 else (2, 2 if stored == 4 else 1)
    moments = 3 if more else 2
    assert text.count(f"ld.global.{wide}") == 2 * short + moments * exact
    assert text.count(f"st.global.{wide}") == short + moments * exact
    # Nothing is approximate, and nothing is put aside in memory.
    assert f"sqrt.rn.{real}" in text and f"div.rn.{real}" in text
    assert "approx" not in text and ".full." not in text and ".local" not in text


@NEEDS_TRITON
def test_another_number_of_tensors_needs_no_other_program(compiled):
    # Triton is wont to make programs of their own for 1, and for multiples of 16.
    assert len({compiled(count, 4, False, False) for count in (1, 2, 16)}) == 1


def test_without_a_device_it_is_said_and_triton_is_not_imported():
    code = (
        "import sys; from labml_optim.fused.cuda import launch as cuda; print(cuda.missing()); "
        "print('triton' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            **{"CUDA_VISIBLE_DEVICES": "", "TRITON_INTERPRET": "0"},
            "PYTHONPATH": str(KERNEL.parents[3]),
        },
    )
    assert done.stdout.splitlines() == ["torch finds no CUDA device", "False"], done.stderr


@pytest.fixture
def asked_anew():
    cuda.missing.cache_clear()
    yield
    cuda.missing.cache_clear()


def test_it_is_said_what_to_install(asked_anew, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setitem(sys.modules, "triton", None)
    with pytest.raises(RuntimeError, match="^fused=True: .*Install the package `triton`"):
        cuda.require(torch.float32)


def test_the_interpreter_does_not_touch_a_device(asked_anew, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    assert "TRITON_INTERPRET" in cuda.missing()


@NEEDS_TRITON
@pytest.mark.parametrize("value", ["1", "", "0", None])
def test_without_a_device_the_interpreter_works_where_it_is_asked_for(
    value, asked_anew, monkeypatch
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    if value is not None:
        monkeypatch.setenv("TRITON_INTERPRET", value)
    assert cuda.missing() == (None if value == "1" else "torch finds no CUDA device")


def no_compiler():
    raise RuntimeError("Failed to find C compiler")


OLD = SimpleNamespace(backend="cuda", arch=61)
NEW = SimpleNamespace(backend="cuda", arch=90)
AMD = SimpleNamespace(backend="hip", arch="gfx942")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (no_compiler, "Failed to find C compiler"),
        (lambda: OLD, "7.0, not 6.1"),
        (lambda: NEW, None),
        (lambda: AMD, None),
    ],
)
def test_a_device_that_triton_cannot_use_is_left_to_the_annotated_code(target, said):
    active = SimpleNamespace(get_current_target=target)
    triton = SimpleNamespace(runtime=SimpleNamespace(driver=SimpleNamespace(active=active)))
    found = cuda.unusable(triton)
    assert found is None if said is None else said in found


@NEEDS_TRITON
def test_a_device_is_asked_for_what_it_can_do(asked_anew, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setattr(cuda, "unusable", lambda triton: f"{triton.__name__} is too new")
    assert cuda.missing() == "triton is too new"


@ON_GPU
def test_one_kernel_and_one_copy_on_the_device():
    from torch.profiler import ProfilerActivity, profile

    params = [torch.zeros(n, device="cuda", requires_grad=True) for n in (5, 3000, 1024)]
    optimizer = AdaBelief(params, fused=True)
    for p in params:
        p.grad = torch.ones_like(p)
    optimizer.step()
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as seen:
        optimizer.step()
        torch.cuda.synchronize()
    on_device = torch.autograd.DeviceType.CUDA
    names = [event.name for event in seen.events() if event.device_type == on_device]
    # torch marks the whole step on the device's time line, too.
    names = sorted(name for name in names if not name.startswith("Optimizer."))
    assert len(names) == 2 and names[0].startswith("Memcpy HtoD") and names[1] == "step"


@ON_GPU
def test_a_step_in_another_stream_waits_for_nothing_of_the_first():
    twins = Twins(Adam, [parameter(ODD["matrix"], torch.float32, "cuda")])
    odds = [ODD["matrix"]]
    train(twins, odds, 2, "cuda")
    torch.cuda.synchronize()
    with torch.cuda.stream(torch.cuda.Stream()):
        train(twins, odds, 200, "cuda", first=3)
    torch.cuda.synchronize()
    twins.agree()


@ON_GPU
def test_a_graph_is_refused():
    p = torch.zeros(3, device="cuda", requires_grad=True)
    optimizer = Adam([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    with pytest.raises(RuntimeError, match="CUDA graph"), torch.cuda.graph(torch.cuda.CUDAGraph()):
        optimizer.step()
    assert optimizer.state[p]["step"] == 1


@ON_GPU
def test_the_kernel_is_the_default_on_the_device():
    p = torch.zeros(3, device="cuda", requires_grad=True)
    optimizer = Adam([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    assert fused_rows(optimizer) == [True]

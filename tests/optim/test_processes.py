"""Processes that share the moments of a parameter share its count of steps, too."""

import copy
import io
import pickle
from multiprocessing.reduction import ForkingPickler

import pytest
import torch
import torch.multiprocessing as mp
from cases import OPTIMIZERS, each_engine, gradient, members, parameters, same, train, values

from labml_optim import AdaBelief, Adam, AMSGrad, RAdam

ENGINES = pytest.mark.parametrize("fused", [False, True])


def shared(*shapes):
    """Parameters in shared memory, as `model.share_memory()` leaves them."""
    return [p.detach().share_memory_().requires_grad_() for p in parameters(*shapes)]


def counts(optimizer):
    return [optimizer.state[p]["step"] for p in members(optimizer)]


def in_another_process(optimizer, first, last, method="spawn"):
    child = mp.get_context(method).Process(target=train, args=(optimizer, last, first))
    child.start()
    child.join()
    assert child.exitcode == 0


@pytest.mark.parametrize("share", [True, False])
@ENGINES
def test_an_optimizer_that_goes_to_another_process_counts_there_and_here(fused, share):
    # Sent with its optimizer, a parameter comes to lie in shared memory, and so do the moments.
    params = shared((3,)) if share else parameters((3,))
    ours = train(RAdam(params, fused=fused), 2)
    in_another_process(ours, 3, 6)
    assert [int(count) for count in counts(ours)] == [6]
    alone = train(RAdam(parameters((3,)), fused=fused), 9)
    assert same(values(train(ours, 9, first=7)), values(alone))
    assert all(isinstance(count, torch.Tensor) for count in counts(ours))


def test_after_a_fork_each_has_its_own_moments_and_count():
    if "fork" not in mp.get_all_start_methods():
        pytest.skip("this system has no fork")
    ours = train(Adam(shared((3,)), fused=False), 2)
    in_another_process(ours, 3, 6, "fork")
    # The moments are those of this process, whose count they are corrected by.
    assert [int(count) for count in counts(ours)] == [2]


def sent(optimizer):
    """What another process gets. It is unpickled here, so that both can be looked at."""
    return pickle.loads(bytes(ForkingPickler.dumps(optimizer)))


@each_engine(False, True)
def test_what_is_sent_shares_moments_and_count(optimizer, fused):
    ours = train(optimizer(shared(), fused=fused), 3)
    other = sent(ours)
    for t in range(4, 13):
        # In turns, with the same gradients as one alone.
        train(ours if t % 2 else other, t, first=t)
    alone = train(optimizer(parameters(), fused=fused), 12)
    assert [int(count) for count in counts(ours)] == [int(c) for c in counts(other)] == [12, 12]
    assert same(values(ours), values(alone)) and same(values(other), values(alone))


class Subclass(Adam):
    """Sent by way of a class that is not ours."""


def test_subclasses_are_sent_so_too():
    ours = train(Subclass(parameters((3,))), 2)
    other = sent(ours)
    train(other, 4, first=3)
    assert [int(count) for count in counts(ours)] == [4]


def test_what_is_pickled_for_itself_shares_nothing():
    ours = train(Adam(parameters((3,))), 2)
    other = pickle.loads(pickle.dumps(ours))
    train(other, 4, first=3)
    assert counts(ours) == [2] and counts(other) == [4]
    assert [type(count) for count in counts(ours)] == [int]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_parameter_in_shared_memory_has_its_count_in_a_tensor(optimizer):
    (count, *_) = counts(train(optimizer(shared()), 3))
    assert isinstance(count, torch.Tensor) and count.dtype == torch.float64 and count == 3


def test_a_checkpoint_leaves_such_a_count_in_a_tensor():
    ours = Adam(shared())
    ours.load_state_dict(train(Adam(parameters()), 3).state_dict())
    (count, *_) = counts(ours)
    assert isinstance(count, torch.Tensor) and count.dtype == torch.float64 and count == 3


def test_a_checkpoint_brings_a_shared_state_what_it_did_not_have():
    ours = train(AMSGrad(shared(), amsgrad=False), 2)
    assert not any("max_exp_avg_sq" in state for state in ours.state.values())
    other = train(AMSGrad(parameters()), 5)
    ours.load_state_dict(other.state_dict())
    for mine, its in zip(ours.state.values(), other.state.values(), strict=True):
        assert torch.equal(mine["max_exp_avg_sq"], its["max_exp_avg_sq"]) and mine["step"] == 5


def test_what_is_on_a_gpu_is_not_in_shared_memory_because_it_says_so():
    class OnCuda(torch.Tensor):
        is_cpu, is_cuda = False, True

        def is_shared(self):
            return True

    p = torch.ones(3).as_subclass(OnCuda).requires_grad_()
    p.grad = torch.ones(3).as_subclass(OnCuda)
    ours = Adam([p], fused=False)
    ours.step()
    assert counts(ours) == [1] and type(counts(ours)[0]) is int


@pytest.mark.parametrize("error", [RuntimeError, NotImplementedError])
def test_what_cannot_tell_where_it_lies_is_in_no_shared_memory(error):
    class Nowhere(torch.Tensor):
        def is_shared(self):
            raise error("Cannot access storage")

    p = torch.ones(3).as_subclass(Nowhere).requires_grad_()
    p.grad = torch.ones(3).as_subclass(Nowhere)
    ours = Adam([p], fused=False)
    ours.step()
    assert counts(ours) == [1] and type(counts(ours)[0]) is int


# Where a subclass makes the state


class SharedAdam(Adam):
    """As in asynchronous reinforcement learning: the state is made and shared at once."""

    def __init__(self, params, **given):
        super().__init__(params, **given)
        for p in members(self):
            self.state[p] = {
                "step": torch.zeros(1).share_memory_(),
                "exp_avg": torch.zeros_like(p).share_memory_(),
                "exp_avg_sq": torch.zeros_like(p).share_memory_(),
            }


class Counting(AMSGrad):
    """The same, when the state is made."""

    def init_state(self, state, group, param):
        super().init_state(state, group, param)
        state["step"] = torch.zeros(()).share_memory_()


SUBCLASSES = pytest.mark.parametrize("kind", [SharedAdam, Counting])


@SUBCLASSES
@ENGINES
def test_a_count_that_a_subclass_made_is_kept_and_counted_in(kind, fused):
    ours = kind(shared(), fused=fused)
    train(ours, 1)
    before = counts(ours)
    train(ours, 5, first=2)
    assert all(a is b for a, b in zip(counts(ours), before, strict=True))
    assert [count.item() for count in before] == [5, 5]
    base = Adam if kind is SharedAdam else AMSGrad
    assert same(values(ours), values(train(base(parameters(), fused=fused), 5)))
    # Shared from the start, so also after a fork.
    if "fork" in mp.get_all_start_methods():
        in_another_process(ours, 6, 8, "fork") if not fused else None
        assert [count.item() for count in before] == [8 - 3 * fused] * 2


@SUBCLASSES
@ENGINES
def test_a_checkpoint_is_loaded_into_it(kind, fused):
    source = train(kind(shared(), fused=fused), 7)
    ours = train(kind(shared(), fused=fused), 2)
    kept = {id(p): dict(ours.state[p]) for p in members(ours)}
    other = sent(ours)
    ours.load_state_dict(source.state_dict())
    for p in members(ours):
        assert ours.state[p].keys() == kept[id(p)].keys()
        assert all(ours.state[p][key] is value for key, value in kept[id(p)].items())
        assert ours.state[p]["step"] == 7
    # The other process sees it.
    for p, q in zip(members(other), members(source), strict=True):
        assert other.state[p]["step"] == 7
        assert torch.equal(other.state[p]["exp_avg"], source.state[q]["exp_avg"])
    # What does not fit leaves it as it was.
    wrong = copy.deepcopy(source.state_dict())
    wrong["state"][1]["exp_avg"] = torch.ones(5)
    with pytest.raises(ValueError, match="exp_avg"):
        ours.load_state_dict(wrong)
    assert [ours.state[p]["step"] for p in members(ours)] == [7, 7]


@SUBCLASSES
@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))], ids=["deepcopy", "pickle"]
)
def test_a_copy_has_a_count_of_its_own(kind, again):
    ours = train(kind(shared()), 3)
    other = again(ours)
    train(other, 5, first=4)
    assert [count.item() for count in counts(ours)] == [3, 3]
    assert [count.item() for count in counts(other)] == [5, 5]
    assert not any(a is b for a, b in zip(counts(ours), counts(other), strict=True))


@SUBCLASSES
def test_its_checkpoint_goes_through_a_file_and_to_torch(kind):
    ours, file = train(kind(shared()), 3), io.BytesIO()
    torch.save(ours.state_dict(), file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    plain = (Adam if kind is SharedAdam else AMSGrad)(values(ours))
    plain.load_state_dict(saved)
    assert counts(plain) == [3, 3] and [type(count) for count in counts(plain)] == [int, int]
    assert same(values(train(plain, 6, first=4)), values(train(ours, 6, first=4)))
    theirs = torch.optim.Adam(values(ours))
    theirs.load_state_dict(saved)
    assert [state["step"].item() for state in theirs.state.values()] == [3, 3]


@ENGINES
def test_counts_that_others_add_in_between_are_not_lost(fused, monkeypatch):
    # While one process is in the middle of a step, another one makes two.
    (p,) = shared((3,))
    ours = train(Adam([p], fused=fused), 1)
    count = ours.state[p]["step"]
    if fused:
        from labml_optim.fused.cpu import launch

        real = launch.launch
        monkeypatch.setattr(launch, "launch", lambda *given: (count.add_(2), real(*given)))
    else:
        moments = Adam.get_mv
        monkeypatch.setattr(Adam, "get_mv", lambda *given: (count.add_(2), moments(*given))[1])
    train(ours, 2, first=2)
    assert count == 4 and ours.state[p]["step"] is count


def test_a_step_that_fails_leaves_the_count_in_its_tensor():
    class Failing(Adam):
        def update(self, *given):
            raise ArithmeticError

    (p,) = shared((3,))
    ours = Failing([p])
    p.grad = gradient(p, 0, 1)
    with pytest.raises(ArithmeticError):
        ours.step()
    assert isinstance(ours.state[p]["step"], torch.Tensor)


@pytest.mark.parametrize("dtype", [torch.complex64, torch.bfloat16], ids=str)
@ENGINES
def test_numbers_of_every_kind_count_so(dtype, fused):
    params = [p.detach().share_memory_().requires_grad_() for p in parameters((3,), dtype=dtype)]
    ours, plain = (
        train(AdaBelief(given, fused=fused), 8) for given in (params, parameters((3,), dtype=dtype))
    )
    assert same(values(ours), values(plain))
    assert isinstance(counts(ours)[0], torch.Tensor) and counts(ours)[0] == 8

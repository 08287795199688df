"""
One of several processes among which parameters are sharded: `sharded.py RANK COUNT FILE`.

Each line that it prints names what held. Run by `test_sharded.py`.
"""

import copy
import os
import sys
from pathlib import Path
from time import sleep

import torch
import torch.distributed as dist
from torch.distributed._functional_collectives import AsyncCollectiveTensor, all_reduce
from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict as get_state
from torch.distributed.checkpoint.state_dict import set_optimizer_state_dict as set_state
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import CPUOffloadPolicy, fully_shard
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.distributed.tensor import DTensor, Replicate, Shard, distribute_tensor

from labml_optim import AdaBelief, AMSGrad

VALUES = {"lr": 0.02, "betas": (0.9, 0.97), "eps": 1e-3, "weight_decay": 0.1}
INPUT = torch.linspace(-1, 1, 10).view(2, 5)


def network():
    """7 rows on two processes are 4 and 3, and a single one leaves the other with nothing."""
    torch.manual_seed(0)
    layers = [torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 1)]
    return torch.nn.Sequential(*layers)


def whole(tensor):
    return (tensor.full_tensor() if isinstance(tensor, DTensor) else tensor).detach()


def train(module, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        (module(INPUT) ** 2).sum().backward()
        optimizer.step()


def alike(left, right):
    for p, q in zip(left, right, strict=True):
        torch.testing.assert_close(whole(p), whole(q), rtol=1e-5, atol=1e-6)


def all_fused(optimizer):
    (plan,) = vars(optimizer)["_plans"].values()
    return len(plan.latest.rows) == len(plan.params)


def fully_sharded(mesh, kind, **policy):
    """A network in parts, fused and annotated, against a whole one."""
    modules = [fully_shard(network(), mesh=mesh, **policy) for _ in "12"] + [network()]
    sharded, annotated, alone = (
        kind(m.parameters(), **VALUES, fused=fused)
        for m, fused in zip(modules, (True, False, False), strict=True)
    )
    for _ in range(3):
        for module, optimizer in zip(modules, (sharded, annotated, alone), strict=True):
            train(module, optimizer, 4)
        alike(modules[0].parameters(), modules[1].parameters())
        alike(modules[0].parameters(), modules[2].parameters())
        assert all_fused(sharded)
        # It goes on with what comes out of a checkpoint.
        saved = copy.deepcopy(get_state(modules[0], sharded))
        for state in sharded.state.values():
            state["exp_avg"] = torch.zeros_like(state["exp_avg"])
        set_state(modules[0], sharded, saved)
    for p in modules[0].parameters():
        versions = [x._version for x in (p, p._local_tensor, sharded.state[p]["exp_avg"])]
        sharded.step()
        after = [x._version for x in (p, p._local_tensor, sharded.state[p]["exp_avg"])]
        assert all(new > old for new, old in zip(after, versions, strict=True))
    loss = sum((p * p).sum() for p in modules[0].parameters())
    sharded.step()
    try:
        loss.backward()
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)
    else:
        raise AssertionError("a backward pass went through that needed what had been overwritten")


def placed(mesh):
    """Tensors that are spread in one way or another, beside one that is not."""
    values = [torch.linspace(1, 2, 15).view(5, 3) + i for i in range(4)]
    spread = [
        *(distribute_tensor(values[0], mesh, [Shard(0)]), Shard(0)),
        *(distribute_tensor(values[1], mesh, [Shard(1)]), Shard(1)),
        *(distribute_tensor(values[2], mesh, [Replicate()]), Replicate()),
    ]
    params = [torch.nn.Parameter(copy.deepcopy(t)) for t in [*spread[::2], values[3]]]
    others = [torch.nn.Parameter(whole(p).clone()) for p in params]
    ours, alone = AMSGrad(params, **VALUES, fused=True), AMSGrad(others, **VALUES)
    for t in range(1, 5):
        for i, (p, q) in enumerate(zip(params, others, strict=True)):
            q.grad = (values[i] - 1.5) * t
            p.grad = q.grad
            if isinstance(p, DTensor):
                placement = Shard(0) if t == 3 else p.placements[0]
                p.grad = distribute_tensor(q.grad, mesh, [placement])
        ours.step()
        alone.step()
        alike(params, others)
        (plan,) = vars(ours)["_plans"].values()
        # A gradient that is spread in another way is none for a kernel.
        assert plan.latest.rows == ([0, 3] if t == 3 else [0, 1, 2, 3])


def on_the_way(mesh):
    """A gradient that other processes have not sent yet is waited for, and changes nothing else."""
    p = torch.nn.Parameter(distribute_tensor(torch.ones(4), mesh, [Replicate()]))
    ours, made = AdaBelief([p], **VALUES, fused=True), set()
    for t in range(1, 4):
        local = torch.full((4,), 0.5)
        if t == 2:
            local = all_reduce(torch.full((4,), 0.25), "sum", mesh)
            assert isinstance(local, AsyncCollectiveTensor)
        p.grad = DTensor.from_local(local, mesh, [Replicate()])
        ours.step()
        assert all_fused(ours)
        (plan,) = vars(ours)["_plans"].values()
        made.add(id(plan.latest))
    assert len(made) == 1
    alone = AdaBelief([torch.nn.Parameter(torch.ones(4))], **VALUES)
    (q,) = alone.param_groups[0]["params"]
    for _ in range(3):
        q.grad = torch.full((4,), 0.5)
        alone.step()
    alike([p], [q])


def redundancy():
    """Each process steps some of the parameters, and sends them to the others."""
    modules = network(), network()
    ours = ZeroRedundancyOptimizer(modules[0].parameters(), AdaBelief, **VALUES, fused=True)
    alone = AdaBelief(modules[1].parameters(), **VALUES)
    for module, optimizer in zip(modules, (ours, alone), strict=True):
        train(module, optimizer, 8)
    alike(*(m.parameters() for m in modules))
    assert all_fused(ours.optim)


def main(rank, count, file):
    dist.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=count)
    mesh = init_device_mesh("cpu", (count,))
    for kind in (AMSGrad, AdaBelief):
        fully_sharded(mesh, kind)
        print("fully sharded", kind.__name__)
    fully_sharded(mesh, AdaBelief, offload_policy=CPUOffloadPolicy(pin_memory=False))
    print("offloaded")
    placed(mesh)
    print("placed")
    on_the_way(mesh)
    print("on the way")
    redundancy()
    print("redundancy")
    leave(rank, count, file)


def leave(rank, count, file):
    """
    End when all are done, and close nothing before: gloo ends a process whose connection another
    one has closed (https://github.com/pytorch/gloo/issues/155).
    """
    done = [Path(f"{file}-{each}") for each in range(count)]
    done[rank].touch()
    while not all(path.exists() for path in done):
        sleep(0.01)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

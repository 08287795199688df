r"""
# Data parallel

Each process has the whole model and a part of each batch. `DistributedDataParallel` averages the
gradients in `backward`, so all optimizers make the same step.
"""

import argparse
import os

import torch
import torch.distributed as dist

# Left to `DistributedDataParallel`, which imports it when there is a group already, it keeps that
# group for ever, and its threads can abort the process at its end.
import torch.distributed.nn.functional
from task import arguments, loss, network, save
from torch.nn.parallel import DistributedDataParallel

from labml_optim import AdaBelief


def train(given: argparse.Namespace) -> None:
    rank, count = dist.get_rank(), dist.get_world_size()
    model = DistributedDataParallel(network())
    optimizer = AdaBelief(model.parameters(), lr=0.01, weight_decay=0.01, fused=given.fused)
    start = 0
    # All processes read what the first one has written: they are equal.
    if given.checkpoint and os.path.exists(given.checkpoint):
        saved = torch.load(given.checkpoint, weights_only=True)
        model.module.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        start = saved["step"]
    for t in range(start, given.steps):
        optimizer.zero_grad()
        loss(model, t, rank, count).backward()
        optimizer.step()
        if given.checkpoint and (t + 1) % 5 == 0:
            if rank == 0:
                write(given.checkpoint, model.module, optimizer, t + 1)
            # No one goes on, and perhaps fails, before the file is there.
            dist.barrier()
    if rank == 0:
        save(model.parameters(), given.weights)


def write(file: str, model: torch.nn.Module, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write aside and rename: a process that is killed while it writes leaves the last file."""
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}
    torch.save(saved, f"{file}.new")
    os.replace(f"{file}.new", file)


def main() -> None:
    dist.init_process_group("gloo")
    # In a function: a model that outlives the group of processes can block at its end.
    train(arguments())
    dist.destroy_process_group()


if __name__ == "__main__":
    main()

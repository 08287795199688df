r"""
# Data parallel, with the moments shared out

As [data parallel](ddp.py), but each parameter is stepped by one process, which sends it to the
others. So the moments, two numbers for each parameter, are kept once and not in every process.
"""

import argparse
import os

import torch
import torch.distributed as dist
from task import arguments, loss, network, save
from torch.distributed.optim import ZeroRedundancyOptimizer
from torch.nn.parallel import DistributedDataParallel

from labml_optim import AdaBelief


def train(given: argparse.Namespace) -> None:
    rank, count = dist.get_rank(), dist.get_world_size()
    model = DistributedDataParallel(network())
    optimizer = ZeroRedundancyOptimizer(
        model.parameters(), AdaBelief, lr=0.01, weight_decay=0.01, fused=given.fused
    )
    start = 0
    if given.checkpoint and os.path.exists(given.checkpoint):
        saved = torch.load(given.checkpoint, weights_only=True)
        model.module.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        start = saved["step"]
    for t in range(start, given.steps):
        optimizer.zero_grad()
        loss(model, t, rank, count).backward()
        optimizer.step()
    if given.checkpoint:
        # All processes send their part of the state to the first one.
        optimizer.consolidate_state_dict(to=0)
        if rank == 0:
            whole = {"model": model.module.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**whole, "step": given.steps}, given.checkpoint)
    if rank == 0:
        save(model.parameters(), given.weights)


def main() -> None:
    dist.init_process_group("gloo")
    # In a function: a model that outlives the group of processes can block at its end.
    train(arguments())
    dist.destroy_process_group()


if __name__ == "__main__":
    main()

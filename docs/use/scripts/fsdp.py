r"""
# Fully sharded

Each process has a part of every parameter, of its gradient and of its moments, and puts a layer
together only while it computes with it. With `--offload` the parts stay on the CPU, and so does the
step. The checkpoint is a folder to which every process writes its part. It can be read by another
number of processes.
"""

import argparse
import os

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from task import arguments, loss, network, save
from torch.distributed.checkpoint.state_dict import get_state_dict, set_state_dict
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import CPUOffloadPolicy, OffloadPolicy, fully_shard

from labml_optim import AdaBelief


class Progress:
    """What `torch.distributed.checkpoint` saves and loads, each process its own part."""

    def __init__(self, model: torch.nn.Module, optimizer: torch.optim.Optimizer):
        self.model, self.optimizer, self.step = model, optimizer, 0

    def state_dict(self) -> dict:
        model, optimizer = get_state_dict(self.model, self.optimizer)
        return {"model": model, "optimizer": optimizer, "step": self.step}

    def load_state_dict(self, saved: dict) -> None:
        self.step = saved["step"]
        set_state_dict(
            self.model,
            self.optimizer,
            model_state_dict=saved["model"],
            optim_state_dict=saved["optimizer"],
        )


def last(folder: str) -> str | None:
    """The newest checkpoint that was written to its end: then it has its list of contents."""
    found = os.listdir(folder) if os.path.isdir(folder) else []
    whole = [name for name in found if os.path.exists(f"{folder}/{name}/.metadata")]
    return f"{folder}/{max(whole, key=int)}" if whole else None


def train(given: argparse.Namespace) -> None:
    rank, count = dist.get_rank(), dist.get_world_size()
    mesh = init_device_mesh("cpu", (count,))
    policy = CPUOffloadPolicy(pin_memory=False) if given.offload else OffloadPolicy()
    model = network()
    for layer in (model[0], model[2], model):
        fully_shard(layer, mesh=mesh, offload_policy=policy)
    optimizer = AdaBelief(model.parameters(), lr=0.01, weight_decay=0.01, fused=given.fused)
    progress = Progress(model, optimizer)
    newest = last(given.checkpoint) if given.checkpoint else None
    if newest:
        dcp.load({"progress": progress}, checkpoint_id=newest)
    while progress.step < given.steps:
        optimizer.zero_grad()
        loss(model, progress.step, rank, count).backward()
        optimizer.step()
        progress.step += 1
        if given.checkpoint and progress.step % 5 == 0:
            dcp.save({"progress": progress}, checkpoint_id=f"{given.checkpoint}/{progress.step}")
    weights = [parameter.full_tensor() for parameter in model.parameters()]
    if rank == 0:
        save(weights, given.weights)


def main() -> None:
    dist.init_process_group("gloo")
    # In a function: a model that outlives the group of processes can block at its end.
    train(arguments("--offload"))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()

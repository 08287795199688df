"""What tests of the optimizers share."""

import pytest
import torch


@pytest.fixture
def double():
    """
    Sets the default dtype to float64. torch creates the numbers in a state with it, such as the
    product of NAdam, and in float32 they would differ from ours.
    """
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture
def alone(tmp_path):
    """A process group of one process."""
    if not torch.distributed.is_available():
        pytest.skip("this build of torch has no torch.distributed")
    store = torch.distributed.FileStore(str(tmp_path / "store"), 1)
    torch.distributed.init_process_group("gloo", store=store, rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()

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

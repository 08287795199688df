"""What tests of the optimizers share."""

import pytest
import torch


@pytest.fixture
def double():
    """In torch, a number in the state has the default type, such as the product of NAdam."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)
